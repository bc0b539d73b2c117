"""The container of a workbook: is it a real .xlsx, and may it be inflated at all (文件容器检查).

Nothing is inflated before the declared sizes, the number of parts and their overlaps are judged; while a part is read,
what really comes out is counted too, because a header can lie.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from common.workbooks.errors import WorkbookRefused

MOST_PARTS = 400
MOST_INFLATED = 80 * 1024 * 1024
# A table of figures shrinks to a tenth or a thirtieth; a bomb to a thousandth. Small files may shrink as they like.
MOST_RATIO, RATIO_FROM = 200, 4 * 1024 * 1024
# Large pieces: the parser of this Python looks again at an unfinished word with every piece it gets.
_CHUNK = 1024 * 1024
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_MAIN = re.compile(
    rb"spreadsheetml\.(sheet|template)\.main\+xml|ms-excel\.(sheet|template|addin)\.(?:macroEnabled|binary)",
    re.IGNORECASE,
)
_MACROS = re.compile(rb"macroEnabled|vbaProject|ms-excel\.(?:intl)?macrosheet", re.IGNORECASE)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass
class Package:
    """An opened .xlsx whose parts may be read."""

    archive: zipfile.ZipFile
    left: int = MOST_INFLATED
    """How many bytes may still come out of it."""

    def has(self, name: str) -> bool:
        return name in self.archive.NameToInfo

    def chunks(self, name: str) -> Iterator[bytes]:
        """The part piece by piece. Raises WorkbookRefused when it is missing, damaged, or larger than it may be."""
        try:
            with self.archive.open(name) as part:
                while chunk := part.read(_CHUNK):
                    self.left -= len(chunk)
                    if self.left < 0:
                        raise bomb()
                    yield chunk
        except KeyError:
            raise broken() from None
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            raise broken() from error


def open_package(file: IO[bytes]) -> Package:
    """Judge the container without inflating anything but the list of content types.

    Raises WorkbookRefused: empty, too large, not a workbook of this kind (each other kind by its name), with macros,
    encrypted, broken, or inflating to more than a table of figures can need.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    head = file.read(4096)
    if size == 0:
        raise WorkbookRefused("empty", _("文件是空的（0 字节），可能没有保存或传输完整。请重新保存后再上传。"))
    if size > settings.UPLOAD_MAX_BYTES:
        raise too_large(size)
    if not head.startswith(b"PK"):
        raise _other_kind(head, file)
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
        raise broken() from error
    _judge(archive, size)
    package = Package(archive)
    _judge_kind(package)
    return package


def too_large(size: int) -> WorkbookRefused:
    """The refusal of a file beyond the limit."""
    most = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
    message = _("文件有 %(size)s MB，超过上限 %(most)d MB。请只保留数据，去掉图片、空白工作表和大片空白格式后再上传。")
    return WorkbookRefused("too_large", message % {"size": f"{size / 1024 / 1024:,.1f}", "most": most})


def broken() -> WorkbookRefused:
    return WorkbookRefused(
        "broken",
        _("文件已损坏或不完整，无法读取。请用 Excel 或 WPS 打开后另存为“Excel 工作簿（.xlsx）”，再上传新文件。"),
    )


def bomb() -> WorkbookRefused:
    message = _(
        "文件解压后过大（超过 %(most)d MB），不像一份报表，没有读取。请把数据复制到新建的工作簿，只保留需要的行列后再上传。"
    )
    return WorkbookRefused("bomb", message % {"most": MOST_INFLATED // (1024 * 1024)})


def _odd() -> WorkbookRefused:
    message = _(
        "文件内部结构异常（压缩倍数过高、部件过多或互相重叠），像压缩炸弹，没有读取。请新建工作簿，把数据复制进去再上传。"
    )
    return WorkbookRefused("bomb", message)


def _judge(archive: zipfile.ZipFile, size: int) -> None:
    """By the list of parts alone: how many, how large, whether they share bytes, how they are packed."""
    parts = archive.infolist()
    inflated = sum(part.file_size for part in parts)
    if inflated > MOST_INFLATED:
        raise bomb()
    if len(parts) > MOST_PARTS or (inflated > RATIO_FROM and inflated > MOST_RATIO * size):
        raise _odd()
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:  # parts that overlap inflate the same bytes again and again
            raise _odd()
        end = part.header_offset + part.compress_size
    if len({part.filename for part in parts}) < len(parts):
        raise broken()
    if any(part.flag_bits & 0x1 for part in parts):
        raise _encrypted()
    if any(part.compress_type not in _METHODS for part in parts):
        raise broken()


def _judge_kind(package: Package) -> None:
    if not package.has("[Content_Types].xml"):
        raise _other_archive(package)
    types = b"".join(package.chunks("[Content_Types].xml"))
    names = package.archive.namelist()
    main = _MAIN.search(types)
    if main is None:
        raise WorkbookRefused(
            "not_workbook", _("这不是 Excel 工作簿（可能是 Word、PPT 等文件改了扩展名）。请上传 .xlsx 格式的表格。")
        )
    if b"binary" in main.group(0):
        raise WorkbookRefused(
            "xlsb", _("这是二进制格式（.xlsb）。请在 Excel 中另存为“Excel 工作簿（.xlsx）”后再上传。")
        )
    if _MACROS.search(types) or any("vbaproject" in name.lower() or "macrosheets/" in name.lower() for name in names):
        raise WorkbookRefused(
            "macros",
            _("文件带有宏，为安全起见不采用。请在 Excel 或 WPS 中另存为不带宏的“Excel 工作簿（.xlsx）”后再上传。"),
        )


def _encrypted() -> WorkbookRefused:
    return WorkbookRefused(
        "encrypted",
        _(
            "文件设有打开密码，无法读取。请打开后取消密码（文件—信息—保护工作簿—用密码进行加密，清空密码），保存后再上传。"
        ),
    )


def _other_archive(package: Package) -> WorkbookRefused:
    if package.has("content.xml"):
        return WorkbookRefused("ods", _("这是 OpenDocument 表格（.ods）。请另存为“Excel 工作簿（.xlsx）”后再上传。"))
    return WorkbookRefused("not_workbook", _("这是压缩包，不是 Excel 工作簿。请解压后上传其中的 .xlsx 表格。"))


def _other_kind(head: bytes, file: IO[bytes]) -> WorkbookRefused:
    """A file that is no zip: say which kind it is."""
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        file.seek(0)
        if _ENCRYPTED in file.read():
            return _encrypted()
        return WorkbookRefused(
            "xls", _("这是旧版 Excel 97-2003 格式（.xls 或 .et）。请打开后另存为“Excel 工作簿（.xlsx）”再上传。")
        )
    if head.startswith(b"%PDF"):
        return WorkbookRefused("pdf", _("这是 PDF 文件，不是表格。请上传 .xlsx 格式的表格。"))
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"mime-version")):
        return WorkbookRefused(
            "html", _("这是网页或 XML 格式的表格（只是扩展名像 Excel）。请打开后另存为“Excel 工作簿（.xlsx）”再上传。")
        )
    if _is_text(head):
        return WorkbookRefused(
            "csv", _("这是文本文件（如 CSV），不是 Excel 工作簿。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。")
        )
    return broken()


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\0" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the piece may end inside a character
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return all(character.isprintable() or character in "\t\r\n\f" for character in text)
    return False
