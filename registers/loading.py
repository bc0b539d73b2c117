"""The registers' part of a pack (台账的检查与装载): definitions with their versions, and what they carry out of the policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from common.packs import Fault, document_code, has_part, sync
from policy.carriers import Carried, carriers_write
from policy.models import Instrument, Provision
from registers.definition import Definition, as_json
from registers.models import Register, RegisterVersion
from registers.pack import read_registers


def check(root: Path, faults: list[Fault]) -> None:
    """Append every fault of the pack's `registers/` files, each with its file and line."""
    if has_part(root, "registers"):
        read_registers(root, faults)


@transaction.atomic
def load(root: Path) -> dict[str, int]:
    """Write the registers of a checked pack; a changed wording gets a version of its own, one no longer there is put to rest.

    Raises:
        ValueError: the pack has faults; `check` lists them.
    """
    if not has_part(root, "registers"):
        return {}
    faults: list[Fault] = []
    definitions = read_registers(root, faults)
    if faults:
        raise ValueError("; ".join(str(fault) for fault in faults))
    held = {register.code: register for register in Register.objects.all()}
    document = document_code(root)
    instruments = {row.key: row for row in Instrument.objects.filter(document__code=document)}
    sections = dict(Provision.objects.values_list("code", "section"))
    wanted = [
        _register(position, definition, held.get(definition.code), instruments, sections)
        for position, definition in enumerate(definitions, start=1)
    ]
    registers = sync(Register.objects, ("code",), wanted)
    # What other packs brought stays as it is.
    own = Register.objects.filter(Q(instrument=None) | Q(instrument__document__code=document), active=True)
    own.exclude(code__in=[definition.code for definition in definitions]).update(active=False)
    versions = set(RegisterVersion.objects.values_list("register", "version"))
    RegisterVersion.objects.bulk_create(
        RegisterVersion(register=register, version=register.version, definition=register.definition)
        for register in registers
        if (register.pk, register.version) not in versions
    )
    carriers_write("registers", _carried(definitions), document=document)
    return {"Register": len(registers)}


def _register(
    position: int,
    definition: Definition,
    held: Register | None,
    instruments: dict[str, Instrument],
    sections: dict[str, str],
) -> Register:
    wording = as_json(definition)
    version = 1 if held is None else held.version + (held.definition != wording)
    return Register(
        code=definition.code,
        name_zh=definition.name[0],
        name_en=definition.name[1],
        instrument=instruments.get(definition.instrument),
        section=sections.get(definition.clauses[0], ""),
        place=definition.place,
        position=position,
        version=version,
        definition=wording,
    )


def _carried(definitions: list[Definition]) -> Iterator[Carried]:
    """The register of an instrument, its columns that classify, and the registers whose figures an instrument asks for."""
    seen: set[tuple[str, str]] = set()
    for definition in definitions:
        zh, en = definition.name
        seen.add((definition.instrument, definition.code))
        yield Carried(
            definition.instrument, "entry_list", definition.code, f"台账 {zh}", f"Register: {en}", "entry_count"
        )
        for field in definition.fields:
            if field.classifies and (field.classifies, definition.code) not in seen:
                seen.add((field.classifies, definition.code))
                named = f"台账中的分类栏 {field.name[0]}", f"A column of the register: {field.name[1]}"
                yield Carried(field.classifies, "entry_list", definition.code, *named, "entry_count")
        for measure in definition.measures:
            if measure.instrument and (measure.instrument, definition.code) not in seen:
                seen.add((measure.instrument, definition.code))
                named = f"台账统计 {measure.name[0]}", f"From the register: {measure.name[1]}"
                yield Carried(measure.instrument, "entry_list", definition.code, *named, "entry_count")
