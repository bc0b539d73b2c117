"""A document as DOCX (python-docx), in the typefaces and margins of official documents (GB/T 9704)."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor

from common.documents.model import Block, Document, Facts, Heading, Paragraph, Table

# Typefaces by name: Word and WPS have them; elsewhere they put their own serif and sans in their place.
_TITLE, _BODY, _HEAD, _LATIN = "方正小标宋简体", "仿宋", "黑体", "Times New Roman"
_ALIGN = {
    "body": WD_ALIGN_PARAGRAPH.JUSTIFY,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "left": WD_ALIGN_PARAGRAPH.LEFT,
}


def as_docx(document: Document) -> bytes:
    """The document as a DOCX file."""
    return _Writer(document).written()


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.file: Any = docx.Document()
        self.size = 16 if document.official else 10.5
        self.table_size = 12 if document.official else 9

    def written(self) -> bytes:
        self._page()
        self._line(self.document.title, _TITLE, 22 if self.document.official else 18, align="center", after=8)
        if self.document.number:
            self._line(self.document.number, _BODY, self.size, align="center", after=14)
        for block in self.document.blocks:
            self._block(block)
        for line in self.document.signature:
            self._line(line, _BODY, self.size, align="right")
        properties = self.file.core_properties
        properties.title, properties.author, properties.language = self.document.title, "", self.document.language
        stream = io.BytesIO()
        self.file.save(stream)
        return stream.getvalue()

    def _page(self) -> None:
        section = self.file.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        margins = (37, 35, 28, 26) if self.document.official else (20, 18, 18, 18)
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, margins)
        style = self.file.styles["Normal"]
        style.font.name, style.font.size = _LATIN, Pt(self.size)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), _BODY)
        head = section.header.paragraphs[0]
        if self.document.mark:
            run = head.add_run(self.document.mark)
            run.font.size, run.font.bold, run.font.color.rgb = Pt(10.5), True, RGBColor(0x9C, 0x2A, 0x21)
            _typeface(run, _HEAD)
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if self.document.foot:
            run = foot.add_run(f"{self.document.foot}    ")
            run.font.size = Pt(8)
        for text in ("— ", None, " —"):
            run = foot.add_run(text or "")
            run.font.size = Pt(10.5)
            if text is None:
                _field(run, "PAGE")

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._line(block.text, _HEAD if block.level == 1 else "楷体", self.size + (0 if self.document.official else 1.5),
                           indent=self.document.official, before=6, keep=True)  # fmt: skip
            case Paragraph():
                self._line(block.text, _BODY, self.size, align=block.align, indent=block.align == "body")
            case Facts():
                self._table([list(row) for row in block.rows], [28, 72])
            case Table():
                if not block.rows:
                    self._line(block.empty, _BODY, self.size, indent=self.document.official)
                    return
                numbers = [column.number for column in block.columns]
                self._table([list(row) for row in block.rows], block.widths, [c.title for c in block.columns], numbers)

    def _line(
        self, text: str, typeface: str, size: float, *, align: str = "left", indent: bool = False, before: float = 0,
        after: float = 0, keep: bool = False,
    ) -> None:  # fmt: skip
        paragraph = self.file.add_paragraph()
        paragraph.alignment = _ALIGN[align]
        form = paragraph.paragraph_format
        form.space_before, form.space_after, form.keep_with_next = Pt(before), Pt(after), keep
        form.line_spacing = Pt(28) if self.document.official and size <= self.size else 1.3
        if indent:
            form.first_line_indent = Pt(2 * size)
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        _typeface(run, typeface)

    def _table(
        self,
        rows: list[list[str]],
        widths: list[int],
        titles: list[str] | None = None,
        numbers: list[bool] | None = None,
    ) -> None:
        section = self.file.sections[0]
        whole = section.page_width - section.left_margin - section.right_margin
        table = self.file.add_table(rows=0, cols=len(widths))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        for place, texts in enumerate(([titles] if titles else []) + rows):
            line = table.add_row()
            is_head = titles is not None and place == 0
            if is_head:
                _repeat(line)
            for at, text in enumerate(texts):
                cell = line.cells[at]
                cell.width = int(whole * widths[at] / 100)
                label = titles is None and at == 0
                right = bool(numbers and numbers[at]) and not is_head
                self._cell(cell, text, strong=is_head or label, right=right)
        self.file.add_paragraph().paragraph_format.space_after = Cm(0)

    def _cell(self, cell: Any, text: str, *, strong: bool, right: bool) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
        run = paragraph.add_run(text)
        run.font.size = Pt(self.table_size)
        _typeface(run, _HEAD if strong else _BODY)


def _typeface(run: Any, name: str) -> None:
    run.font.name = _LATIN
    run._element.rPr.rFonts.set(qn("w:eastAsia"), name)  # noqa: SLF001 - python-docx has no way to name East Asian fonts


def _repeat(row: Any) -> None:
    """The row is the head of the table on every page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - likewise


def _field(run: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._element.append(part)  # noqa: SLF001 - likewise
