"""Writes on registers (台账的办理): entries one by one or many at once, whole or not at all; withdrawal; enterprises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import Organisation, User
from parks.models import Region, Zone
from registers import creditcode
from registers.definition import Definition, FieldSpec, chosen, enumerated, said
from registers.enums import Channel, FieldType, Place
from registers.exceptions import EnterpriseInvalid, EntriesInvalid, EntryConflict
from registers.keys import keys_of
from registers.models import TITLE_MARK, Enterprise, Entry, EntryKey, Register
from registers.references import References
from registers.rights import may_keep
from registers.signals import entries_changed
from registers.validation import WHOLE, Checked, Row, check

log = structlog.get_logger(__name__)
REVISION = "revision"


@dataclass(frozen=True)
class Write:
    """One entry to be written: `pk` and the `revision` it was read at for a change; `place` is a zone's or region's code."""

    given: Mapping[str, Any]
    place: str = ""
    pk: int | None = None
    revision: int | None = None


@dataclass
class Saved:
    """What was (or, in a dry run, would be) written, in the order of the rows: new, changed, and as they were."""

    entries: list[Entry] = field(default_factory=list)
    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)


@transaction.atomic
def entry_create(
    *, by: User, register: Register, place: str, given: Mapping[str, Any], channel: Channel = Channel.FORM
) -> Entry:
    """Register one entry (登记). Raises EntriesInvalid (under row 0), PermissionDenied."""
    return entries_save(by=by, register=register, rows=[Write(given, place)], channel=channel).entries[0]


@transaction.atomic
def entry_change(
    *, by: User, entry_id: int, given: Mapping[str, Any], base_revision: int, channel: Channel = Channel.FORM
) -> Entry:
    """Change the answers given, the others stay (修改). Raises EntryConflict, EntriesInvalid, PermissionDenied, Http404."""
    entry = _locked(by, entry_id)
    _same_revision(entry, base_revision)
    row = Write(given, pk=entry.pk, revision=base_revision)
    return entries_save(by=by, register=entry.register, rows=[row], channel=channel).entries[0]


@transaction.atomic
def entry_withdraw(*, by: User, entry_id: int, reason: str, base_revision: int) -> Entry:
    """Take an entry back with a reason (撤销); it stays readable and counts no more.

    Raises EntryConflict, EntriesInvalid without a reason or when withdrawn before, PermissionDenied, Http404.
    """
    entry = _locked(by, entry_id)
    _same_revision(entry, base_revision)
    if entry.withdrawn_at:
        raise EntriesInvalid({0: {WHOLE: [_("这一条已经撤销。")]}})
    if not 2 <= len(reason.strip()) <= 240:
        raise EntriesInvalid({0: {"reason": [_("请写明撤销原因（2 至 240 字）。")]}})
    entry.withdrawn_at, entry.withdrawn_reason = timezone.now(), reason.strip()
    entry.revision, entry.changed_by = entry.revision + 1, by
    entry.save()
    entry.keys.all().delete()
    entries_changed.send(Entry, entries=[entry])
    log.info("entry_withdraw", user=by.get_username(), register=entry.register.code, entry=entry.pk)
    return entry


@transaction.atomic
def entries_save(
    *, by: User, register: Register, rows: Sequence[Write], channel: Channel, dry_run: bool = False
) -> Saved:
    """Write new and changed entries of one register, all of them or none (批量登记).

    Raises EntriesInvalid with every error of every row, PermissionDenied when the user keeps no part of the register.
    """
    seen = _examined(by, register, rows)
    if errors := {place: each.errors for place, each in enumerate(seen.checked) if each.errors}:
        raise EntriesInvalid(errors)
    saved = _compose(by, register, rows, seen, channel)
    if not dry_run:
        _store(saved, seen.keys)
        names = {"register": register.code, "created": len(saved.created), "changed": len(saved.changed)}
        log.info("entries_save", user=by.get_username(), channel=str(channel), **names)
    return saved


@transaction.atomic
def entries_examine(*, by: User, register: Register, rows: Sequence[Write]) -> list[tuple[Checked, Entry | None]]:
    """What each row would make and what is wrong with it, beside the entry it would change; nothing is written."""
    seen = _examined(by, register, rows)
    return [
        (each, seen.held.get(row.pk) if row.pk is not None else None)
        for each, row in zip(seen.checked, rows, strict=True)
    ]


# ---- parts of writing -----------------------------------------------------------------------------------------


@dataclass
class _Examined:
    """Rows judged: answers with their errors, on what each hangs, the entries to be changed, digests of unique answers."""

    checked: list[Checked]
    owners: list[Zone | Region | None]
    held: dict[int, Entry]
    keys: list[list[str]]
    refs: References


def _examined(by: User, register: Register, rows: Sequence[Write]) -> _Examined:
    spec = register.spec
    if not may_keep(by, spec) or not register.active:
        raise PermissionDenied(_("您的角色不能登记这个台账。"))
    held = _held(by, register, rows)
    places = _places(by, register, rows)
    former = [held[row.pk].data if row.pk in held else None for row in rows]
    given = [{**(before or {}), **row.given} for row, before in zip(rows, former, strict=True)]
    refs = References.gather(spec, given, by)
    checked = check(spec, [Row(row.given, before) for row, before in zip(rows, former, strict=True)], refs)
    owners: list[Zone | Region | None] = []
    seen: set[int] = set()
    for row, each in zip(rows, checked, strict=True):
        if row.pk in seen:
            each.add(WHOLE, _("编号 %(pk)s 出现了两次，请只留一行。") % {"pk": row.pk})
        seen |= {row.pk} if row.pk is not None else set()
        owners.append(_owner(by, spec, row, held, places, each))
    return _Examined(checked, owners, held, _keys(register, rows, checked, owners), refs)


def _locked(by: User, entry_id: int) -> Entry:
    entries = Entry.objects.visible_to(by).select_for_update(of=("self",)).select_related("register", "organisation")
    entry = entries.filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    if not may_keep(by, entry.register.spec, entry.organisation.path):
        raise PermissionDenied(_("您的角色不能登记这个台账。"))
    return entry


def _same_revision(entry: Entry, base_revision: int) -> None:
    if entry.revision != base_revision:
        raise EntryConflict(_("这一条在您打开之后已被他人修改。请核对现在的内容后再改。"), entry)


def _held(by: User, register: Register, rows: Sequence[Write]) -> dict[int, Entry]:
    """The entries to be changed, locked in one order so that two bulk writes never wait for each other in a circle."""
    wanted = {row.pk for row in rows if row.pk is not None}
    if not wanted:
        return {}
    entries = Entry.objects.visible_to(by).select_for_update(of=("self",)).order_by("pk")
    chosen = entries.filter(register=register, pk__in=wanted).select_related("zone", "region", "organisation")
    return {entry.pk: entry for entry in chosen}


def _places(by: User, register: Register, rows: Sequence[Write]) -> dict[str, Zone | Region]:
    """Zones or regions by code that the user may see."""
    codes = {row.place for row in rows if row.place}
    if register.place == Place.ZONE:
        zones = Zone.objects.visible_to(by, Permission.REGISTER_VIEW).select_related("administration")
        return {zone.code: zone for zone in zones.filter(code__in=codes)}
    regions = Region.objects.filter(code__in=codes).exclude(office=None).select_related("office")
    return {region.code: region for region in regions}


def _body(place: Zone | Region) -> Organisation:
    body = place.administration if isinstance(place, Zone) else place.office
    assert body is not None  # regions without an office are no places
    return body


def _owner(
    by: User,
    spec: Definition,
    row: Write,
    held: Mapping[int, Entry],
    places: Mapping[str, Zone | Region],
    checked: Checked,
) -> Zone | Region | None:
    """On what the entry hangs; adds what is wrong with it to `checked`."""
    entry = held.get(row.pk) if row.pk is not None else None
    if row.pk is not None:
        _judge_entry(row, entry, checked)
        place: Zone | Region | None = (entry.zone or entry.region) if entry else None
        if place is not None and row.place and row.place != place.code:
            checked.add(spec.place, _("条目不能改挂别处；填错的请撤销后重新登记。"))
    else:
        place = places.get(row.place)
        if place is None:
            missing = _("没有园区“%(code)s”。") if spec.place == Place.ZONE else _("没有行政区“%(code)s”。")
            checked.add(spec.place, missing % {"code": row.place[:40]} if row.place else _("此项必填。"))
    if place is not None and not may_keep(by, spec, entry.organisation.path if entry else _body(place).path):
        checked.add(spec.place, _("“%(place)s”不在您登记的范围内。") % {"place": place})
    return place


def _judge_entry(row: Write, entry: Entry | None, checked: Checked) -> None:
    if entry is None:
        checked.add(WHOLE, _("没有编号为 %(pk)s 的条目。") % {"pk": row.pk})
    elif entry.withdrawn_at:
        checked.add(WHOLE, _("这一条已经撤销。"))
    elif entry.revision != row.revision:
        facts = {"now": entry.revision, "read": row.revision or "—"}
        checked.add(REVISION, _("这一条已是第 %(now)s 版，所依据的是第 %(read)s 版。请取最新的内容再改。") % facts)


def _keys(
    register: Register, rows: Sequence[Write], checked: Sequence[Checked], owners: Sequence[Zone | Region | None]
) -> list[list[str]]:
    """The digests of every row's unique combinations; adds an error where one stands already, here or in the register."""
    spec = register.spec
    found = [
        list(keys_of(spec, owner.code, each.data)) if owner else [] for each, owner in zip(checked, owners, strict=True)
    ]
    every = {digest for keys in found for _codes, digest in keys}
    taken = dict(EntryKey.objects.filter(register=register, key__in=every).values_list("key", "entry_id"))
    first: dict[str, int] = {}
    for place, (row, each, keys) in enumerate(zip(rows, checked, found, strict=True)):
        for codes, digest in keys:
            named = enumerated(_name_of(spec, code) for code in codes)
            if taken.get(digest, row.pk) != row.pk:
                facts = {"fields": named, "pk": taken[digest]}
                each.add(_at(spec, codes), _("“%(fields)s”相同的条目已有（#%(pk)s）。") % facts)
            elif digest in first:
                facts = {"fields": named, "row": first[digest] + 1}
                each.add(_at(spec, codes), _("“%(fields)s”与本次第 %(row)s 条相同。") % facts)
            first.setdefault(digest, place)
    return [[digest for _codes, digest in keys] for keys in found]


def _name_of(spec: Definition, code: str) -> str:
    each = spec.field(code)
    return said(each.name) if each else str(Place(spec.place).label)


def _at(spec: Definition, codes: tuple[str, ...]) -> str:
    """At which field a doubled combination is told: the last that is no place."""
    return next((code for code in reversed(codes) if spec.field(code)), str(spec.place))


def _compose(by: User, register: Register, rows: Sequence[Write], seen: _Examined, channel: Channel) -> Saved:
    saved = Saved()
    for at, (row, each, owner) in enumerate(zip(rows, seen.checked, seen.owners, strict=True)):
        assert owner is not None  # rows without one were refused
        entry = seen.held[row.pk] if row.pk is not None else Entry(register=register, created_by=by)
        saved.entries.append(entry)
        if row.pk is None:
            saved.created.append(at)
            entry.zone = owner if isinstance(owner, Zone) else None
            entry.region = owner if isinstance(owner, Region) else None
            entry.organisation = _body(owner)
        elif entry.data != each.data:
            saved.changed.append(at)
            entry.revision += 1
        else:
            continue
        entry.data, entry.version, entry.channel, entry.changed_by = each.data, register.version, channel, by
        entry.title, entry.dated = (
            title_of(register.spec, each.data, owner, seen.refs),
            day_of(register.spec, each.data),
        )
        entry.changed_at = timezone.now()
    return saved


def _store(saved: Saved, keys: Sequence[Sequence[str]]) -> None:
    created = [saved.entries[at] for at in saved.created]
    changed = [saved.entries[at] for at in saved.changed]
    Entry.objects.bulk_create(created)
    if changed:
        names = ["data", "version", "channel", "changed_by", "changed_at", "title", "dated", "revision"]
        Entry.objects.bulk_update(changed, names)
        EntryKey.objects.filter(entry__in=changed).delete()
    rows = [
        EntryKey(entry=saved.entries[at], register=saved.entries[at].register, key=digest)
        for at in (*saved.created, *saved.changed)
        for digest in keys[at]
    ]
    try:
        with transaction.atomic():
            EntryKey.objects.bulk_create(rows)
    except IntegrityError:  # somebody registered the same in the same moment
        message = _("相同的条目刚刚由他人登记。请刷新后再试。")
        raise EntriesInvalid({0: {WHOLE: [message]}}) from None
    entries_changed.send(Entry, entries=[*created, *changed])


def title_of(spec: Definition, data: Mapping[str, Any], place: Zone | Region, refs: References) -> str:
    """The words by which lists name an entry, of the fields that the definition chooses."""
    parts = [_title_part(spec, code, data, place, refs) for code in spec.title]
    return TITLE_MARK.join(part for part in parts if part)[:240] or place.name


def _title_part(spec: Definition, code: str, data: Mapping[str, Any], place: Zone | Region, refs: References) -> str:
    if code == spec.place:
        return place.name
    each, value = spec.field(code), data.get(code)
    if each is None or value is None:
        return ""
    return _titled(each, value, refs)


def _titled(each: FieldSpec, value: Any, refs: References) -> str:
    match each.type:
        case FieldType.ENTERPRISE:
            return refs.enterprises[value].name if value in refs.enterprises else str(value)
        case FieldType.ENTRY:
            entry = refs.entries.get((each.links_to, value))
            return entry.title if entry else f"#{value}"
        case FieldType.CHOICE | FieldType.CHOICES:
            return "、".join(each.choices[code][0] if code in each.choices else code for code in chosen(value))
    return str(value)


def day_of(spec: Definition, data: Mapping[str, Any]) -> date | None:
    """The day by which entries are ordered: that of the definition's field, the last of a year."""
    each = spec.field(spec.date) if spec.date else None
    value = data.get(spec.date) if each else None
    if each is None or value is None:
        return None
    return date(int(value), 12, 31) if each.type == FieldType.YEAR else date.fromisoformat(str(value))


# ---- enterprises ----------------------------------------------------------------------------------------------


@transaction.atomic
def enterprise_save(
    *,
    by: User,
    credit_code: str,
    name: str,
    zone: str,
    industry: str = "",
    since: date | None = None,
    left: date | None = None,
    base_revision: int = 0,
) -> Enterprise:
    """Register an enterprise, or change what is known of it (企业登记); `base_revision` 0 for a new one.

    Raises EnterpriseInvalid by field, EntryConflict, PermissionDenied.
    """
    if not by.may(Permission.REGISTER_KEEP):
        raise PermissionDenied(_("您的角色不能登记企业。"))
    code = creditcode.normalised(credit_code)
    place = Zone.objects.visible_to(by, Permission.REGISTER_KEEP).filter(code=zone).first()
    enterprise = Enterprise.objects.select_for_update().filter(credit_code=code).first()
    errors: dict[str, list[str]] = defaultdict(list)
    if not creditcode.is_well_formed(code) or len(credit_code.strip()) > 2 * creditcode.LENGTH:
        errors["credit_code"].append(_("须为 18 位数字和大写字母，不含 I、O、S、V、Z。"))
    elif not creditcode.is_valid(code):
        errors["credit_code"].append(_("末位（校验码）与前 17 位不符，请核对是否抄错。"))
    if not 2 <= len(name.strip()) <= 120:
        errors["name"].append(_("请填企业名称（2 至 120 字）。"))
    if place is None:
        errors["zone"].append(_("没有园区“%(code)s”。") % {"code": zone[:40]} if zone else _("此项必填。"))
    if since and left and left < since:
        errors["left"].append(_("离园日期不得早于入园日期。"))
    if enterprise is not None and not base_revision:
        errors["credit_code"].append(_("这个代码已登记。"))
    if errors:
        raise EnterpriseInvalid(errors)
    assert place is not None
    if enterprise is None:
        enterprise = Enterprise(credit_code=code, created_by=by, revision=0)
    else:
        _may_change(by, enterprise, base_revision)
    enterprise.name, enterprise.zone, enterprise.industry = name.strip(), place, industry.strip()
    enterprise.since, enterprise.left, enterprise.changed_by = since, left, by
    enterprise.revision += 1
    enterprise.save()
    log.info("enterprise_save", user=by.get_username(), enterprise=code)
    return enterprise


def _may_change(by: User, enterprise: Enterprise, base_revision: int) -> None:
    if not Enterprise.objects.visible_to(by, Permission.REGISTER_KEEP).filter(pk=enterprise.pk).exists():
        raise PermissionDenied(_("这家企业不在您登记的范围内。"))
    if enterprise.revision != base_revision:
        raise EntryConflict(_("这一条在您打开之后已被他人修改。请核对现在的内容后再改。"), enterprise)
