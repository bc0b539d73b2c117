"""Documents to print, sign and keep (文书): one description, written as HTML, PDF and DOCX."""

from common.documents.model import Block, Column, Document, Facts, Heading, Paragraph, Table
from common.documents.pdf import PdfUnavailable, as_pdf, pdf_is_available
from common.documents.word import as_docx

__all__ = [
    "Block",
    "Column",
    "Document",
    "Facts",
    "Heading",
    "Paragraph",
    "PdfUnavailable",
    "Table",
    "as_docx",
    "as_pdf",
    "pdf_is_available",
]
