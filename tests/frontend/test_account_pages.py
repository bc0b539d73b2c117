"""Log-in, password and two-step verification in the portal's look, in both languages."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from accounts.models import User


@pytest.fixture
def person(db):
    return User.objects.create_user("tester", password="a long pass phrase")


@pytest.fixture
def logged_in(client, person):
    client.post("/accounts/login/", {"login": "tester", "password": "a long pass phrase"})
    client.post("/accounts/reauthenticate/", {"password": "a long pass phrase"})
    return client


def test_log_in_page_has_labels_and_no_sign_up(client, db):
    html = client.get("/accounts/login/").content.decode()
    assert html.count("<h1") == 1
    assert 'for="id_login"' in html
    assert 'for="id_password"' in html
    assert "signup" not in html
    assert "/password/reset/" not in html


def test_access_is_confirmed_before_the_second_step_changes(client, person):
    client.post("/accounts/login/", {"login": "tester", "password": "a long pass phrase"})
    html = client.get("/accounts/2fa/totp/activate/", follow=True).content.decode()
    assert html.count("<h1") == 1
    assert 'for="id_password"' in html
    assert "/password/reset/" not in html


def test_wrong_password_is_told_on_the_page(client, person):
    answer = client.post("/accounts/login/", {"login": "tester", "password": "wrong"})
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("url", ["/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/"])
def test_account_pages_have_one_heading_and_the_frame(logged_in, url, language):
    answer = logged_in.get(url, headers={"accept-language": language})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.count("<h1") == 1
    assert 'id="sidenav"' in html
    assert ("退出登录" in html) == (language == "zh-hans")


def test_two_step_verification_from_activation_to_log_in(logged_in, person):
    page = logged_in.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert 'class="qr"' in page.content.decode()
    answer = logged_in.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    codes = answer.content.decode()
    assert codes.count("<h1") == 1
    logged_in.post("/accounts/logout/")
    logged_in.post("/accounts/login/", {"login": "tester", "password": "a long pass phrase"})
    second = logged_in.get("/accounts/2fa/authenticate/").content.decode()
    assert 'for="id_code"' in second
    assert second.count("<h1") == 1


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_many_failures_lock_the_name_and_say_so(client, person):
    for _ in range(5):
        client.post("/accounts/login/", {"login": "tester", "password": "wrong"})
    html = client.post("/accounts/login/", {"login": "tester", "password": "a long pass phrase"}).content.decode()
    assert "15 分钟" in html
