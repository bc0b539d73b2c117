"""Figures of registers: counted by hand, and the database's formulas beside those in memory."""

import json
import math
from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registers.formulas import as_sql, evaluate
from registers.models import Entry
from registers.selectors import register_counts, register_figures
from registers.services import entry_create, entry_withdraw

WORKS = [  # name, zone, amount, paid, started, ended, status, key
    ("一", "A1", "100", "50", "2022-03-01", None, "under_way", True),
    ("二", "A1", "300", "300", "2022-06-01", "2023-02-01", "done", True),
    ("三", "A1", "50", None, "2023-01-01", None, "under_way", False),
    ("四", "A1", "80", "80", None, None, "planned", True),
    ("五", "B1", "99", "9", "2023-12-31", None, "under_way", True),
]


@pytest.fixture
def works(world):
    for name, place, amount, paid, started, ended, status, key in WORKS:
        given = {"name": name, "amount": amount, "paid": paid, "started": started, "ended": ended, "status": status}
        entry_create(by=world.people["office"], register=world.register, place=place, given={**given, "key_work": key})
    return world


def figure(frame, measure, place, year, column="number"):
    row = frame[(frame.measure == measure) & (frame.place == place) & (frame.year == year)]
    return None if row.empty else float(row[column].iloc[0])


def test_by_hand(works):
    frame = register_counts(None, [2022, 2023])
    expected = {
        ("works_begun", "A1", 2022): 2,
        ("works_begun", "A1", 2023): 1,
        ("works_standing", "A1", 2022): 2,
        ("works_standing", "A1", 2023): 2,  # 二 ended in 2023
        ("key_amount", "A1", 2022): 400,
        ("key_amount", "A1", 2023): 0,
        ("paid_rate", "A1", 2022): 100 * 350 / 400,
        ("paid_rate", "A1", 2023): 0,
        ("done_rate", "A1", 2022): 50,
        ("done_rate", "A1", 2023): 100 / 3,
        ("any_key", "A1", 2022): 1,
        ("any_key", "B1", 2023): 0,  # 99 is below 100
        ("works_standing", "B1", 2022): 0,
        ("works_standing", "B1", 2023): 1,
    }
    assert {key: figure(frame, *key) for key in expected} == pytest.approx(expected)
    assert math.isnan(figure(frame, "paid_rate", "B1", 2022))
    assert figure(frame, "key_amount", "A1", 2022, "undated") == 1  # 四 has no date


def test_nothing_registered_is_not_nought(world):
    assert register_counts(None, [2023]).empty
    assert register_figures({"works"}, 2023, {"A1"}) == {}


def test_withdrawn_entries_count_no_more(works):
    entry = Entry.objects.get(title="三")
    entry_withdraw(by=works.people["office"], entry_id=entry.pk, reason="登记错误", base_revision=1)
    assert figure(register_counts({"works_begun"}, [2023]), "works_begun", "A1", 2023) == 0


def test_what_an_indicator_is_told(works):
    found = register_figures({"works", "other"}, 2023, {"A1", "B1"})
    assert {key: (known.number, known.entries) for key, known in found.items()} == {
        ("A1", "works"): (2, 2),
        ("B1", "works"): (1, 1),
    }


PARTS = st.sampled_from(
    [
        "amount", "paid", "workers", "key_work", "status__done", "status__set", "started__set", "12", "0",
        "share(paid, amount)", "abs(area)", "ended - started",
    ]
)  # fmt: skip
CONDITIONS = st.recursive(
    st.builds("({} {} {})".format, PARTS, st.sampled_from(["<", "<=", "==", "!=", ">=", ">"]), PARTS),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("(not {})".format, inner),
    ),
    max_leaves=5,
)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 1, 1))
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "amount": st.integers(0, 30).map(str),
        "paid": st.integers(0, 30).map(str),
        "area": st.integers(-5, 5).map(str),
        "workers": st.integers(0, 20),
        "key_work": st.booleans(),
        "status": st.sampled_from(["planned", "under_way", "done"]),
        "started": DAYS.map(str),
        "ended": DAYS.map(str),
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(formula=CONDITIONS, answers=st.lists(ANSWERS, min_size=1, max_size=6))
def test_the_database_and_the_memory_agree(world, formula, answers):
    """Three-valued logic, missing parts, division by nought: one formula, two readers, the same answers."""
    spec = world.register.spec
    rows = json.dumps(answers)
    query = (
        f"SELECT {as_sql(spec, formula)} FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS e(data, n) ORDER BY n"  # noqa: S608 - codes and numbers
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [rows])
        stored = [math.nan if value is None else float(value) for (value,) in cursor.fetchall()]
    assert stored == pytest.approx(evaluate(spec, formula, answers).tolist(), nan_ok=True)


def test_what_was_written_under_another_type_counts_as_missing(works):
    entry = Entry.objects.get(title="一")
    Entry.objects.filter(pk=entry.pk).update(data={**entry.data, "amount": "约一百", "started": "去年"})
    assert figure(register_counts({"key_amount"}, [2022]), "key_amount", "A1", 2022) == 300
