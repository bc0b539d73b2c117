"""Writing down what was decided on the policy's open words (确定政策用语)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from policy.exceptions import RulingRefused
from policy.models import Ruling, Term
from policy.words import Part, parts_faults, parts_words, ruling_faults


@transaction.atomic
def ruling_record(
    *,
    by: User,
    term: Term,
    value: Decimal | None,
    text: str,
    basis: str,
    decided_on: date,
    parts: Sequence[Part] = (),
    base_year: int | None = None,
) -> Ruling:
    """Record a decision on a word (确定用语); it counts from now on, the earlier ones stay readable.

    Of a composite `parts` and `base_year` say how it is made; without a text of its own they are put into words. Raises
    PermissionDenied; RulingRefused with every fault by field, and nothing is saved.
    """
    if not by.may(Permission.POLICY_DECIDE):
        raise PermissionDenied(_("只有联席会议办公室可以登记用语的确定。"))
    faults = ruling_faults(term, value, text, basis)
    if term.composite:
        faults |= parts_faults(term, parts, base_year)
    elif parts or base_year is not None:
        faults["parts"] = str(_("这一用语不是综合指数，没有分项和基年。"))
    if decided_on > timezone.localdate():
        faults["decided_on"] = str(_("确定日期不能晚于今天。"))
    elif decided_on < term.document.issued_on:
        faults["decided_on"] = str(_("确定日期早于文件的成文日期 %(day)s。") % {"day": term.document.issued_on})
    if faults:
        raise RulingRefused(faults)
    if base_year is not None and not text.strip():
        text = parts_words(term, parts, base_year)
    return Ruling.objects.create(
        term=term,
        value=value,
        text=text.strip(),
        parts=stored_parts(parts),
        base_year=base_year,
        basis=basis.strip(),
        decided_on=decided_on,
        by=by,
    )


def stored_parts(parts: Sequence[Part]) -> list[list[str]]:
    """Parts as a decision keeps them."""
    return [[code, f"{weight.normalize():f}"] for code, weight in parts]
