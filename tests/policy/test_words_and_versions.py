"""Words left open with decisions on them; wordings kept and compared."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from common.packs import Fault
from policy import loading
from policy.comparison import compare
from policy.exceptions import RulingRefused
from policy.models import Ruling, Term
from policy.services import ruling_record
from policy.words import term_lines, term_values


@pytest.fixture
def office(db):
    body = Organisation.objects.create(code="office", name="办公室", kind=OrganisationKind.OFFICE)
    user = User.objects.create_user("office")
    Membership.objects.create(user=user, organisation=body, role=Role.OFFICE_LEAD)
    return user


def test_a_word_is_a_starting_value_until_somebody_decides(policy, office):
    term = Term.objects.get(key="max_blocks")
    assert term_values(policy)["max_blocks"] == 3
    given: dict[str, Any] = {
        "term": term,
        "value": Decimal(4),
        "text": "",
        "basis": "〔2018〕3号",
        "decided_on": date(2018, 3, 1),
    }
    with pytest.raises(PermissionDenied):
        ruling_record(by=User.objects.create_user("reader"), **given)
    with pytest.raises(RulingRefused) as refused:
        ruling_record(by=office, **given | {"value": None, "basis": " ", "decided_on": date(2017, 1, 1)})
    assert set(refused.value.faults) == {"value", "basis", "decided_on"}
    ruling = ruling_record(by=office, **given)
    ruling_record(by=office, **given | {"value": Decimal(5), "decided_on": date(2019, 1, 1)})
    line = next(line for line in term_lines(policy) if line.term == term)
    assert (line.value, line.state, term_values(policy)["max_blocks"]) == (5, "term_decided", 5)
    with pytest.raises(InternalError), transaction.atomic():
        Ruling.objects.filter(pk=ruling.pk).update(value=9)


def test_a_decided_word_survives_a_pack_that_drops_it(policy, office, files):
    term = Term.objects.get(key="max_blocks")
    ruling_record(by=office, term=term, value=Decimal(4), text="", basis="〔2018〕3号", decided_on=date(2018, 3, 1))
    (files / "policy/terms.yaml").write_text("[]\n")
    loading.load(files)
    assert list(Term.objects.values_list("key", flat=True)) == ["max_blocks"]


def test_a_term_that_is_not_in_the_text_is_a_fault(policy, files):
    path = files / "policy/terms.yaml"
    path.write_text(path.read_text().replace('word: "原则上"', 'word: "大体上"', 1).replace("[P027]", "[P999]", 1))
    faults: list[Fault] = []
    loading.check(files, faults)
    assert {(fault.where, fault.what.split()[0]) for fault in faults} >= {
        ("county_count", "原文没有这个用语"),
        ("reasonable_number", "没有条款"),
    }


def test_a_changed_wording_is_another_version_and_the_difference_is_told(policy, files):
    loading.load(files)
    assert policy.versions.count() == 1
    text = files / "policy/text.txt"
    text.write_text(text.read_text().replace("不少于道路长度的30%", "不少于道路长度的40%"), newline="")
    provisions = files / "policy/provisions.csv"
    rows = provisions.read_text().replace("不少于道路长度的30%", "不少于道路长度的40%").splitlines(keepends=True)
    gone = next(row for row in rows if row.startswith("P148,"))
    kept = [row for row in rows if row is not gone]
    provisions.write_text("".join([*kept, gone.replace("P148,", "P300,")]))
    instruments = files / "policy/instruments.csv"
    instruments.write_text(instruments.read_text().replace("P148", "P300"))
    faults: list[Fault] = []
    loading.check(files, faults)
    assert faults == []
    loading.load(files)
    old, new = policy.versions.order_by("number")
    found = compare(old, new)
    assert [(before["code"], after["code"]) for before, after in found.moved] == [("P148", "P300")]
    assert (found.new, found.gone, found.same) == ([], [], 208)
    assert [change.code for change in found.changed] == ["P146"]
    assert [(piece.text, piece.kind) for piece in found.changed[0].pieces if piece.kind != "same"] == [
        ("3", "gone"),
        ("4", "new"),
    ]
