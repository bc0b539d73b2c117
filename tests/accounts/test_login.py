"""Logging in: no sign-up, lock-out after five failures, a second factor when wanted."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD

LOGIN = "/accounts/login/"


@pytest.fixture
def user(make_user) -> User:
    return make_user()


def log_in(client: Client, username: str, password: str, **extra: Any):
    return client.post(LOGIN, {"login": username, "password": password}, **extra)


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_username_and_password(client, user):
    response = log_in(client, user.username, PASSWORD)
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_nobody_signs_up(client, db):
    client.post("/accounts/signup/", {"username": "new", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.filter(username="new").exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "登录失败次数过多，此用户名已在本机地址暂时锁定。请 15 分钟后再试"), ("en", "15 minutes")],
)
def test_the_sixth_attempt_is_refused_even_with_the_right_password(client, user, language, words):
    for _attempt in range(5):
        response = log_in(client, user.username, "wrong", HTTP_ACCEPT_LANGUAGE=language)
        assert words not in response.content.decode()
    response = log_in(client, user.username, PASSWORD, HTTP_ACCEPT_LANGUAGE=language)
    assert words in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_lock_holds_for_one_name_from_one_address(client, user, make_user):
    for _attempt in range(6):
        log_in(client, user.username, "wrong")
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert log_in(elsewhere, user.username, PASSWORD).status_code == 302
    other = make_user()
    assert log_in(Client(), other.username, PASSWORD).status_code == 302


def test_many_names_from_one_address_meet_a_limit_too(client, user):
    for number in range(30):
        log_in(client, f"nobody{number}", "wrong")
    assert "暂时锁定" in log_in(client, user.username, PASSWORD).content.decode()


def test_a_locked_name_tells_no_more_than_an_unknown_one(client, user):
    texts = []
    for username in (user.username, "nobody"):
        for _attempt in range(6):
            response = log_in(client, username, "wrong")
        texts.append("暂时锁定" in response.content.decode())
    assert texts == [True, True]


def test_totp_is_activated_and_asked_for(client, user):
    log_in(client, user.username, PASSWORD)
    again = client.get("/accounts/2fa/totp/activate/")
    assert again.url.startswith("/accounts/reauthenticate/"), "a session left open must not change the second factor"
    page = client.post(again.url, {"password": PASSWORD}, follow=True)
    assert page.status_code == 200
    secret = page.context["form"].secret
    assert secret in page.content.decode(), "the secret can be typed in where no camera is at hand"
    response = client.post("/accounts/2fa/totp/activate/", {"code": code_now(secret)})
    assert response.status_code == 302
    codes = client.get("/accounts/2fa/recovery-codes/")
    assert re.search(r"[0-9a-f]{8,}|\d{8}", codes.content.decode())

    client.logout()
    response = log_in(client, user.username, PASSWORD)
    assert response.url.startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in client.session
    assert client.get(response.url).status_code == 200
    refused = client.post(response.url, {"code": "000000"})
    assert refused.status_code == 200
    assert "_auth_user_id" not in client.session
    _forget_used_code(user)
    client.post(response.url, {"code": code_now(secret)})
    assert client.session["_auth_user_id"] == str(user.pk)


def _forget_used_code(user: User) -> None:
    """The same half minute's code counts once; the test will not wait for the next."""
    from django.core.cache import cache

    cache.clear()
    assert Authenticator.objects.filter(user=user).count() == 2, "TOTP and recovery codes"


def test_the_administration_uses_the_same_log_in(client, user):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith(LOGIN)
    log_in(client, user.username, PASSWORD)
    assert client.get("/admin/", follow=True).status_code == 403


def test_staff_without_superuser_stay_outside_the_administration(client, make_user):
    client.force_login(make_user(is_staff=True))
    assert client.get("/admin/").status_code != 200


def test_the_administration_opens_for_a_superuser(client, make_user):
    client.force_login(User.objects.create_superuser("root", password=PASSWORD))
    member = make_user()
    for path in ("", "accounts/user/", f"accounts/user/{member.pk}/change/", "accounts/user/add/",
                 "accounts/organisation/", "accounts/apikey/"):  # fmt: skip
        assert client.get(f"/admin/{path}").status_code == 200, path
