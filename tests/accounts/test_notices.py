"""Notices: told once, read by their reader alone, sent as letters by a real worker to a real mail server."""

import smtplib
import socket
import time
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from threading import Barrier, Thread

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.core import mail
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import NoticeKind, Permission, Role
from accounts.models import MAIL_FOR, Notice, User
from accounts.selectors import holders, holders_by_path
from accounts.services import Letter, notice_read, notices_post, notices_send
from accounts.tasks import notices_mail

LETTER = Letter(
    kind=NoticeKind.REMINDER,
    key="due-1",
    title="还有3天截止",
    title_en="Due in 3 days",
    text="请尽快报送。",
    text_en="Please file it.",
    url="/returns/1/",
)


class Postbox(Message):
    """A mail server's memory; addresses beginning with "refused" and "later" are turned away."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[tuple[str, str, str, str]] = []

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("refused"):
            return "550 no such user"
        if address.startswith("later"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def prepare_message(self, session, envelope):
        self.to = ",".join(envelope.rcpt_tos)
        return message_from_bytes(envelope.content)

    def handle_message(self, message):
        subject = str(make_header(decode_header(message["Subject"])))
        body = message.get_payload(decode=True).decode()
        self.letters.append((self.to, subject, body, message["Message-ID"]))


@pytest.fixture
def postbox(settings, monkeypatch):
    """A mail server; this process and any worker started after this fixture send to it."""
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{port}")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.MAIL_KIND = "server"
    yield box
    controller.stop()


def people(make_user, *addresses: str) -> list[User]:
    return [make_user(email=address) for address in addresses]


# ---- telling --------------------------------------------------------------------------------------------------


def test_an_occasion_tells_nobody_twice(make_user):
    one, other = people(make_user, "a@example.com", "")
    assert notices_send(to=[one, other, one], letter=LETTER, mail=True) == 2
    assert notices_send(to=[one, other], letter=LETTER, mail=True) == 0
    assert Notice.objects.count() == 2
    assert [row.mail_wanted for row in Notice.objects.order_by("recipient")] == [True, False]


def test_without_a_mail_server_no_letter_is_wanted(make_user, settings):
    settings.MAIL_KIND = "none"
    notices_send(to=people(make_user, "a@example.com"), letter=LETTER, mail=True)
    assert not Notice.objects.get().mail_wanted


def test_many_notices_cost_no_more_queries(make_user, django_assert_num_queries):
    users = people(make_user, *["x@example.com"] * 6)
    with django_assert_num_queries(2):
        notices_post(letters=[(user, LETTER) for user in users], mail=False)


def test_who_holds_a_right_where(make_user, tree):
    manager, filler = make_user(), make_user(Role.PARK_FILLER)
    reviewer = make_user(Role.CITY_REVIEWER, "city-410100")
    gone = make_user(is_active=False)
    park, city = tree["park-410100"].path, tree["city-410100"].path
    asked = [Permission.RETURN_FILL, Permission.RETURN_SUBMIT]
    found = holders_by_path(asked, [park, tree["park-410200"].path, city])
    assert found == {park: [manager, filler], tree["park-410200"].path: [], city: []}
    assert gone not in found[park]
    assert holders_by_path([Permission.RETURN_REVIEW_CITY], [park, city]) == {park: [reviewer], city: [reviewer]}
    assert list(holders(Permission.RETURN_FILL, park)) == [manager, filler]


# ---- the page -------------------------------------------------------------------------------------------------


def test_the_page_shows_ones_own_and_the_bell_counts_the_unread(client, make_user):
    one, other = people(make_user, "a@example.com", "b@example.com")
    notices_send(to=[one], letter=LETTER)
    client.force_login(one)
    page = client.get(reverse("notice_list")).content.decode()
    assert "还有3天截止" in page
    assert '<span class="bell-count num" aria-hidden="true">1</span>' in page
    client.force_login(other)
    page = client.get(reverse("notice_list")).content.decode()
    assert "还有3天截止" not in page
    assert "bell-count" not in page


def test_opening_one_leads_there_and_counts_as_read(client, make_user):
    one, other = people(make_user, "", "")
    notices_send(to=[one], letter=LETTER)
    notice = Notice.objects.get()
    client.force_login(other)
    assert client.get(reverse("notice_open", args=[notice.pk])).status_code == 404
    client.force_login(one)
    answer = client.get(reverse("notice_open", args=[notice.pk]))
    assert (answer.status_code, answer.url) == (302, "/returns/1/")
    notice.refresh_from_db()
    first = notice.read_at
    assert first is not None
    notice_read(by=one, notice=notice)
    notice.refresh_from_db()
    assert notice.read_at == first


def test_all_at_once_are_marked_read(client, make_user):
    (one,) = people(make_user, "")
    for number in range(3):
        notices_send(to=[one], letter=Letter(NoticeKind.ROUND, f"k{number}", "开放", "Open"))
    client.force_login(one)
    assert client.get(reverse("notice_list"), {"unread": "1"}).context["page_obj"].paginator.count == 3
    assert client.post(reverse("notices_read")).status_code == 302
    assert client.get(reverse("notice_list"), {"unread": "1"}).context["page_obj"].paginator.count == 0
    assert client.get(reverse("notice_list"), {"kind": "round"}).context["page_obj"].paginator.count == 3


@pytest.mark.parametrize(
    ("kind", "email", "words"),
    [
        ("none", "a@example.com", "没有配置邮件服务器"),
        ("file", "a@example.com", "没有发出"),
        ("server", "", "没有登记邮箱"),
    ],
)
def test_the_page_says_when_no_letters_come(client, make_user, settings, kind, email, words):
    settings.MAIL_KIND = kind
    (one,) = people(make_user, email)
    client.force_login(one)
    assert words in client.get(reverse("notice_list")).content.decode()


def test_english_readers_read_english(client, make_user):
    (one,) = people(make_user, "")
    notices_send(to=[one], letter=LETTER)
    client.force_login(one)
    page = client.get(reverse("notice_list"), headers={"accept-language": "en"}).content.decode()
    assert "Due in 3 days" in page
    assert "Please file it." in page


def test_the_api_hands_out_ones_own(client, make_user):
    one, other = people(make_user, "", "")
    notices_send(to=[one, other], letter=LETTER)
    client.force_login(one)
    rows = client.get("/api/v1/notices/?unread=true").json()["results"]
    assert [(row["title"], row["url"]) for row in rows] == [("还有3天截止", "/returns/1/")]
    foreign = Notice.objects.get(recipient=other)
    assert client.get(f"/api/v1/notices/{foreign.pk}/").status_code == 404


# ---- letters --------------------------------------------------------------------------------------------------


def wait_for(condition, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_worker_sends_the_letter_to_a_mail_server(postbox, transactional_db, make_user, request):
    worker = request.getfixturevalue("worker")  # after the mail server, whose address it must know
    assert worker.process.poll() is None
    one, _silent = people(make_user, "yuanqu@example.com", "")
    with transaction.atomic():
        notices_send(to=[one, _silent], letter=LETTER, mail=True)
    wait_for(lambda: postbox.letters)
    ((to, subject, body, number),) = postbox.letters
    assert (to, subject) == ("yuanqu@example.com", "还有3天截止")
    assert "http://127.0.0.1:8000/returns/1/" in body
    assert "请尽快报送。" in body
    assert "Please file it." in body
    wait_for(lambda: Notice.objects.get(recipient=one).mailed_at)
    assert number == f"<notice-{Notice.objects.get(recipient=one).pk}@127.0.0.1>"
    notices_mail()
    assert len(postbox.letters) == 1


@pytest.mark.django_db(transaction=True)
def test_several_senders_at_once_send_each_letter_once(postbox, make_user):
    users = people(make_user, *[f"p{number}@example.com" for number in range(12)])
    notices_send(to=users, letter=LETTER, mail=True)
    gate, counts = Barrier(3), []

    def send() -> None:
        gate.wait()
        counts.append(notices_mail())
        connections.close_all()

    threads = [Thread(target=send) for _sender in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(counts) == 12
    assert sorted(to for to, *_rest in postbox.letters) == sorted(user.email for user in users)


def test_a_refused_address_is_noted_and_asked_no_more(postbox, make_user):
    users = people(make_user, "refused@example.com", "later@example.com", "good@example.com")
    notices_send(to=users, letter=LETTER, mail=True)
    assert notices_mail() == 1
    refused, later, good = Notice.objects.order_by("recipient")
    assert "550" in refused.mail_error
    assert not refused.mail_wanted
    assert "451" in later.mail_error
    assert later.mail_wanted
    assert good.mailed_at is not None
    assert notices_mail() == 0
    assert len(postbox.letters) == 1


def test_an_unreachable_server_is_noted_and_tried_again(postbox, make_user, settings):
    notices_send(to=people(make_user, "a@example.com"), letter=LETTER, mail=True)
    right, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert notices_mail() == 0
    notice = Notice.objects.get()
    assert "refused" in notice.mail_error
    settings.EMAIL_PORT = right
    assert notices_mail() == 1
    notice.refresh_from_db()
    assert (notice.mail_error, bool(notice.mailed_at)) == ("", True)


def test_a_letter_that_upsets_the_server_holds_up_no_other(make_user, settings, monkeypatch):
    users = people(make_user, "bad@example.com", "good@example.com")
    notices_send(to=users, letter=LETTER, mail=True)
    real = mail.EmailMessage.send

    def send(self, *args):
        if self.to == ["bad@example.com"]:
            raise smtplib.SMTPServerDisconnected
        return real(self, *args)

    monkeypatch.setattr(mail.EmailMessage, "send", send)
    assert notices_mail() == 0
    assert notices_mail() == 1


def test_old_letters_and_gone_people_are_left_alone(make_user):
    old, gone = people(make_user, "old@example.com", "gone@example.com")
    notices_send(to=[old, gone], letter=LETTER, mail=True)
    Notice.objects.filter(recipient=old).update(created_at=timezone.now() - MAIL_FOR - timedelta(minutes=1))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert notices_mail() == 0
    assert not mail.outbox
