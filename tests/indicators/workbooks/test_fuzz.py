"""Whatever comes in: a clear sentence or a true difference. Never an error of ours, never half a file saved."""

import io
import random
import zipfile
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from common.workbooks.cells import Cell, ErrorValue
from common.workbooks.errors import WorkbookRefused
from common.workbooks.reading import open_workbook
from indicators import services
from indicators.exceptions import CollectionError
from indicators.models import Indicator, Value
from indicators.services.examination import examine, return_target
from indicators.workbooks.figures import KEEP, read_figure
from indicators.workbooks.headers import plain
from indicators.workbooks.units import conversion
from tests.indicators.workbooks.conftest import CODES, changes_of, download, edited, figures, fresh, send
from tests.workbooks import make

WITH_DATABASE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
FREE = settings(max_examples=200, deadline=None)


def opened(raw):
    """Open it; a refusal must be a sentence."""
    try:
        return open_workbook(io.BytesIO(raw))
    except WorkbookRefused as refused:
        assert str(refused).endswith("。")
        return None


@cache
def sound():
    return make.rows(make.LIST_HEAD, [*make.REVENUE, 5], [*make.TAX, "暂缺"], [*make.PEOPLE, 7.5])


@FREE
@given(st.binary(max_size=3000))
@example(b"PK\x05\x06" + b"\0" * 18)
def test_any_bytes(raw):
    opened(raw)
    opened(b"PK\x03\x04" + raw)
    opened(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + raw)


@FREE
@given(st.integers(0, 6000), st.integers(0, 6000))
def test_any_piece_of_a_workbook(start, end):
    opened(sound()[start:end])
    opened(sound()[:end])


@FREE
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=40))
def test_any_bytes_changed(changes):
    raw = bytearray(sound())
    for place, byte in changes:
        raw[place % len(raw)] = byte
    opened(bytes(raw))


XML = st.text(alphabet=st.sampled_from(list('<>/="&; acrvtsf01239ABZ#!-[]xml:')), max_size=60)


@FREE
@given(
    st.sampled_from(
        [
            "xl/workbook.xml",
            "xl/worksheets/sheet1.xml",
            "xl/styles.xml",
            "xl/sharedStrings.xml",
            "_rels/.rels",
            "xl/_rels/workbook.xml.rels",
            "[Content_Types].xml",
        ]
    ),
    st.integers(0, 4000),
    st.integers(0, 80),
    XML,
)
def test_any_change_inside_the_xml(part, place, length, text):
    parts = make.parts_of(sound())
    content = parts[part].decode()
    place %= len(content)
    parts[part] = (content[:place] + text + content[place + length :]).encode()
    opened(make.packed(parts))


@FREE
@given(
    st.dictionaries(
        st.sampled_from(["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "x/../y"]), st.binary(max_size=200)
    )
)
def test_any_parts_missing_or_replaced(parts):
    opened(make.packed(parts))
    opened(make.packed({**make.parts_of(sound()), **parts}))
    left = {name: content for name, content in make.parts_of(sound()).items() if name not in parts}
    opened(make.packed(left))


ITEMS = [
    Indicator(code="money", name_zh="主营业务收入", name_en="", unit="万元", unit_en="", decimals=2),
    Indicator(code="people", name_zh="从业人员", name_en="", unit="人", unit_en="", decimals=0),
    Indicator(code="share", name_zh="占比", name_en="", unit="%", unit_en="", decimals=4),
    Indicator(code="yes", name_zh="完成", name_en="", unit="是否", unit_en="", decimals=0),
]
WORDS = st.sampled_from(
    ["12万", "1,234.5", "１２", "—", "无", "(5)", "12亿元", "0.5%", "1e5", "=1+1", "9e99", "不適用", "12,34"]
)
CONTENT = st.one_of(
    st.text(max_size=40),
    WORDS,
    st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e305"), max_value=Decimal("1e305")),
    st.booleans(),
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9999, 12, 31)),  # noqa: DTZ001
    st.sampled_from([ErrorValue("#REF!"), ErrorValue("#NUM!"), None]),
)


@FREE
@given(CONTENT, st.sampled_from(ITEMS), st.sampled_from(["", "A1+1"]), st.sampled_from(["", "percent", "scaled"]),
       st.sampled_from([None, "亿元", "千元", "万人"]))  # fmt: skip
def test_any_cell_is_a_figure_a_word_a_fault_or_a_question(value, item, formula, shown, unit):
    cell = Cell(2, 3, value, formula, shown if isinstance(value, Decimal) else "")
    given_unit = conversion(unit, item.unit) if unit else None
    found = read_figure(cell, item, given_unit)
    said = [found.number is not None, bool(found.absence), bool(found.fault), found.asked is not None]
    assert sum(said) <= 1
    if formula:
        assert found.asked or found.fault, "a formula's result was taken silently"
    if found.fault:
        assert found.fault.endswith("。")
    for option in found.asked.options if found.asked else []:
        settled = read_figure(cell, item, given_unit, option.key)
        assert settled.asked is None
        assert settled.keep == (option.key == KEEP)
        assert (settled.number, settled.absence) == (option.number, option.absence)
    if found.number is not None and isinstance(value, str):
        digits = [c for c in plain(value) if c.isdigit()]
        assert digits or item.unit == "是否", "a number out of no digits"


def written(lines, beside):
    """A list with these lines, and anything else anywhere on the sheet."""
    stream = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet("报表")
        cells = {(0, column): text for column, text in enumerate(make.LIST_HEAD[1:])}
        for row, line in enumerate(lines, start=1):
            cells |= {(row, column): value for column, value in enumerate(line) if value is not None}
        for (row, column), value in {**cells, **beside}.items():
            if isinstance(value, str) and value.startswith("="):
                sheet.write_formula(row, column, value, None, 12)
            elif isinstance(value, str):
                sheet.write_string(row, column, value)
            else:
                sheet.write(row, column, value)
    return stream.getvalue()


NAMES = st.sampled_from([*CODES, "税收收入", "主营业务收入（亿元）", "从业人员期末人数", "綜合能源消費量"])
OTHER_NAMES = st.one_of(
    st.sampled_from(["收入", "地区生产总值", "合计", "A1园区", "经济总量", "税收收入增速"]), st.text(max_size=12)
)
UNITS = st.sampled_from([None, None, None, "万元", "亿元", "人", "亩", "什么"])
NUMBERS = st.one_of(st.floats(0, 1e9), st.integers(0, 10**6), WORDS, st.none(), st.just("=A1*2"))
ABSENCES = st.one_of(st.none(), st.none(), st.sampled_from(["暂缺", "不适用", "以后补"]))
COMMENTS = st.one_of(st.none(), st.text(max_size=30))
LINES = st.lists(
    st.one_of(
        st.tuples(NAMES, UNITS, NUMBERS, ABSENCES, COMMENTS),
        st.tuples(NAMES, UNITS, NUMBERS, st.none(), COMMENTS),
        st.tuples(
            st.one_of(NAMES, OTHER_NAMES),
            UNITS,
            st.one_of(NUMBERS, st.text(max_size=20), st.booleans()),
            ABSENCES,
            COMMENTS,
        ),
    ),
    max_size=6,
)
BESIDE: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.just({}),
    st.dictionaries(st.tuples(st.integers(0, 9), st.integers(0, 8)), st.one_of(OTHER_NAMES, NUMBERS), max_size=4),
)


def answered(person, upload, pick):
    """The upload with its questions answered at random, as long as new ones come up."""
    for _round in range(4):
        asked = [question for question in upload.report["questions"] if not question["answer"]]
        if not asked:
            break
        answers = {question["key"]: pick.choice(question["choices"])["key"] for question in asked}
        upload = services.upload_answer(by=person, upload_id=upload.pk, answers=answers)
    return upload


@WITH_DATABASE
@given(lines=LINES, beside=BESIDE, pick=st.randoms(use_true_random=False))
def test_any_table_is_saved_as_it_was_shown_or_not_at_all(small, person, lines, beside, pick):
    before, revision = figures(small.return_), fresh(small.return_).revision
    try:
        upload = answered(person, send(person, written(lines, beside), small.return_), pick)
    except WorkbookRefused as refused:
        assert str(refused).endswith("。")
        assert figures(small.return_) == before
        return
    shown = changes_of(upload)
    event("faults" if upload.report["faults"] else f"{min(len(shown), 3)} changes")
    try:
        services.upload_confirm(by=person, upload_id=upload.pk)
    except CollectionError:
        assert not upload.report["can_save"]
        assert (figures(small.return_), fresh(small.return_).revision) == (before, revision)
        return
    after = figures(small.return_)
    assert {code: after[code] for code in shown} == shown
    assert {code: held for code, held in after.items() if code not in shown} == {
        code: held for code, held in before.items() if code not in shown
    }
    assert fresh(small.return_).revision == revision + 1


@WITH_DATABASE
@given(seed=st.integers(0, 2**32))
def test_rows_and_columns_in_any_order_read_the_same(small, person, seed):
    def shuffle(book):
        sheet, order = book.active, random.Random(seed)
        lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
        columns = list(range(len(lines[0])))
        order.shuffle(columns)
        head, body = lines[0], lines[1:]
        order.shuffle(body)
        for number, line in enumerate([head, *body], start=5):
            for position, column in enumerate(columns, start=1):
                sheet.cell(number, position).value = line[column]
        for code, value in (("tax_revenue", 77), ("value_added", 5)):
            row = next(r for r in sheet.iter_rows(min_row=6) if any(cell.value == code for cell in r))
            row[columns.index(5)].value = value

    upload = send(person, edited(download(small.return_), shuffle), small.return_)
    assert upload.report["faults"] == []
    assert {code: figure[0] for code, figure in changes_of(upload).items()} == {"tax_revenue": 77, "value_added": 5}


@pytest.fixture
def person(small):
    return small.manager(name="person")


@WITH_DATABASE
@given(st.binary(max_size=400), st.integers(0, 6000))
def test_a_damaged_file_of_ours_leaves_nothing_behind(small, person, noise, place):
    raw = bytearray(download(small.return_))
    place %= len(raw)
    raw[place : place + len(noise)] = noise
    target = return_target(person, small.return_.pk)
    count = Value.objects.count()
    try:
        examine(io.BytesIO(bytes(raw)), target, {}, arriving=True)
    except WorkbookRefused as refused:
        assert str(refused).endswith("。")
    assert Value.objects.count() == count


def test_the_largest_table_that_is_taken_reads_in_seconds():
    """Ten thousand rows of thirty cells: the limits keep even that from being a burden."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(9_900):
            sheet.write_row(row, 0, range(row, row + 30))
    assert len(open_workbook(stream).sheets[0].cells) == 297_000
    with zipfile.ZipFile(stream) as archive:
        assert archive.testzip() is None


def test_a_table_of_nothing_but_riddles_is_sent_back_soon(small, person):
    """Twenty thousand rows that name no item we know: asked about as far as anybody would answer, then refused."""
    lines = [["收入合计数", None, 5]] * 15_000
    with pytest.raises(WorkbookRefused) as refused:
        send(person, written(lines, {}), small.return_)
    assert refused.value.code == "too_unclear"


def test_a_long_text_in_every_cell_costs_little(small, person):
    """One text of the greatest length, named by many cells."""
    lines = [["税收收入", None, "长" * 32_000]] * 3_000
    upload = send(person, written(lines, {}), small.return_)
    assert len(upload.report["faults"]) == 500
