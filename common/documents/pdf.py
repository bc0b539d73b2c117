"""A document as PDF (WeasyPrint): laid out from its HTML, fonts embedded.

WeasyPrint needs Pango of the system; where it is missing the portal works and says so at the link.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from common.documents.model import Document


class PdfUnavailable(Exception):
    """No PDF can be written here; the message says what to install."""

    def __init__(self) -> None:
        packages = "libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0、fonts-noto-cjk"
        message = _("这台服务器缺少生成 PDF 所需的系统库，请管理员安装 %(packages)s 后重试；DOCX 可以照常下载。")
        super().__init__(message % {"packages": packages})


@cache
def pdf_is_available() -> bool:
    """Whether the libraries that WeasyPrint loads are there."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


def as_pdf(document: Document) -> bytes:
    """The document as a PDF. Raises PdfUnavailable."""
    if not pdf_is_available():
        raise PdfUnavailable
    import weasyprint

    style = (settings.BASE_DIR / "static" / "css" / "document.css").read_text()
    page = render_to_string("_documents/document.html", {"document": document})
    written: bytes = weasyprint.HTML(string=page).write_pdf(stylesheets=[weasyprint.CSS(string=style)])
    return written
