"""An accepted return and its values stand: the database itself refuses every way of changing them."""

import io
from decimal import Decimal
from itertools import product
from typing import Any

import pgtrigger
import psycopg2
import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, OperationalError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import User
from indicators.enums import CORRECTION_MOVES, CorrectionStatus
from indicators.models import (
    Correction,
    CorrectionItem,
    Evidence,
    Indicator,
    ProvinceValue,
    Question,
    Return,
    ReturnAct,
    Value,
)

REFUSED = (IntegrityError, OperationalError)
WORDS = "accepted return is locked"


@pytest.fixture
def accepted(world):
    return world.add_return(status="accepted", values={"tax_revenue": 5})


def fresh(accepted):
    return Value(
        return_ref=accepted,
        zone=accepted.zone,
        indicator=Indicator.objects.get(code="employees"),
        year=2020,
        period="2020",
        number=1,
    )


def by_sql(statement):
    with connection.cursor() as cursor:
        if statement.startswith("TRUNCATE"):  # else the foreign keys waiting for the commit refuse it
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def by_copy(accepted):
    columns = (
        "return_ref_id, zone_id, indicator_id, year, period, number, absence, comment, source, source_note, certainty,"
        " synthetic, revision, updated_at"
    )
    item = Indicator.objects.get(code="employees").pk
    line = f"{accepted.pk}\t{accepted.zone_id}\t{item}\t2020\t2020\t7\t\t\tpark\t\t\tf\t1\t2021-01-01\n"
    with connection.cursor() as cursor:
        try:
            cursor.copy_expert(f"COPY indicators_value ({columns}) FROM STDIN", io.StringIO(line))
        except psycopg2.Error as error:
            raise IntegrityError(str(error)) from error


def by_save(row, **changes):
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()


def by_upsert(value):
    value.number = Decimal(9)
    Value.objects.bulk_create(
        [value],
        update_conflicts=True,
        unique_fields=["zone", "indicator", "period", "source", "department"],
        update_fields=["number"],
    )


INSERT = """
    INSERT INTO indicators_value (return_ref_id, zone_id, indicator_id, year, period, number, absence, comment, source,
        source_note, certainty, synthetic, revision, updated_at)
    SELECT return_ref_id, zone_id, indicator_id, year, 'x', 1, '', '', source, '', '', false, 1, now()
    FROM indicators_value
"""
WAYS = {
    "save": lambda accepted: by_save(accepted.values.get(), number=Decimal(9)),
    "update": lambda accepted: accepted.values.update(number=9),
    "bulk_update": lambda accepted: Value.objects.bulk_update(accepted.values.all(), ["comment"]),
    "delete": lambda accepted: accepted.values.get().delete(),
    "queryset delete": lambda accepted: accepted.values.all().delete(),
    "create": lambda accepted: fresh(accepted).save(),
    "bulk_create": lambda accepted: Value.objects.bulk_create([fresh(accepted)]),
    "upsert": lambda accepted: by_upsert(accepted.values.get()),
    "copy": by_copy,
    "return save": lambda accepted: by_save(accepted, status="draft"),
    "return update": lambda accepted: Return.objects.filter(pk=accepted.pk).update(revision=9),
}
STATEMENTS = [
    "UPDATE indicators_value SET number = 9",
    "UPDATE indicators_value SET return_ref_id = NULL",
    "DELETE FROM indicators_value",
    INSERT,
    "TRUNCATE indicators_value CASCADE",
    "UPDATE indicators_return SET status = 'returned'",
    "DELETE FROM indicators_return",
    "TRUNCATE indicators_return CASCADE",
]


@pytest.mark.parametrize("way", [*WAYS, *STATEMENTS], ids=lambda way: " ".join(way.split())[:40])
def test_nothing_of_an_accepted_return_changes(accepted, way):
    write = WAYS.get(way) or (lambda _accepted: by_sql(way))
    with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
        write(accepted)
    assert list(Value.objects.values_list("number", "comment", "return_ref")) == [(Decimal(5), "", accepted.pk)]
    assert list(Return.objects.values_list("status", "revision")) == [("accepted", 1)]


def test_a_value_is_not_moved_into_an_accepted_return(world, accepted):
    other = world.add_return("A2", values={"tax_revenue": 1})
    with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
        other.values.update(return_ref=accepted)


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "city_accepted"])
def test_before_acceptance_values_may_change(world, status):
    return_ = world.add_return(status=status, values={"tax_revenue": 5})
    return_.values.update(number=6)
    Return.objects.filter(pk=return_.pk).update(status="accepted")
    assert Return.objects.get().status == "accepted"


def test_published_figures_are_of_no_return_and_may_be_corrected(world):
    zone, item = world.zones["A1"], Indicator.objects.get(code="tax_revenue")
    value = Value.objects.create(zone=zone, indicator=item, year=2015, period="2015", number=1, source="published")
    value.number = 2
    value.save()
    value.delete()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE indicators_returnact SET reason = 'x'",
        "DELETE FROM indicators_returnact",
        "TRUNCATE indicators_returnact CASCADE",
    ],
)
def test_acts_are_only_appended(world, statement):
    return_ = world.add_return()
    ReturnAct.objects.create(
        return_ref=return_, kind="opened", actor=None, at="2021-01-01T00:00Z", return_revision=1, digest="0" * 64
    )
    with pytest.raises(Exception, match=r"Cannot|locked"), transaction.atomic():
        by_sql(statement)
    assert ReturnAct.objects.count() == 1


def test_every_write_path_leaves_a_trail(world):
    """History comes from triggers, so bulk and raw writes are in it too."""
    return_ = world.add_return(values={"tax_revenue": 5})
    value = return_.values.get()
    value.number = Decimal(6)
    value.save()
    Value.objects.filter(pk=value.pk).update(number=7)
    value.number = Decimal(8)
    Value.objects.bulk_update([value], ["number"])
    by_sql("UPDATE indicators_value SET number = 9")
    value.delete()
    trail = apps.get_model("indicators", "ValueEvent").objects.order_by("pgh_id").values_list("pgh_label", "number")
    assert list(trail) == [("insert", 5), *(("update", n) for n in (6, 7, 8, 9)), ("delete", 9)]


@pytest.mark.django_db(transaction=True)
def test_a_write_waits_for_an_acceptance_under_way(world):
    """A write that begins while an acceptance is not yet committed is refused once it is."""
    return_ = world.add_return(status="city_accepted", values={"tax_revenue": 5})
    parameters = connection.get_connection_params() | {"cursor_factory": None}
    second = psycopg2.connect(**{k: v for k, v in parameters.items() if v is not None and k != "context"})
    try:
        with transaction.atomic():
            Return.objects.filter(pk=return_.pk).update(status="accepted")
            with second.cursor() as cursor:
                cursor.execute("SET lock_timeout = '300ms'")
                with pytest.raises(psycopg2.errors.LockNotAvailable):
                    cursor.execute("UPDATE indicators_value SET number = 9")
            second.rollback()
        with second.cursor() as cursor, pytest.raises(psycopg2.Error, match=WORDS):
            cursor.execute("UPDATE indicators_value SET number = 9")
    finally:
        second.close()


# ---- while a correction is being applied ------------------------------------------------------------------------


def propose(accepted, items, *, by="manager", status="proposed"):
    """A correction put there without the services: items are (code, old, new) or with a comment as the fourth."""
    user = User.objects.filter(username=by).first() or User.objects.create_user(by)
    correction = Correction.objects.create(return_ref=accepted, reason="笔误", requested_by=user)
    for code, old, new, *comment in items:
        CorrectionItem.objects.create(
            correction=correction,
            indicator=Indicator.objects.get(code=code),
            old_number=old,
            new_number=new,
            comment="".join(comment),
        )
    if status != "proposed":
        to_status(correction, status)
    return correction


def to_status(correction, status):
    judge = User.objects.filter(username="judge").first() or User.objects.create_user("judge")
    Correction.objects.filter(pk=correction.pk).update(status=status, decided_by=judge)


def write(value, **changes):
    """As the service writes."""
    given = {"number": Decimal(6), "channel": "correction", "revision": value.revision + 1} | changes
    manager = User.objects.get(username="manager")
    Value.objects.filter(pk=value.pk).update(**{"updated_by": manager, "updated_at": timezone.now()} | given)


@pytest.fixture
def taken_back(db):
    """A correction may be left half applied in the test: at its end nothing of it stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def applying(accepted, taken_back):
    """The tax revenue is being corrected from 5 to 6, and employees (left blank) to 7."""
    propose(accepted, [("tax_revenue", 5, 6), ("employees", None, 7)], status="applying")
    return accepted


def new_employees(applying, **changes):
    manager = User.objects.get(username="manager")
    given = {"number": 7, "channel": "correction", "updated_by": manager} | changes
    return Value.objects.create(
        **{
            "return_ref": applying,
            "zone": applying.zone,
            "indicator": Indicator.objects.get(code="employees"),
            "year": 2020,
            "period": "2020",
        }
        | given
    )


def test_a_correction_being_applied_writes_what_it_says(applying):
    write(applying.values.get())
    new_employees(applying)
    Return.objects.filter(pk=applying.pk).update(revision=2)
    to_status(applying.corrections.get(), "applied")
    assert dict(applying.values.values_list("indicator__code", "number")) == {"tax_revenue": 6, "employees": 7}


CHANGES: dict[str, dict[str, Any]] = {
    "another number": {"number": 9},
    "the old number": {"number": 5},
    "no number": {"number": None, "absence": "not_available"},
    "a comment that was not asked for": {"comment": "x"},
    "another source": {"source": "published"},
    "another source note": {"source_note": "x"},
    "another period": {"period": "2019"},
    "another year": {"year": 2019},
    "no mark": {"synthetic": True},
    "another certainty": {"certainty": "C"},
    "another channel": {"channel": "form"},
    "no revision": {"revision": 1},
    "a leap of the revision": {"revision": 9},
    "nobody": {"updated_by": None},
    "no return": {"return_ref": None},
}


def test_and_nothing_but_that(world, applying, subtests):
    elsewhere: dict[str, Any] = {
        "another zone": {"zone": world.zones["A2"]},
        "another item": {"indicator": Indicator.objects.get(code="employees")},
    }
    for name, changes in (CHANGES | elsewhere).items():
        with subtests.test(name), pytest.raises(REFUSED, match=WORDS), transaction.atomic():
            write(applying.values.get(), **changes)
    assert applying.values.get().number == 5


NEW_ONES = (
    {"number": 8},
    {"comment": "x"},
    {"period": "2019"},
    {"source": "published"},
    {"revision": 5},
    {"channel": "api"},
)


def test_a_new_value_is_the_one_asked_for(applying, subtests):
    for changes in NEW_ONES:
        with subtests.test(str(changes)), pytest.raises(REFUSED, match=WORDS), transaction.atomic():
            new_employees(applying, **changes)


def test_what_is_corrected_is_written_once(applying):
    write(applying.values.get())
    for again in (Decimal(6), Decimal(5)):
        with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
            write(applying.values.get(), number=again)


APPLYING_WAYS = {
    **WAYS,
    "delete": lambda applying: applying.values.get().delete(),
    "create": lambda applying: by_save(fresh(applying), number=Decimal(8)),
}


def test_no_other_path_opens_while_a_correction_is_applied(applying, subtests):
    for way in [*APPLYING_WAYS, *STATEMENTS]:
        if way == "return update" or way.startswith("TRUNCATE"):
            continue  # raising the revision is what applying does; emptying a table is refused whatever is in it
        act = APPLYING_WAYS.get(way)
        with subtests.test(way), pytest.raises(REFUSED, match=WORDS), transaction.atomic():
            act(Return.objects.get(pk=applying.pk)) if act else by_sql(way)
    assert list(Value.objects.values_list("number", flat=True)) == [5]


def test_a_correction_opens_its_own_return_only(world, accepted, taken_back):
    other = world.add_return("A2", status="accepted", values={"tax_revenue": 5})
    propose(accepted, [("tax_revenue", 5, 6)], status="applying")
    propose(other, [("tax_revenue", 5, 7)])
    with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
        write(other.values.get())
    with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
        Return.objects.filter(pk=other.pk).update(revision=2)


def test_a_draft_figure_is_not_moved_into_a_return_being_corrected(world, accepted, taken_back):
    draft = world.add_return("A2", values={"employees": 7})
    propose(accepted, [("employees", None, 7)], status="applying")
    with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
        write(
            draft.values.get(),
            number=7,
            return_ref=accepted,
            zone=accepted.zone,
            updated_by=User.objects.get(username="manager"),
        )


def test_only_a_correction_that_is_being_applied_opens_anything(accepted, subtests):
    for status in set(CorrectionStatus) - {CorrectionStatus.APPLYING}:
        with subtests.test(str(status.value)), transaction.atomic():
            brought_to(accepted, status)
            number = Decimal(5) if status == CorrectionStatus.APPLIED else Decimal(6)
            with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
                write(accepted.values.get(), number=number)
            transaction.set_rollback(True)


def brought_to(accepted, status):
    correction = propose(accepted, [("tax_revenue", 5, 6)])
    if status == CorrectionStatus.APPLIED:
        to_status(correction, "applying")
        write(accepted.values.get())
    if status != CorrectionStatus.PROPOSED:
        to_status(correction, status)
    return correction


def test_the_database_knows_the_moves_of_a_correction(accepted, subtests):
    """Nothing is replayed: a decided correction never comes back."""
    for old, new in product(CorrectionStatus, CorrectionStatus):
        with subtests.test(f"{old} → {new}"), transaction.atomic():
            correction = brought_to(accepted, old)
            if (old, new) == (CorrectionStatus.APPLYING, CorrectionStatus.APPLIED):
                write(accepted.values.get())
            if new in CORRECTION_MOVES[old]:
                to_status(correction, new)
            else:
                with pytest.raises(REFUSED, match="decided once"), transaction.atomic():
                    to_status(correction, new)
            transaction.set_rollback(True)


def test_a_correction_is_applied_only_when_its_figures_stand(applying):
    write(applying.values.get())
    with pytest.raises(REFUSED, match="when its figures stand"), transaction.atomic():
        to_status(applying.corrections.get(), "applied")


@pytest.mark.parametrize("status", ["applying", "applied", "refused"])
def test_a_correction_begins_as_a_request_about_an_accepted_return(world, accepted, status):
    given = {"reason": "x", "requested_by": world.staff()}
    with pytest.raises(REFUSED, match="begins as a request"), transaction.atomic():
        Correction.objects.create(return_ref=accepted, status=status, **given)
    with pytest.raises(REFUSED, match="begins as a request"), transaction.atomic():
        Correction.objects.create(return_ref=world.add_return("A2"), **given)


def test_who_asked_does_not_decide(accepted):
    correction = propose(accepted, [("tax_revenue", 5, 6)])
    for decided_by in (correction.requested_by, None):
        with pytest.raises(REFUSED, match="correction_decided_by_another"), transaction.atomic():
            Correction.objects.filter(pk=correction.pk).update(status="applying", decided_by=decided_by)


@pytest.mark.parametrize("status", ["applying", "refused", "withdrawn"])
def test_what_a_correction_asks_for_stands_from_the_decision_on(accepted, taken_back, status):
    correction = propose(accepted, [("tax_revenue", 5, 6)], status=status)
    item = {"correction": correction, "indicator": Indicator.objects.get(code="employees"), "new_number": 1}
    for act in (
        lambda: CorrectionItem.objects.create(**item),
        lambda: correction.items.update(new_number=9),
        lambda: correction.items.all().delete(),
        lambda: Correction.objects.filter(pk=correction.pk).update(reason="x"),
        lambda: Correction.objects.filter(pk=correction.pk).delete(),
        lambda: by_sql("TRUNCATE indicators_correctionitem"),
    ):
        with pytest.raises((*REFUSED, ProtectedError)), transaction.atomic():
            act()
    assert list(correction.items.values_list("new_number", flat=True)) == [6]


@pytest.mark.django_db(transaction=True)
def test_a_correction_is_never_left_half_applied(world):
    """Between transactions nothing is open."""
    accepted = world.add_return(status="accepted", values={"tax_revenue": 5})
    correction = propose(accepted, [("tax_revenue", 5, 6)])
    with pytest.raises(REFUSED, match="in one transaction"), transaction.atomic():
        to_status(correction, "applying")
    assert Correction.objects.get().status == "proposed"


# ---- evidence of an accepted return -----------------------------------------------------------------------------


def evidence(accepted, **given):
    facts = {"name": "a.pdf", "size": 1, "digest": "0" * 64, "content_type": "application/pdf", "file": "a.pdf"}
    uploader = User.objects.filter(username="manager").first() or User.objects.create_user("manager")
    return Evidence.objects.create(return_ref=accepted, uploaded_by=uploader, **facts | given)


def test_evidence_comes_to_an_accepted_return_with_an_open_correction_of_its_own(world, accepted):
    other = world.add_return("A2", status="accepted", values={"tax_revenue": 5})
    foreign = propose(other, [("tax_revenue", 5, 6)])
    correction = propose(accepted, [("tax_revenue", 5, 6)])
    for wrong in (None, foreign):
        with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
            evidence(accepted, correction=wrong)
    file = evidence(accepted, correction=correction)
    Evidence.objects.filter(pk=file.pk).update(removed_at=timezone.now())
    with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
        Evidence.objects.update(name="b.pdf")
    to_status(correction, "refused")
    for act in (
        lambda: evidence(accepted, correction=correction),
        lambda: Evidence.objects.update(removed_at=None),
        lambda: Evidence.objects.all().delete(),
    ):
        with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
            act()


def test_evidence_of_before_the_acceptance_is_not_given_to_a_correction_and_taken_back(world):
    return_ = world.add_return(values={"tax_revenue": 5})
    file = evidence(return_)
    Return.objects.filter(pk=return_.pk).update(status="accepted")
    correction = propose(return_, [("tax_revenue", 5, 6)])
    for changes in ({"correction": correction}, {"removed_at": timezone.now()}):
        with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
            Evidence.objects.filter(pk=file.pk).update(**changes)


# ---- locks cannot be switched off, and history only grows -------------------------------------------------------


def test_no_session_variable_puts_the_locks_out_of_force(accepted):
    """The library's way round its triggers does not lead round these, nor round the trail."""
    names = ",".join(trigger.get_pgid(model) for model, trigger in pgtrigger.registered())
    by_sql(f"SET LOCAL pgtrigger.ignore = '{{{names}}}'")
    with pytest.raises(REFUSED, match=WORDS), transaction.atomic():
        accepted.values.update(number=9)
    item = Indicator.objects.get(code="tax_revenue")
    by_sql(f"SET LOCAL pgtrigger.ignore = '{{{names}}}'")
    value = Value.objects.create(
        zone=accepted.zone, indicator=item, year=2015, period="2015", number=1, source="published"
    )
    by_sql(f"SET LOCAL pgtrigger.ignore = '{{{names}}}'")
    Value.objects.filter(pk=value.pk).update(number=2)
    assert apps.get_model("indicators", "ValueEvent").objects.filter(pgh_obj_id=value.pk).count() == 2


KEPT = ["Value", "Return", "Correction", "Evidence", "Question", "ProvinceValue"]


def test_history_is_neither_changed_nor_emptied_nor_made_up(world, accepted, subtests):
    propose(accepted, [("tax_revenue", 5, 6)])
    item = Indicator.objects.get(code="tax_revenue")
    evidence(accepted, correction=Correction.objects.get())
    Question.objects.create(return_ref=accepted, text="?", asked_by=world.staff())
    ProvinceValue.objects.create(indicator=item, year=2020, number=1, source_note="x")
    for name in KEPT:
        model = apps.get_model("indicators", f"{name}Event")
        columns = ", ".join(field.column for field in model._meta.concrete_fields if not field.primary_key)
        assert model.objects.exists()
        for verb in (
            "UPDATE {table} SET pgh_label = 'x'",
            "UPDATE {table} SET pgh_created_at = now()",
            "DELETE FROM {table}",
            "TRUNCATE {table} CASCADE",
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}",
        ):
            statement = verb.format(table=model._meta.db_table, columns=columns)
            with subtests.test(statement[:60]), pytest.raises((*REFUSED, InternalError)), transaction.atomic():
                by_sql(statement)


def test_a_figure_lies_in_the_zone_of_its_return(world):
    draft = world.add_return("A2", values={"tax_revenue": 5})
    with pytest.raises(REFUSED, match="zone of its return"), transaction.atomic():
        draft.values.update(zone=world.zones["A1"])
