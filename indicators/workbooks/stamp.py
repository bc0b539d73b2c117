"""The stamp in a workbook we hand out: for which return or city, round, revision; signed, so that an edit shows (版本戳)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from django.core import signing
from django.utils.translation import gettext as _

from common.workbooks.cells import Workbook
from common.workbooks.errors import WorkbookRefused

SHEET = "_yuanqu"
MARK = "YUANQU"
_SALT = "yuanqu.workbook"
_LAYOUT = 1


@dataclass(frozen=True)
class Stamp:
    """What the file was made for: returns with the revision each had, by id."""

    round: int
    revisions: dict[int, int] = field(default_factory=dict)
    layout: int = _LAYOUT

    def sign(self) -> str:
        return signing.Signer(salt=_SALT).sign_object(asdict(self))


def read_stamp(book: Workbook) -> Stamp | None:
    """The stamp of a workbook; None when it has none (a table of somebody's own).

    Raises WorkbookRefused when a stamp was edited, comes from another installation, or there are several different ones.
    """
    texts = {
        sheet.at(1, 2).text for sheet in book.sheets if sheet.name.startswith(SHEET) and sheet.at(1, 1).text == MARK
    }
    if not texts:
        return None
    stamps = [_opened(text) for text in texts]
    if any(stamp != stamps[0] for stamp in stamps):
        message = _("文件里有几份不同表格的版本戳（可能由几个文件拼成）。请只用一份系统下载的表格填写。")
        raise WorkbookRefused("stamps_differ", message)
    return stamps[0]


def _opened(text: str) -> Stamp:
    try:
        data = signing.Signer(salt=_SALT).unsign_object(text)
        revisions = {int(pk): int(revision) for pk, revision in data["revisions"].items()}
        return Stamp(int(data["round"]), revisions, int(data["layout"]))
    except (signing.BadSignature, KeyError, ValueError, TypeError, AttributeError) as error:
        message = _("文件的版本戳被改动过，或不是本系统下载的表格，不能采用。请重新下载表格，把数字填进去再上传。")
        raise WorkbookRefused("stamp_invalid", message) from error
