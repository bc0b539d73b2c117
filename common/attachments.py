"""Files that prove a figure (佐证材料): what may be handed in, told by content and not by name, and a name fit to be shown."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.utils.translation import gettext as _

LARGEST = 20 * 1024 * 1024
"""Bytes of one file (20 MB)."""
_NAME_LENGTH = 120
_MOST_PARTS = 5000
_UNSAFE = re.compile(r'[<>:"/\\|?*]')


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is taken: its extension and the type it is handed out with."""

    extension: str
    content_type: str


PDF = FileKind("pdf", "application/pdf")
PNG = FileKind("png", "image/png")
JPEG = FileKind("jpg", "image/jpeg")
DOCX = FileKind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
XLSX = FileKind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
OFD = FileKind("ofd", "application/ofd")
KINDS = (PDF, OFD, DOCX, XLSX, PNG, JPEG)
ACCEPT = ".pdf,.ofd,.docx,.xlsx,.png,.jpg,.jpeg"

_ZIPPED = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "OFD.xml": OFD}
_OTHER_NAMES = {"jpeg": "jpg"}


class FileRefused(ValueError):
    """A file that is not taken; the message says why and how to mend it."""


@dataclass(frozen=True)
class Attachment:
    """A file that may be kept: its cleaned name, kind, size in bytes and SHA-256."""

    name: str
    kind: FileKind
    size: int
    digest: str

    @property
    def facts(self) -> dict[str, Any]:
        """What a row that keeps the file says of it."""
        return {
            "name": self.name,
            "size": self.size,
            "digest": self.digest,
            "content_type": self.kind.content_type,
        }


def examine(file: IO[bytes], name: str, size: int) -> Attachment:
    """Look into an uploaded file. Raises FileRefused: too large, empty, of another kind than allowed or than its name says."""
    shown = clean_name(name)
    if size > LARGEST:
        message = _("“%(name)s”有 %(size)s MB，超过 %(most)d MB。请压缩扫描分辨率或拆成几个文件后再上传。")
        facts = {"name": shown, "size": f"{size / 1024 / 1024:.1f}", "most": LARGEST // 1024 // 1024}
        raise FileRefused(message % facts)
    if not size:
        raise FileRefused(_("“%(name)s”是空文件。请核对后重新选择。") % {"name": shown})
    kind = _kind(file, shown)
    extension = PurePath(shown).suffix.lower().lstrip(".")
    if _OTHER_NAMES.get(extension, extension) != kind.extension:
        message = _("“%(name)s”的扩展名与内容不符：内容是 %(kind)s。请改成正确的扩展名后再上传。")
        raise FileRefused(message % {"name": shown, "kind": kind.extension.upper()})
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return Attachment(shown, kind, size, digest)


def clean_name(name: str) -> str:
    """A file's name without path, control or direction marks and characters that file systems refuse; never empty."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(letter for letter in base if unicodedata.category(letter)[0] != "C")
    path = PurePath(_UNSAFE.sub("_", visible).strip(" .") or "file")
    return path.stem[: _NAME_LENGTH - len(path.suffix)] + path.suffix


def file_response(file: FieldFile, name: str, content_type: str) -> FileResponse:
    """The file to be saved under its name, never to be shown in the portal's own pages or kept by a proxy."""
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def _kind(file: IO[bytes], name: str) -> FileKind:
    file.seek(0)
    head = file.read(1024)
    if b"%PDF-" in head:
        return PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"PK\x03\x04"):
        return _zipped_kind(file, name)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        message = _(
            "“%(name)s”是旧版 Office 或 WPS 格式，或设了打开密码。请另存为不加密的 docx、xlsx 或 PDF 后再上传。"
        )
        raise FileRefused(message % {"name": name})
    raise _not_taken(name)


def _zipped_kind(file: IO[Any], name: str) -> FileKind:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        message = _("“%(name)s”已损坏，打不开。请在本机打开核对，重新保存后再上传。")
        raise FileRefused(message % {"name": name}) from error
    if len(parts) <= _MOST_PARTS and any(part.lower().endswith("vbaproject.bin") for part in parts):
        message = _("“%(name)s”含有宏，不能作为佐证。请另存为不含宏的 docx、xlsx 或 PDF 后再上传。")
        raise FileRefused(message % {"name": name})
    kind = next((kind for part, kind in _ZIPPED.items() if part in parts), None)
    if kind is None or len(parts) > _MOST_PARTS:
        raise _not_taken(name)
    return kind


def _not_taken(name: str) -> FileRefused:
    message = _("“%(name)s”不是可以上传的类型。可上传 %(kinds)s；压缩包请解开后逐个上传，其他文件请转为 PDF。")
    return FileRefused(message % {"name": name, "kinds": "、".join(kind.extension.upper() for kind in KINDS)})
