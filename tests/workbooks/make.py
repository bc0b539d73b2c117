"""Makes the workbooks of should_pass/ and should_fail/: `python -m tests.workbooks.make`. The files are committed.

Each function makes one file under its own name. What a file must lead to stands in should_pass.csv and should_fail.csv;
tests/indicators/workbooks/test_handmade.py holds them to it. Items and zones are those of the tests' small world.
"""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

HERE = Path(__file__).parent
Makers = dict[str, Callable[[], bytes]]
PASS: Makers = {}
FAIL: Makers = {}
LIST_HEAD = ["指标代码", "指标", "单位", "本期数", "缺值说明", "说明"]
REVENUE = ["main_business_revenue", "主营业务收入", "万元"]
TAX = ["tax_revenue", "税收收入", "万元"]
PEOPLE = ["employees", "从业人员期末人数", "人"]


def kept(makers: Makers, name: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def keep(maker: Callable[[], bytes]) -> Callable[[], bytes]:
        makers[name] = maker
        return maker

    return keep


def book(write: Callable[[Any, Any], None], name: str = "报表") -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        workbook.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})  # the same file every time
        write(workbook, workbook.add_worksheet(name))
    return stream.getvalue()


def rows(*lines: list[Any]) -> bytes:
    """A workbook of one sheet with these lines."""

    def write(_workbook: Any, sheet: Any) -> None:
        for number, line in enumerate(lines):
            for column, value in enumerate(line):
                if value is not None:
                    sheet.write(number, column, value)

    return book(write)


def figure(value: Any) -> bytes:
    """A list with one figure."""
    return rows(LIST_HEAD, [*REVENUE, value])


def parts_of(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def with_sheet(xml: str) -> bytes:
    """A sound workbook whose sheet is replaced by this XML."""
    parts = parts_of(figure(1))
    parts["xl/worksheets/sheet1.xml"] = xml.encode()
    return packed(parts)


# ---- what must be read --------------------------------------------------------------------------------------------


@kept(PASS, "list_plain.xlsx")
def _() -> bytes:
    return rows(
        LIST_HEAD, [*REVENUE, 500000, None, "含新入园企业"], [*TAX, 12000.25], [*PEOPLE, None, "暂缺", "统计未完成"]
    )


@kept(PASS, "list_noisy_headers.xlsx")
def _() -> bytes:
    return rows(
        ["某園區報表（匯總）"],
        ["項目：", "計量單位", "2021年", "备  注"],
        ["一、主營業務收入", "萬元", 1],
        ["１．税收收入(万元)：", None, 12000.25],
        ["從業人員期末人數", "人", 9000],
    )


@kept(PASS, "list_text_numbers.xlsx")
def _() -> bytes:
    return rows(LIST_HEAD, [*REVENUE, "500,000.5"], [*TAX, " １２０００．２５ "], [*PEOPLE, "9000人"])


@kept(PASS, "list_other_units.xlsx")
def _() -> bytes:
    return rows(["指标", "单位", "本期数"], ["主营业务收入", "亿元", 50], ["税收收入（千元）", None, 120002.5])


@kept(PASS, "list_formula_answered.xlsx")
def _() -> bytes:
    def write(_workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, LIST_HEAD)
        sheet.write_row(1, 0, REVENUE)
        sheet.write_formula(1, 3, "=250000*2", None, 500000)

    return book(write)


@kept(PASS, "list_percent_and_decimals.xlsx")
def _() -> bytes:
    return rows(LIST_HEAD, [*REVENUE, 500000.128], [*PEOPLE, "(9)"])


@kept(PASS, "list_hidden_row.xlsx")
def _() -> bytes:
    def write(_workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, LIST_HEAD)
        sheet.write_row(1, 0, [*REVENUE, 500000])
        sheet.set_row(1, None, None, {"hidden": True})

    return book(write)


@kept(PASS, "list_inline_strings_without_places.xlsx")
def _() -> bytes:
    """As scripts of others write: inline strings, no references of cells, the strict dialect's namespace."""
    head = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in ("指标代码", "本期数"))
    line = '<c t="inlineStr"><is><r><t>tax_</t></r><r><t>revenue</t></r></is></c><c><v>12000.25</v></c>'
    return with_sheet(
        '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main">'
        f"<sheetData><row>{head}</row><row>{line}</row></sheetData></worksheet>"
    )


@kept(PASS, "list_with_external_link.xlsx")
def _() -> bytes:
    """A link to a file elsewhere and a DDE call: neither is followed or looked at."""
    parts = parts_of(rows(LIST_HEAD, [*TAX, 12000.25]))
    parts["xl/externalLinks/externalLink1.xml"] = (
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    )
    rels = parts["xl/_rels/workbook.xml.rels"]
    link = b'<Relationship Id="rId99" Type="http://x/externalLink" Target="http://example.invalid/a.xlsx" TargetMode="External"/>'
    parts["xl/_rels/workbook.xml.rels"] = rels.replace(b"</Relationships>", link + b"</Relationships>")
    return packed(parts)


@kept(PASS, "grid_plain.xlsx")
def _() -> bytes:
    return rows(
        ["园区编号", "园区", "主营业务收入（万元）", "从业人员期末人数（人）"],
        ["A1", "A1园区", 500000, "不适用"],
        ["A2", "A2园区", 600000, 12],
    )


@kept(PASS, "grid_two_more_header_rows.xlsx")
def _() -> bytes:
    return rows(
        ["单位名称", "主营业务收入", "税收收入;本年", "税收收入;上年同期", "从业人员期末人数211"],
        [None, "B01", "B02", "B03", "B04"],
        [None, "千元", "万元", "万元", "人"],
        ["A1園區", 5000000, 12000.25, 1, 9000],
        ["合计", 5000000, 12000.25, 1, 9000],
    )


@kept(PASS, "grid_withdrawn_rows.xlsx")
def _() -> bytes:
    return rows(["园区", "税收收入", "数据状态"], ["A1园区", 1, "dis"], ["A1园区", 12000.25, "ok"])


@kept(PASS, "grid_asked_about.xlsx")
def _() -> bytes:
    return rows(
        ["开发区名称", "税收", "主营业务收入", "主营业务收入.1"], ["A1园区", 12000.25, 1, 500000], ["A2区", 7, 8, 9]
    )


# ---- what must be refused, or told with its cell ------------------------------------------------------------------


@kept(FAIL, "empty.xlsx")
def _() -> bytes:
    return b""


@kept(FAIL, "csv_renamed.xlsx")
def _() -> bytes:
    return "指标代码,本期数\ntax_revenue,12000\n".encode()


@kept(FAIL, "csv_gbk_renamed.xlsx")
def _() -> bytes:
    return "指标代码,本期数\n税收收入,12000\n".encode("gbk")


@kept(FAIL, "web_page_renamed.xlsx")
def _() -> bytes:
    return "<html><body><table><tr><td>税收收入</td></tr></table></body></html>".encode()


@kept(FAIL, "pdf_renamed.xlsx")
def _() -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@kept(FAIL, "excel_97.xls")
def _() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "Workbook".encode("utf-16-le") + b"\0" * 496


@kept(FAIL, "encrypted.xlsx")
def _() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 480


@kept(FAIL, "random_bytes.xlsx")
def _() -> bytes:
    return bytes(range(256)) * 4


@kept(FAIL, "truncated.xlsx")
def _() -> bytes:
    raw = figure(1)
    return raw[: len(raw) * 2 // 3]


@kept(FAIL, "damaged_in_the_middle.xlsx")
def _() -> bytes:
    raw = bytearray(figure(1))
    with zipfile.ZipFile(io.BytesIO(bytes(raw))) as archive:
        place = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 80
    raw[place : place + 60] = b"\xff" * 60
    return bytes(raw)


@kept(FAIL, "plain_zip.xlsx")
def _() -> bytes:
    return packed({"报表.txt": b"1"})


@kept(FAIL, "word_renamed.xlsx")
def _() -> bytes:
    types = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return packed({"[Content_Types].xml": types, "word/document.xml": b"<document/>"})


@kept(FAIL, "opendocument.xlsx")
def _() -> bytes:
    return packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"})


@kept(FAIL, "binary_workbook.xlsb")
def _() -> bytes:
    parts = parts_of(figure(1))
    types = b"application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(plain, types)
    return packed(parts)


@kept(FAIL, "macros.xlsm")
def _() -> bytes:
    parts = parts_of(figure(1))
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    )
    return packed({**parts, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


@kept(FAIL, "macros_renamed.xlsx")
def _() -> bytes:
    """The macro's part alone, under the content type of a workbook without."""
    return packed({**parts_of(figure(1)), "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


@kept(FAIL, "excel_4_macros.xlsx")
def _() -> bytes:
    return packed({**parts_of(figure(1)), "xl/macrosheets/sheet1.xml": b"<x/>"})


@kept(FAIL, "zip_password.xlsx")
def _() -> bytes:
    """The flag of encryption set on every part."""
    raw = bytearray(figure(1))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.find(mark)
        while place >= 0:
            raw[place + offset] |= 1
            place = raw.find(mark, place + 4)
    return bytes(raw)


@kept(FAIL, "bomb.xlsx")
def _() -> bytes:
    """A hundred megabytes of blanks in a sheet, a hundred kilobytes on the disk."""
    parts = parts_of(figure(1))
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"] + b" " * (100 * 1024 * 1024)
    return packed(parts)


@kept(FAIL, "bomb_by_ratio.xlsx")
def _() -> bytes:
    """Within the sum of sizes, but shrunk a thousandfold."""
    parts = parts_of(figure(1))
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"] + b" " * (40 * 1024 * 1024)
    return packed(parts)


@kept(FAIL, "bomb_that_lies.xlsx")
def _() -> bytes:
    """The directory says a hundred bytes where fifty megabytes come out."""
    parts = parts_of(figure(1))
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"] + b" " * (50 * 1024 * 1024)
    raw = bytearray(packed(parts))
    true = struct.pack("<I", len(parts["xl/worksheets/sheet1.xml"]))
    place = raw.find(true)
    while place >= 0:
        raw[place : place + 4] = struct.pack("<I", 100)
        place = raw.find(true, place + 4)
    return bytes(raw)


@kept(FAIL, "bomb_of_overlaps.xlsx")
def _() -> bytes:
    """Many names for one and the same compressed bytes."""
    raw = bytearray(figure(1))
    first = struct.unpack("<I", raw[raw.find(b"PK\x01\x02") + 42 :][:4])[0]
    place = raw.find(b"PK\x01\x02")
    while place >= 0:
        raw[place + 42 : place + 46] = struct.pack("<I", first)
        place = raw.find(b"PK\x01\x02", place + 4)
    return bytes(raw)


@kept(FAIL, "bomb_of_parts.xlsx")
def _() -> bytes:
    return packed({**parts_of(figure(1)), **{f"xl/media/{number}": b"" for number in range(1000)}})


LAUGHS = '<!DOCTYPE worksheet [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8)
)


@kept(FAIL, "entities.xlsx")
def _() -> bytes:
    return with_sheet(
        f'<?xml version="1.0"?>{LAUGHS}]><worksheet><sheetData><row><c t="inlineStr"><is><t>&i;</t></is></c></row>'
        "</sheetData></worksheet>"
    )


@kept(FAIL, "entities_utf16.xlsx")
def _() -> bytes:
    parts = parts_of(figure(1))
    text = f'<?xml version="1.0" encoding="UTF-16"?>{LAUGHS}]><worksheet/>'
    parts["xl/worksheets/sheet1.xml"] = text.encode("utf-16")
    return packed(parts)


@kept(FAIL, "entity_of_a_file.xlsx")
def _() -> bytes:
    return with_sheet(
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row>'
        '<c t="inlineStr"><is><t>&f;</t></is></c></row></sheetData></worksheet>'
    )


@kept(FAIL, "not_well_formed.xlsx")
def _() -> bytes:
    return with_sheet("<worksheet><sheetData><row></sheetData>")


@kept(FAIL, "last_corner.xlsx")
def _() -> bytes:
    def write(_workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, LIST_HEAD)
        sheet.write(1048575, 16383, 1)

    return book(write)


@kept(FAIL, "string_out_of_range.xlsx")
def _() -> bytes:
    return with_sheet('<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>-1</v></c></row></sheetData></worksheet>')


@kept(FAIL, "no_table.xlsx")
def _() -> bytes:
    return rows(["会议通知"], ["各园区：", "请于周五前报送"])


@kept(FAIL, "forged_stamp.xlsx")
def _() -> bytes:
    def write(workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, LIST_HEAD)
        sheet.write_row(1, 0, [*REVENUE, 1])
        hidden = workbook.add_worksheet("_yuanqu")
        hidden.write_row(0, 0, ["YUANQU", "eyJyb3VuZCI6MX0:forged"])
        hidden.very_hidden()

    return book(write)


@kept(FAIL, "error_value.xlsx")
def _() -> bytes:
    return with_sheet(
        '<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>指标代码</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>本期数</t></is></c></row><row r="2">'
        '<c r="A2" t="inlineStr"><is><t>tax_revenue</t></is></c><c r="B2" t="e"><v>#REF!</v></c></row></sheetData></worksheet>'
    )


@kept(FAIL, "date_for_a_number.xlsx")
def _() -> bytes:
    def write(workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, LIST_HEAD)
        sheet.write_row(1, 0, REVENUE)
        sheet.write_datetime(1, 3, date(2021, 3, 1), workbook.add_format({"num_format": "yyyy-mm-dd"}))

    return book(write)


@kept(FAIL, "text_for_a_number.xlsx")
def _() -> bytes:
    return figure("约50万")


@kept(FAIL, "wrong_separators.xlsx")
def _() -> bytes:
    return figure("12,34")


@kept(FAIL, "too_long_a_number.xlsx")
def _() -> bytes:
    return figure("123456789012345678901234567890")


@kept(FAIL, "below_the_bound.xlsx")
def _() -> bytes:
    return rows(LIST_HEAD, [*PEOPLE, -5])


@kept(FAIL, "merged_figures.xlsx")
def _() -> bytes:
    def write(_workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, LIST_HEAD)
        sheet.write_row(1, 0, REVENUE)
        sheet.write_row(2, 0, TAX)
        sheet.merge_range("D2:D3", 500000)

    return book(write)


@kept(FAIL, "number_and_absence.xlsx")
def _() -> bytes:
    return rows(LIST_HEAD, [*REVENUE, 5, "暂缺"])


@kept(FAIL, "wrong_absence.xlsx")
def _() -> bytes:
    return rows(LIST_HEAD, [*REVENUE, None, "以后补"])


@kept(FAIL, "comment_too_long.xlsx")
def _() -> bytes:
    return rows(LIST_HEAD, [*REVENUE, 5, None, "长" * 501])


@kept(FAIL, "formula_without_result.xlsx")
def _() -> bytes:
    def write(_workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, LIST_HEAD)
        sheet.write_row(1, 0, REVENUE)
        sheet.write_formula(1, 3, "=[1]Sheet1!A1", None, "#REF!")

    return book(write)


@kept(FAIL, "figure_without_item.xlsx")
def _() -> bytes:
    return rows(LIST_HEAD, [None, None, None, 5])


@kept(FAIL, "formula.xlsx")
def _() -> bytes:
    def write(_workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, LIST_HEAD)
        sheet.write_row(1, 0, REVENUE)
        sheet.write_formula(1, 3, "=SUM(A5:A9)", None, 500000)

    return book(write)


@kept(FAIL, "ten_thousands_in_words.xlsx")
def _() -> bytes:
    return figure("12万")


@kept(FAIL, "dash_for_a_number.xlsx")
def _() -> bytes:
    return figure("—")


@kept(FAIL, "percent_format.xlsx")
def _() -> bytes:
    def write(workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, LIST_HEAD)
        sheet.write_row(1, 0, REVENUE)
        sheet.write_number(1, 3, 0.125, workbook.add_format({"num_format": "0.0%"}))

    return book(write)


@kept(FAIL, "shown_in_ten_thousands.xlsx")
def _() -> bytes:
    def write(workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, LIST_HEAD)
        sheet.write_row(1, 0, REVENUE)
        sheet.write_number(1, 3, 1200000, workbook.add_format({"num_format": "#,##0,"}))

    return book(write)


@kept(FAIL, "same_item_twice.xlsx")
def _() -> bytes:
    return rows(LIST_HEAD, [*REVENUE, 5], [*REVENUE, 6])


@kept(FAIL, "unknown_item.xlsx")
def _() -> bytes:
    return rows(["指标", "本期数"], ["业务收入", 5])


@kept(FAIL, "other_unit.xlsx")
def _() -> bytes:
    return rows(["指标", "单位", "本期数"], ["主营业务收入", "亿元", 50])


def main() -> None:
    for folder, makers in (("should_pass", PASS), ("should_fail", FAIL)):
        for old in (HERE / folder).iterdir():
            old.unlink()
        for name, maker in makers.items():
            (HERE / folder / name).write_bytes(maker())


if __name__ == "__main__":
    main()
