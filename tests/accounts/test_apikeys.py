"""Keys for REST clients: made once, shown once, enforced on every request."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import ApiScope, Role
from accounts.exceptions import ApiKeyError
from accounts.models import ApiKey, User
from accounts.services import apikey_create, apikey_revoke

READ = "/api/v1/provisions/"


@pytest.fixture
def manager(make_user) -> User:
    return make_user()


def make(user: User, **fields) -> tuple[ApiKey, str]:
    key, secret = apikey_create(by=user, **{"name": "取数", "scopes": ["read"], "days": 30, **fields})
    return key, f"{key.prefix}.{secret}"


def get(client, token: str, path: str = READ):
    return client.get(path, HTTP_AUTHORIZATION=f"Api-Key {token}")


def test_the_secret_is_not_kept(manager):
    key, token = make(manager)
    secret = token.partition(".")[2]
    assert len(secret) >= 43
    assert secret not in str(ApiKey.objects.filter(pk=key.pk).values().get())
    assert len(key.digest) == 64


def test_the_history_holds_no_digest(manager):
    make(manager)
    event = apps.get_model("accounts", "ApiKeyEvent").objects.get()
    assert not hasattr(event, "digest")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "  "}, "用途"),
        ({"scopes": []}, "范围"),
        ({"scopes": ["admin"]}, "超出"),
        ({"days": 0}, "365"),
        ({"days": 366}, "365"),
    ],
)
def test_a_wrong_wish_is_refused(manager, fields, words):
    with pytest.raises(ApiKeyError, match=words):
        make(manager, **fields)
    assert not ApiKey.objects.exists()


def test_a_key_never_exceeds_its_holder(make_user):
    reader = make_user(Role.DEPARTMENT_OFFICER, "office")
    with pytest.raises(ApiKeyError, match="超出"):
        make(reader, scopes=[ApiScope.READ, ApiScope.RETURN_WRITE])
    with pytest.raises(ApiKeyError, match="权限"):
        make(make_user(Role.PARK_FILLER))


def test_a_key_opens_the_api(client, manager):
    key, token = make(manager)
    assert get(client, token).status_code == 200
    key.refresh_from_db()
    assert key.last_used_at is not None
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize("header", ["Api-Key", "Api-Key x", "Api-Key abc.def", "Api-Key a.b.c", "Api-Key \u00e9.x"])
def test_a_malformed_key_is_told_its_form(client, db, header):
    response = client.get(READ, HTTP_AUTHORIZATION=header)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Api-Key")
    assert response.json()["type"] == "urn:yuanqu:problem:key_malformed"


def test_a_wrong_secret_and_an_unknown_prefix_look_the_same(client, manager):
    _key, token = make(manager)
    wrong = get(client, token[:-4] + "AAAA").json()
    unknown = get(client, "zzzzzzzzzz." + token.partition(".")[2]).json()
    assert wrong["status"] == 401
    assert {name: wrong[name] for name in ("type", "detail")} == {name: unknown[name] for name in ("type", "detail")}


def test_expired_revoked_and_inactive_are_named(client, manager):
    key, token = make(manager)
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    assert get(client, token).json()["type"].endswith("key_expired")
    apikey_revoke(by=manager, key=key)
    assert get(client, token).json()["type"].endswith("key_revoked")
    _key, token = make(manager)
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert get(client, token).json()["type"].endswith("user_inactive")


def test_use_is_noted_once_a_minute(client, manager):
    key, token = make(manager)
    get(client, token)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        get(client, token)
    assert not [query for query in queries if query["sql"].lstrip().upper().startswith("UPDATE")]
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now() - timedelta(minutes=2))
    with CaptureQueriesContext(connection) as queries:
        get(client, token)
    assert [query for query in queries if "UPDATE" in query["sql"].upper()]


def test_a_reading_key_may_not_write(client, manager):
    _key, token = make(manager)
    response = client.post(READ, {}, content_type="application/json", HTTP_AUTHORIZATION=f"Api-Key {token}")
    assert response.status_code in {403, 405}


def test_only_the_holder_revokes(manager, make_user):
    key, _token = make(manager)
    with pytest.raises(ApiKeyError, match="自己"):
        apikey_revoke(by=make_user(Role.OFFICE_LEAD, "office"), key=key)
    first = apikey_revoke(by=manager, key=key).revoked_at
    assert apikey_revoke(by=User.objects.create_superuser("root"), key=key).revoked_at == first


# ---- the page -------------------------------------------------------------------------------------------------


def test_the_page_shows_the_secret_once(client, manager):
    client.force_login(manager)
    response = client.post("/keys/new/", {"name": "市局平台", "scopes": ["read", "return.write"], "days": 90})
    key = ApiKey.objects.get()
    token = response.context["token"]
    text = response.content.decode()
    assert text.count(token) >= 2
    assert f'data-copy="{token}"' in text
    assert "no-store" in response.headers["Cache-Control"]
    assert get(client, token).status_code == 200
    later = client.get("/keys/").content.decode()
    assert key.prefix in later
    assert token not in later


def test_a_wrong_form_says_where(client, manager):
    client.force_login(manager)
    response = client.post("/keys/new/", {"name": "x", "scopes": ["read"], "days": 999})
    assert response.status_code == 422
    assert "365" in response.context["form"].errors["days"][0]
    assert not ApiKey.objects.exists()


def test_a_part_is_answered_to_htmx(client, manager):
    client.force_login(manager)
    response = client.post("/keys/new/", {"name": "x", "scopes": ["read"], "days": 9}, HTTP_HX_REQUEST="true")
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize(
    ("role", "organisation", "offered"),
    [
        (Role.PARK_MANAGER, "park-410100", ["read", "return.write", "assessment.write", "register.write"]),
        (
            Role.DEPARTMENT_OFFICER,
            "office",
            ["read", "department.write", "incident.write", "register.write", "policy.write"],
        ),
        (
            Role.OFFICE_STAFF,
            "office",
            [
                "read",
                "return.review",
                "round.write",
                "incident.write",
                "assessment.write",
                "register.write",
                "target.write",
                "policy.write",
            ],
        ),
        (Role.ADMINISTRATOR, "office", ["read"]),
    ],
)
def test_scopes_beyond_the_user_are_not_offered(client, make_user, role, organisation, offered):
    client.force_login(make_user(role, organisation))
    assert [value for value, _label in client.get("/keys/").context["form"].fields["scopes"].choices] == offered


def test_revoking_in_the_page(client, manager, make_user):
    key, token = make(manager)
    client.force_login(make_user())
    assert client.post(f"/keys/{key.pk}/revoke/").status_code == 404
    client.force_login(manager)
    assert client.get(f"/keys/{key.pk}/revoke/").status_code == 405
    page = client.post(f"/keys/{key.pk}/revoke/", follow=True).content.decode()
    assert "已吊销" in page
    assert get(client, token).status_code == 401


def test_the_administrator_sees_and_ends_keys_but_makes_none(client, manager):
    key, _token = make(manager)
    client.force_login(User.objects.create_superuser("root"))
    assert client.get("/admin/accounts/apikey/add/").status_code == 403
    client.post("/admin/accounts/apikey/", {"action": "revoke", "_selected_action": [key.pk]})
    key.refresh_from_db()
    assert key.revoked_at is not None
