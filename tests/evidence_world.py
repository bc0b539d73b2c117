"""Evidence in the small world of `tests/world.py`: a paper beside a figure of every return."""

from django.core.files.base import ContentFile

from accounts.models import User
from common.attachments import PDF
from indicators.models import Evidence, Indicator, Return


def prove(return_: Return, indicator: Indicator, by: User) -> Evidence:
    evidence = Evidence(return_ref=return_, indicator=indicator, name="证明.pdf", size=8, digest="0" * 64,
                        content_type=PDF.content_type, uploaded_by=by)  # fmt: skip
    evidence.file.save(f"{return_.pk}.pdf", ContentFile(b"%PDF-1.7"), save=False)
    evidence.save()
    return evidence
