"""The workbooks of tests/workbooks: what each is read as, or the very sentence with which it is turned away."""

import csv
import io
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.enums import Role
from common.workbooks.errors import WorkbookRefused
from indicators.services.examination import examine, return_target, round_target
from tests.workbooks import make

HERE = Path(make.__file__).parent


def table(name):
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def target(small):
    """By the name of a file: the return of A1, or for a grid the returns of city A."""
    small.add_return("A2", small.round)
    manager, proxy = small.manager(), small.user("proxy", Role.PROXY_FILLER, small.cities["A"])

    def of(name):
        if name.startswith("grid"):
            return round_target(proxy, small.round, None)
        return return_target(manager, small.return_.pk)

    return of


def examined(path, target, answers):
    return examine(io.BytesIO(path.read_bytes()), target(path.name), answers, arriving=True)


PASSES = defaultdict(list)
for row in table("should_pass.csv"):
    PASSES[row["file"]].append(row)


@pytest.mark.parametrize("name", PASSES)
def test_should_pass(target, name):
    answers = json.loads(PASSES[name][0]["answers"] or "{}")
    examination = examined(HERE / "should_pass" / name, target, {"stamp": "yes", "empties": "leave", **answers})
    assert examination.intake.faults == []
    assert examination.intake.open_questions == []
    read = {
        (entry.zone, entry.code): (entry.number, entry.absence)
        for entry in examination.intake.entries
        if not entry.keep and (entry.number is not None or entry.absence)
    }
    wanted = {
        (row["zone"], row["code"]): (Decimal(row["number"]) if row["number"] else None, row["absence"])
        for row in PASSES[name]
    }
    assert read == wanted


FAILS = defaultdict(list)
for row in table("should_fail.csv"):
    FAILS[row["file"]].append((row["how"], row["place"], row["sentence"]))


@pytest.mark.parametrize("name", FAILS)
def test_should_fail(target, name):
    """Refused as a whole, a fault with its cell, or a question with its cell; nothing of it can be saved."""
    try:
        examination = examined(HERE / "should_fail" / name, target, {"stamp": "yes", "empties": "leave"})
    except WorkbookRefused as refused:
        found = [("refused", "", str(refused))]
    else:
        assert not examination.can_save
        found = [("fault", fault.place, fault.text) for fault in examination.intake.faults]
        found += [("question", one.place, one.text) for one in examination.intake.open_questions]
    assert found == FAILS[name]


def test_every_file_is_in_a_table_and_made_by_the_script():
    for folder, makers in (("should_pass", make.PASS), ("should_fail", make.FAIL)):
        files = {path.name for path in (HERE / folder).iterdir()}
        assert files == set(makers) == {row["file"] for row in table(f"{folder}.csv")}
