"""Workbooks as their senders make them: downloaded, opened in another program, changed, saved and sent back."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from indicators import services
from indicators.models import Return, Value
from indicators.selectors import return_sheet
from indicators.selectors.grids import round_grid
from indicators.services.examination import round_target
from indicators.workbooks.grid import grid_workbook
from indicators.workbooks.writing import return_workbook

# A cluster zone is asked for many items; these are enough to see every path, and stand in two sections.
CODES = ["main_business_revenue", "value_added", "tax_revenue", "employees", "energy_use"]
HELD = {"main_business_revenue": 500000, "value_added": "120000.5", "employees": 9000}


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def small(world):
    """The world with a round that asks for five items, and A1's return with three of them filled in."""
    world.round = world.add_round(year=2021, codes=CODES)
    world.return_ = world.add_return(values=HELD)
    return world


def download(return_):
    return return_workbook(return_sheet(return_)).read()


def download_round(user, round_, city=None):
    target = round_target(user, round_, city)
    return grid_workbook(round_grid(round_, target.returns), "汇总表").read()


def edited(raw, change):
    """The workbook opened in a program that is not ours, changed, and saved by it."""
    book = openpyxl.load_workbook(io.BytesIO(raw))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell_of(sheet, code, header):
    """The cell of an item in the column whose header begins so."""
    head = next(row for row in sheet.iter_rows() if any(cell.value == "指标代码" for cell in row))
    column = next(cell.column for cell in head if str(cell.value).startswith(header))
    codes = next(cell.column for cell in head if cell.value == "指标代码")
    row = next(row for row in range(head[0].row + 1, sheet.max_row + 1) if sheet.cell(row, codes).value == code)
    return sheet.cell(row, column)


def put(values):
    """A change that puts figures (or whatever) beside the codes."""

    def change(book):
        for code, value in values.items():
            cell_of(book.active, code, "本期数").value = value

    return change


def send(by, raw, return_, name="报表.xlsx"):
    return services.upload_create(by=by, file=SimpleUploadedFile(name, raw), return_id=return_.pk)


def changes_of(upload):
    """What the upload would change: code → (number, absence, comment)."""
    found = {}
    for change in upload.report["changes"]:
        after = change["after"]
        number = None if after["number"] is None else Decimal(after["number"])
        found[change["code"]] = (number, after["absence"], after["comment"])
    return found


def figures(return_):
    """What is stored: code → (number, absence, comment)."""
    held = Value.objects.filter(return_ref=return_).select_related("indicator")
    return {value.indicator.code: (value.number, value.absence, value.comment) for value in held}


def fresh(return_):
    return Return.objects.select_related("round", "zone__administration").get(pk=return_.pk)
