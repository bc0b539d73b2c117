"""The policy's part of a pack: checked whole, every fault listed, loaded idempotently."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from common.packs import Fault
from policy import loading
from policy.models import Carrier, Document, Instrument, Provision, Term
from tests.policy.conftest import PACK


def found(root: Path) -> list[Fault]:
    faults: list[Fault] = []
    loading.check(root, faults)
    return faults


def edit(path: Path, key: str, change: Callable[[dict[str, str]], object]) -> None:
    """Apply `change` to the row whose first column is `key`."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    change(next(row for row in rows if next(iter(row.values())) == key))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_the_real_policy_has_no_fault(db):
    assert found(PACK) == []


def test_counts_and_quotes(policy):
    provisions = list(Provision.objects.all())
    assert (len(provisions), Instrument.objects.count()) == (210, 177)
    assert all(policy.text[row.start : row.end] == row.quote for row in provisions)
    assert policy.issued_on.isoformat() == "2017-12-12"
    assert sorted(row.code for row in provisions if row.kind == "target" and row.year == 2020)[:2] == ["P014", "P015"]


def test_loading_again_changes_nothing(policy):
    def content() -> list[list[tuple[object, ...]]]:
        return [list(model.objects.order_by("pk").values_list()) for model in (Document, Instrument, Provision)]

    before = content()
    counts = loading.load(PACK)
    assert content() == before
    assert counts == {"Document": 1, "Instrument": 177, "Provision": 210, "Term": Term.objects.count()}


def test_carriers_survive_a_new_load(policy):
    instrument = Instrument.objects.get(key="zones_over_100bn")
    Carrier.objects.create(
        instrument=instrument, owner="targets", url_name="policy_reader", label_zh="甲", label_en="A"
    )
    loading.load(PACK)
    assert instrument.carriers.count() == 1


def test_what_the_pack_drops_is_removed(policy, files):
    path = files / "policy" / "provisions.csv"
    rows = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if not line.startswith("P146,")]
    path.write_text("\n".join(rows), encoding="utf-8")
    edit(files / "policy" / "instruments.csv", "utility_tunnel_ratio", lambda row: row.update(provisions=""))
    assert [fault.where for fault in found(files)] == ["tunnel_start"]
    terms = files / "policy" / "terms.yaml"
    terms.write_text("\n".join(line for line in terms.read_text().splitlines() if "P146" not in line))
    assert found(files) == []
    loading.load(files)
    assert not Provision.objects.filter(code="P146").exists()
    assert Provision.objects.count() == 209


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("quote_zh", "产业集聚区新建道路", "引文与原文不符"),
        ("start", "x", "不是整数"),
        ("end", "999999", "越界"),
        ("end", "1", "越界"),
        ("section", "八(一)", "章节应为 八(二)"),
        ("kind", "goal", "未知类型"),
        ("kind", "rule", "类型与政策工具不同"),
        ("year", "20", "年份"),
        ("instrument_key", "nothing", "没有这个政策工具"),
        ("gloss_en", "", "不能为空"),
        ("id", "146", "编号应为"),
    ],
)
def test_a_spoilt_provision_is_named(db, files, column, value, words):
    edit(files / "policy" / "provisions.csv", "P146", lambda row: row.update({column: value}))
    faults = found(files)
    where = value if column == "id" else "P146"
    assert any(fault.where == where and words in fault.what for fault in faults), faults
    assert all(fault.file.startswith("policy/") for fault in faults)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("kind", "goal", "未知类型"),
        ("fields", "op=>=|value=30", "缺少声明"),
        ("fields", "op=~|value=1|unit=个|tolerance=0|tolerance_by=text|measure=count|over=zone", "未知比较符"),
        ("provisions", "P001", "P001, P146"),
        ("name_en", "", "不能为空"),
        ("key", "zones_over_100bn", "代码重复"),
    ],
)
def test_a_spoilt_instrument_is_named(db, files, column, value, words):
    edit(files / "policy" / "instruments.csv", "utility_tunnel_ratio", lambda row: row.update({column: value}))
    assert any(words in fault.what for fault in found(files))


def test_an_unknown_column_type_of_a_register_is_named(db, files):
    edit(files / "policy" / "instruments.csv", "zone_reserve", lambda row: row.update(fields="zone:zone|x:picture"))
    assert [str(fault) for fault in found(files)] == [
        "policy/instruments.csv [zone_reserve] 列类型未知 unknown column type: x:picture"
    ]


def test_all_faults_come_at_once(db, files):
    edit(files / "policy" / "provisions.csv", "P001", lambda row: row.update(quote_zh="错"))
    edit(files / "policy" / "provisions.csv", "P197e", lambda row: row.update(gloss_en=""))
    (files / "policy" / "document.yaml").write_text("code: x\nissued_on: soon\n", encoding="utf-8")
    assert {fault.where for fault in found(files)} >= {"P001", "P197e", "number", "title", "issued_on"}


@pytest.mark.parametrize("name", ["document.yaml", "text.txt", "provisions.csv", "instruments.csv"])
def test_a_missing_file_is_named(db, files, name):
    (files / "policy" / name).unlink()
    assert f"policy/{name} [-] 文件不存在 file is missing" in [str(fault) for fault in found(files)]


def test_a_quote_across_lines_is_named(db, files):
    text = (PACK / "policy" / "text.txt").read_text(encoding="utf-8")
    start = text.index("号\n各省")
    edit(
        files / "policy" / "provisions.csv",
        "P001",
        lambda row: row.update(quote_zh=text[start : start + 4], start=str(start), end=str(start + 4)),
    )
    assert any("跨越段落" in fault.what for fault in found(files))


def test_codes_of_another_document_are_not_taken_over(policy, files):
    document = files / "policy" / "document.yaml"
    document.write_text(document.read_text(encoding="utf-8").replace("henan-2017-159", "other"), encoding="utf-8")
    assert len([fault for fault in found(files) if "另一文件" in fault.what]) == 210
