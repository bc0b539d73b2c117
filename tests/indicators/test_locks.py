"""An accepted return and its values stand: the database itself refuses every way of changing them."""

import io
from decimal import Decimal

import psycopg2
import pytest
from django.apps import apps
from django.db import IntegrityError, OperationalError, connection, transaction

from indicators.models import Indicator, Return, ReturnAct, Value

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
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # else the foreign keys waiting for the commit refuse a TRUNCATE
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
