"""The XML inside a workbook, read as a stream: no tree, no document types, so neither entities nor files of others (解析)."""

from __future__ import annotations

from typing import Protocol
from xml.parsers import expat

from django.utils.translation import gettext as _

from common.workbooks.errors import WorkbookRefused
from common.workbooks.package import Package, broken

MOST_ELEMENTS = 1_500_000
_SEPARATOR = "\n"


class Handler(Protocol):
    """What is told of a part. Names come without their namespace: the strict and the usual dialect read alike."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


def parse(package: Package, part: str, handler: Handler) -> None:
    """Read a part into the handler. Raises WorkbookRefused when it is no well-formed XML, or defines entities."""
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    seen = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal seen
        seen += 1
        if seen > MOST_ELEMENTS:
            raise too_many_cells()
        handler.start(_local(name), {_local(key): value for key, value in attributes.items()})

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: handler.end(_local(name))
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for chunk in package.chunks(part):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError, ArithmeticError) as error:
        raise broken() from error


def too_many_cells() -> WorkbookRefused:
    return WorkbookRefused(
        "too_many_cells",
        _("表格里的单元格太多（多半是大片空白格式）。请把有数据的部分复制到新建的工作簿，再上传新文件。"),
    )


def _local(name: str) -> str:
    return name.rpartition(_SEPARATOR)[2]


def _refuse_doctype(*_declaration: object) -> None:
    message = _("文件内含有文档类型声明，Excel 和 WPS 不会这样保存，没有读取。请打开后另存为新的 .xlsx 文件再上传。")
    raise WorkbookRefused("doctype", message)
