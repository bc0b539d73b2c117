"""A register with an entry for each zone, and an enterprise, for the tests of access and of queries."""

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from parks.models import Zone
from registers.files import entry_file_add
from registers.models import Enterprise, Entry, Register, RegisterUpload
from registers.services import entry_create
from registers.workbooks import register_workbook
from tests.registers.conftest import DEFINITION, load_definition

CODES = ("9144030071526726XG", "91330100799655058B", "914403001922038216")


def keep(zone: Zone, by: User) -> Entry:
    """The register, once, and an entry of the zone."""
    if not Register.objects.exists():
        load_definition(DEFINITION.replace("indicator: works", 'indicator: ""'))
    register = Register.objects.get(code="works")
    given = {
        "name": f"{zone.code}工程",
        "status": "under_way",
        "amount": "120",
        "key_work": True,
        "started": "2023-02-03",
    }
    return entry_create(by=by, register=register, place=zone.code, given=given)


def names(people: dict[str, User], zone: Zone) -> dict[str, object]:
    """What addresses are filled in from."""
    firm = Enterprise.objects.create(credit_code=CODES[0], name="测试企业", zone=zone)
    register = Register.objects.get(code="works")
    upload = RegisterUpload.objects.create(
        register=register, name="台账.xlsx", content=register_workbook(register, []).read(), created_by=people["parkA1"]
    )
    entry = Entry.objects.get(zone=zone, register=register)
    paper = entry_file_add(by=people["fillerA1"], entry_id=entry.pk, file=SimpleUploadedFile("c.pdf", b"%PDF-1.4 c"))
    return {
        "register": "works",
        "entry": entry.pk,
        "entry_file": paper.pk,
        "firm": firm.credit_code,
        "register_upload": upload.pk,
    }
