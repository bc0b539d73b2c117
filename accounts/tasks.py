"""Sends the letters that notices ask for (通知邮件)."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Notice

log = structlog.get_logger(__name__)


@shared_task
def notices_mail() -> int:
    """Send every letter that is still to be sent; returns how many went out.

    Each row is locked while its letter is handed over, and skipped by whoever else sends at the time: no letter goes out
    twice. A server that cannot be reached ends the round, the next one tries again; an address that is refused for good is
    noted on the row and asked no more.
    """
    sent = 0
    # What failed before comes last, so that one letter that upsets the server holds up no other.
    waiting = list(Notice.objects.to_mail().order_by("mail_error", "pk").values_list("pk", flat=True))
    if not waiting:
        return 0
    with _server() as server:
        for pk in waiting:
            if server is None:
                break
            outcome = _send(pk, server)
            if outcome is None:
                break
            sent += outcome
    return sent


@contextmanager
def _server() -> Iterator[BaseEmailBackend | None]:
    """One connection for all letters; None when the server cannot be reached, which is logged."""
    server: BaseEmailBackend = get_connection()
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail_server_unreachable", error=_words(error))
        Notice.objects.to_mail().update(mail_error=_words(error))
        yield None
        return
    try:
        yield server
    finally:
        server.close()


@transaction.atomic
def _send(pk: int, server: BaseEmailBackend) -> int | None:
    """Hand over one letter: 1 when it went out, 0 when it did not or somebody else has it, None when the server is gone."""
    rows = Notice.objects.to_mail().select_for_update(skip_locked=True, of=("self",)).select_related("recipient")
    notice = rows.filter(pk=pk).first()
    if notice is None:
        return 0
    outcome: int | None = 0
    try:
        letter(notice, server).send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValueError) as error:
        notice.mail_error, notice.mail_wanted = _words(error), not _for_good(error)
    except smtplib.SMTPException as error:
        notice.mail_error = _words(error)
        outcome = None if isinstance(error, smtplib.SMTPServerDisconnected) else 0
    except OSError as error:
        notice.mail_error, outcome = _words(error), None
    else:
        notice.mailed_at, notice.mail_error, outcome = timezone.now(), "", 1
    if not outcome:
        log.warning("mail_not_sent", notice=pk, error=notice.mail_error)
    notice.save(update_fields=["mailed_at", "mail_error", "mail_wanted"])
    return outcome


def _for_good(error: Exception) -> bool:
    """Whether asking again is no use: the server says 5xx, or the address is none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _answer in error.recipients.values())
    return not isinstance(error, smtplib.SMTPDataError) or error.smtp_code >= 500


def letter(notice: Notice, server: BaseEmailBackend) -> EmailMessage:
    """The letter of a notice: Chinese first, English below, the link to its place in the portal."""
    link = settings.PORTAL_URL.rstrip("/") + notice.url if notice.url else settings.PORTAL_URL
    body = render_to_string("accounts/notice_mail.txt", {"notice": notice, "link": link})
    # The same notice always has the same id: should a letter ever come twice, its reader's program can tell.
    headers = {"Message-ID": f"<notice-{notice.pk}@{settings.PORTAL_URL.split('//')[-1].split('/')[0].split(':')[0]}>"}
    subject = " ".join(notice.title.split())
    return EmailMessage(subject, body, to=[notice.recipient.email], headers=headers, connection=server)


def _words(error: Exception) -> str:
    """The server's own words, as much as the row holds."""
    return strip_tags(f"{type(error).__name__}: {error}")[:240]
