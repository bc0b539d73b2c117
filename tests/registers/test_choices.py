"""A field of several choices: form, filter, workbook, API, figures, history; what was answered when it was of one."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from registers.definition import Definition, faults
from registers.exceptions import EntriesInvalid
from registers.filters import entry_filter
from registers.models import Entry
from registers.selectors import register_counts
from registers.services import entry_change, entry_create
from registers.uploads import upload_confirm, upload_create
from registers.workbooks import HEADER_ROW, headers, register_workbook
from tests.registers.conftest import DEFINITION, load_definition

pytestmark = pytest.mark.django_db


def work(world, name, topics, **more):
    given = {"name": name, "status": "under_way", "started": "2023-03-01", "topics": topics, **more}
    return entry_create(by=world.people["office"], register=world.register, place="A1", given=given)


@pytest.fixture
def works(world):
    """One with two topics, one with one, one from when the field was a choice of one, one without."""
    both, one, old, none = (
        work(world, "两个", "绿色、智能"),
        work(world, "一个", ["smart"]),
        work(world, "旧的", None),
        work(world, "没有", ""),
    )
    Entry.objects.filter(pk=old.pk).update(data={**old.data, "topics": "green"}, revision=2, channel="form")
    return both, one, Entry.objects.get(pk=old.pk), none


def named(world, **asked):
    found = entry_filter(world.register)(asked, queryset=Entry.objects.all())
    return sorted(found.qs.values_list("data__name", flat=True))


def test_each_choice_is_found_counted_and_told(world, works):
    assert named(world, topics="green") == ["两个", "旧的"]
    assert named(world, topics="smart") == ["一个", "两个"]
    assert named(world, topics="export") == []
    frame = register_counts(["green_works", "smart_rate"], [2023]).set_index("measure")
    assert frame.loc["green_works", "number"] == 2
    # The one without topics has no part, so it is not among the smart ones, and counts in the whole.
    assert frame.loc["smart_rate", "number"] == pytest.approx(50)

    client = Client()
    client.force_login(world.people["office"])
    page = client.get(f"/registers/works/{works[0].pk}/").content.decode()
    assert "绿色、智能" in page
    assert "绿色" in client.get(f"/registers/works/{works[2].pk}/").content.decode()
    client.cookies["django_language"] = "en"
    assert "Green, Smart" in client.get(f"/registers/works/{works[0].pk}/").content.decode()


def test_the_form_ticks_and_the_history_says_before_and_after(world, works):
    client = Client()
    client.force_login(world.people["office"])
    url = f"/registers/works/{works[2].pk}/edit/"
    shown = client.get(url)
    assert shown.context["form"]["topics"].initial == ["green"]
    sent = {"base_revision": 2, "name": "旧的", "status": "under_way", "started": "2023-03-01"}
    # Nothing else changed: an answer of old stays as it was written.
    assert client.post(url, {**sent, "amount": "5", "topics": ["green"]}).status_code == 302
    assert Entry.objects.get(pk=works[2].pk).data["topics"] == "green"
    assert (
        client.post(url, {**sent, "base_revision": 3, "amount": "5", "topics": ["export", "green"]}).status_code == 302
    )
    assert Entry.objects.get(pk=works[2].pk).data["topics"] == ["green", "export"]
    page = client.get(f"/registers/works/{works[2].pk}/").content.decode()
    assert "绿色、出口" in page
    assert client.post(url, {**sent, "base_revision": 4, "amount": "5"}).status_code == 302
    assert "topics" not in Entry.objects.get(pk=works[2].pk).data


def test_out_and_in_again_by_excel_in_either_language(world, works):
    for language, shown, typed in (("zh-hans", "绿色、智能", "出口；绿色"), ("en", "Green; Smart", "For export;smart")):
        with translation.override(language):
            data = register_workbook(world.register, [works[0]]).read()
            column = [code for code, _words in headers(world.register.spec)].index("topics") + 1
            book = openpyxl.load_workbook(io.BytesIO(data))
            cell = book.worksheets[0].cell(HEADER_ROW + 2, column)
            before, cell.value = cell.value, typed
            stream = io.BytesIO()
            book.save(stream)
            assert before == shown
            if language == "zh-hans":
                file = SimpleUploadedFile("台账.xlsx", stream.getvalue())
                upload = upload_create(by=world.people["office"], register=world.register, file=file)
                upload_confirm(by=world.people["office"], upload_id=upload.pk)
                assert Entry.objects.get(pk=works[0].pk).data["topics"] == ["green", "export"]
                works[0].refresh_from_db()
                works[0].data["topics"] = ["green", "smart"]


def test_the_api_takes_and_gives_a_list(world):
    client = Client()
    client.force_login(world.people["office"])
    data: dict[str, Any] = {"name": "接口", "status": "planned", "topics": ["smart", "green"]}
    body = {"zone": "A1", "data": data}
    made = client.post("/api/v1/registers/works/entries/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["data"]["topics"] == ["green", "smart"]
    data |= {"name": "接口2", "topics": ["blue"]}
    refused = client.post("/api/v1/registers/works/entries/", body, content_type="application/json")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/data/topics"


def test_two_entries_do_not_share_a_choice_that_is_to_stand_once(world):
    load_definition(DEFINITION.replace("unique: [[zone, name]]", "unique: [[zone, topics]]"), version=2)
    world.register.refresh_from_db()
    office = world.people["office"]
    both = work(world, "两个", ["green", "smart"])
    with pytest.raises(EntriesInvalid):
        work(world, "又一个", ["smart", "export"])
    work(world, "另一个", ["export"])
    entry_change(by=office, entry_id=both.pk, given={"topics": ["green"]}, base_revision=both.revision)
    work(world, "又一个", ["smart"])
    assert world.register.entries.count() == 3


def test_what_a_definition_may_not_say(world):
    spec = world.register.spec.model_dump(mode="json")
    each = next(field for field in spec["fields"] if field["code"] == "topics")
    each["choices"] = [["green", "绿、蓝", "Green; blue"]]
    told = [what for _path, what in faults(Definition.model_validate(spec))]
    assert any("不得含“、”" in what for what in told)
    each["choices"] = []
    assert any("须有选项" in what for _path, what in faults(Definition.model_validate(spec)))
