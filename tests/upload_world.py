"""What uploads add to the whole of tests/world.py: somebody's workbook that waits to be confirmed."""

import io

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from indicators.models import Upload
from indicators.services import upload_answer, upload_create


def workbook(numbers: dict[str, float]) -> bytes:
    """A table of somebody's own, without our stamp: items by code, and their figures."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("报表")
        sheet.write_row(0, 0, ["指标代码", "本期数"])
        for row, pair in enumerate(numbers.items(), start=1):
            sheet.write_row(row, 0, pair)
    return stream.getvalue()


def waiting(by: User, return_id: int, code: str, number: float) -> Upload:
    """An upload that would change one figure, with all questions answered."""
    file = SimpleUploadedFile("报表.xlsx", workbook({code: number}))
    upload = upload_create(by=by, file=file, return_id=return_id)
    return upload_answer(by=by, upload_id=upload.pk, answers={"stamp": "yes"})
