"""Writing entries: territory, unique combinations, revisions, withdrawal, all or nothing, enterprises."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.http import Http404

from registers.enums import Channel
from registers.exceptions import EnterpriseInvalid, EntriesInvalid, EntryConflict
from registers.models import Enterprise, Entry
from registers.selectors import answers_of, entry_history
from registers.services import (
    Write,
    enterprise_save,
    entries_save,
    entry_change,
    entry_create,
    entry_withdraw,
)
from tests.registers.conftest import DEFINITION, HUAWEI, load_definition

GOOD = {"name": "甲", "status": "planned"}


def create(world, by="parkA", place="A1", **given):
    return entry_create(by=world.people[by], register=world.register, place=place, given={**GOOD, **given})


@pytest.mark.parametrize("who", ["parkA", "managerA", "cityA", "office", "industry"])
def test_those_who_keep_it_may_write(world, who):
    entry = create(world, who)
    assert (entry.zone, entry.organisation.code, entry.title) == (world.zones["A"], "park-A1", "甲")


@pytest.mark.parametrize("who", ["viewerA", "taxation"])
def test_others_who_read_may_not(world, who):
    with pytest.raises(PermissionDenied):
        create(world, who)


def test_outside_ones_territory_there_is_nothing(world):
    with pytest.raises(EntriesInvalid) as refused:
        create(world, "parkB")
    assert refused.value.errors[0]["zone"] == ["没有园区“A1”。"]
    entry = create(world)
    with pytest.raises(Http404):
        entry_change(by=world.people["parkB"], entry_id=entry.pk, given={"amount": 1}, base_revision=1)
    assert not Entry.objects.visible_to(world.people["parkB"]).exists()
    assert Entry.objects.visible_to(world.people["cityA"]).get() == entry


def test_the_city_keeps_what_parks_may_not(world):
    load_definition(DEFINITION.replace("kept_by: park", "kept_by: city"), version=2)
    world.register.refresh_from_db()
    with pytest.raises(PermissionDenied):
        create(world, "parkA")
    assert create(world, "cityA").pk


def test_the_same_stands_once_in_a_zone(world):
    first = create(world)
    with pytest.raises(EntriesInvalid) as refused:
        create(world)
    assert f"#{first.pk}" in refused.value.errors[0]["name"][0]
    assert create(world, "office", place="B1").pk
    entry_withdraw(by=world.people["parkA"], entry_id=first.pk, reason="重复登记", base_revision=1)
    assert create(world).pk != first.pk


def test_two_writers_meet_at_the_revision(world):
    entry = create(world)
    changed = entry_change(by=world.people["parkA"], entry_id=entry.pk, given={"amount": "5"}, base_revision=1)
    assert (changed.revision, changed.data["amount"], changed.data["name"]) == (2, "5", "甲")
    with pytest.raises(EntryConflict) as conflict:
        entry_change(by=world.people["cityA"], entry_id=entry.pk, given={"amount": "6"}, base_revision=1)
    assert conflict.value.current.revision == 2
    same = entry_change(by=world.people["parkA"], entry_id=entry.pk, given={"amount": 5}, base_revision=2)
    assert same.revision == 2


def test_withdrawing_needs_a_reason_and_keeps_the_entry(world):
    entry = create(world)
    with pytest.raises(EntriesInvalid):
        entry_withdraw(by=world.people["parkA"], entry_id=entry.pk, reason=" ", base_revision=1)
    entry_withdraw(by=world.people["parkA"], entry_id=entry.pk, reason="登记错误", base_revision=1)
    with pytest.raises(EntriesInvalid):
        entry_change(by=world.people["parkA"], entry_id=entry.pk, given={"amount": 1}, base_revision=2)
    assert [event.title for event in entry_history(Entry.objects.get(pk=entry.pk))] == ["撤销", "登记"]


@pytest.mark.parametrize("table", ["registers_entry", "registers_enterprise"])
def test_the_database_lets_nothing_be_deleted(world, table):
    create(world)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - the two names above


def test_many_are_saved_whole_or_not_at_all(world):
    by, register = world.people["office"], world.register
    rows = [
        Write({**GOOD, "name": name}, place) for name, place in (("甲", "A1"), ("乙", "A1"), ("甲", "A1"), ("丙", "X9"))
    ]
    with pytest.raises(EntriesInvalid) as refused:
        entries_save(by=by, register=register, rows=rows, channel=Channel.API)
    assert {row: sorted(errors) for row, errors in refused.value.errors.items()} == {2: ["name"], 3: ["zone"]}
    assert not Entry.objects.exists()
    trial = entries_save(by=by, register=register, rows=rows[:2], channel=Channel.API, dry_run=True)
    assert trial.created == [0, 1]
    assert not Entry.objects.exists()
    entries_save(by=by, register=register, rows=rows[:2], channel=Channel.API)
    first = Entry.objects.get(title="甲")
    rows = [Write({"amount": 1}, pk=first.pk, revision=1), Write({"amount": 2}, pk=first.pk, revision=1)]
    with pytest.raises(EntriesInvalid) as refused:
        entries_save(by=by, register=register, rows=rows, channel=Channel.API)
    assert 1 in refused.value.errors


def test_old_entries_stay_readable_after_the_pack_changed(world):
    entry = create(world, document_no="测1号")
    shorter = DEFINITION.replace("  - {code: document_no, name: [文号, Document], type: document}\n", "")
    load_definition(shorter, version=2)
    entry = Entry.objects.select_related("register").get(pk=entry.pk)
    former = [answer for answer in answers_of(entry) if answer.former]
    assert [(answer.label, answer.text) for answer in former] == [("文号", "测1号")]
    changed = entry_change(by=world.people["parkA"], entry_id=entry.pk, given={"amount": 3}, base_revision=1)
    assert (changed.version, changed.data["document_no"]) == (2, "测1号")


def test_enterprises(world):
    by = world.people["parkA"]
    entry = create(world, firm="9144 0300 1922 0382 16")
    assert entry.data["firm"] == HUAWEI
    with pytest.raises(EnterpriseInvalid) as refused:
        enterprise_save(by=by, credit_code="9144030071526726XX", name="甲", zone="B1")
    assert set(refused.value.errors) == {"credit_code", "name", "zone"}
    with pytest.raises(EnterpriseInvalid):
        enterprise_save(by=by, credit_code=HUAWEI, name="另一家", zone="A1")
    made = enterprise_save(by=by, credit_code="9144030071526726xg", name="甲企业", zone="A1")
    assert (made.credit_code, made.revision) == ("9144030071526726XG", 1)
    with pytest.raises(EntryConflict):
        enterprise_save(by=by, credit_code=made.credit_code, name="乙企业", zone="A1", base_revision=9)
    changed = enterprise_save(by=by, credit_code=made.credit_code, name="乙企业", zone="A1", base_revision=1)
    assert (changed.name, changed.revision) == ("乙企业", 2)
    assert not Enterprise.objects.visible_to(world.people["parkB"]).exists()
    with pytest.raises(EntriesInvalid) as outside:  # B cannot refer to what lies outside its territory
        create(world, "parkB", place="B1", firm=HUAWEI)
    assert "firm" in outside.value.errors[0]
