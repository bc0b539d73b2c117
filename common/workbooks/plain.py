"""Tables as text (CSV) read like a sheet of a workbook, and either of the two by the name of the file (表格文件)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from common.text_files import decoded
from common.workbooks.cells import Cell, Sheet, Workbook
from common.workbooks.errors import WorkbookRefused
from common.workbooks.package import too_large
from common.workbooks.reading import MOST_CELLS, open_workbook

CSV_SHEET = "CSV"


def open_table(file: IO[bytes], name: str) -> Workbook:
    """The sheets of an uploaded .xlsx, or of a .csv its only one, named CSV.

    Raises WorkbookRefused with one sentence for the sender, whatever bytes come in.
    """
    if name.lower().endswith(".csv"):
        return Workbook([sheet_of(csv_lines(file.read(settings.UPLOAD_MAX_BYTES + 1)))])
    if not name.lower().endswith(".xlsx"):
        raise WorkbookRefused("kind", _("只能上传 .xlsx 或 .csv 文件。请在 Excel 或 WPS 中另存为 .xlsx 后再上传。"))
    return open_workbook(file)


def sheet_of(lines: Iterable[Iterable[str]]) -> Sheet:
    """Lines of a CSV as a sheet, blank cells left out."""
    cells = {
        (row, column): Cell(row, column, text)
        for row, line in enumerate(lines, start=1)
        for column, text in enumerate(line, start=1)
        if text.strip()
    }
    return Sheet(CSV_SHEET, cells=cells)


def csv_lines(data: bytes) -> list[list[str]]:
    """The lines of a CSV in UTF-8 or GB 18030 with their cells.

    Raises WorkbookRefused: too large, no text, no whole CSV, too many cells.
    """
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise too_large(len(data))
    try:
        text = decoded(data)
    except UnicodeDecodeError as error:
        message = _("文件不是文本，或编码无法识别。请在 Excel 或 WPS 中另存为“CSV UTF-8”或 .xlsx 后再上传。")
        raise WorkbookRefused("not_text", message) from error
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        message = _("文件不是完整的 CSV：引号没有配对。请重新导出后再上传。")
        raise WorkbookRefused("not_csv", message) from error
    if sum(map(len, lines)) > MOST_CELLS:
        message = _("表格里的单元格太多。请只保留有数据的行列后再上传。")
        raise WorkbookRefused("too_many_cells", message)
    return lines
