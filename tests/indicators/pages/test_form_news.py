"""What others do in a form, asked for every few seconds: their cells, files and questions, and where they are."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators import presence, services
from indicators.models import Return


@pytest.fixture
def filing(world, sound):
    manager = world.manager("A1")
    return world.add_return("A1", values=sound, by=manager), manager


@pytest.fixture
def ask(filing, client):
    """Ask for news of the return as its manager."""
    return_, manager = filing
    client.force_login(manager)

    def _ask(since="", at=""):
        return client.get(reverse("return_news", args=[return_.pk]), {"since": since, "at": at}).json()

    return _ask


def save(by, return_, number, base=1, code="tax_revenue"):
    return services.value_save(
        by=by, return_id=return_.pk, indicator_code=code, number=Decimal(number), base_revision=base
    )


def test_nothing_new_is_one_query_and_no_more_than_a_token(ask, filing):
    token = ask()["token"]
    with CaptureQueriesContext(connection) as queries:
        data = ask(token)
    assert data == {"token": token, "editable": True, "changed": False, "present": []}
    who = ("django_session", "accounts_user", "accounts_membership")  # who asks
    assert len([q for q in queries if not any(f'FROM "{table}"' in q["sql"] for table in who)]) == 1


def test_anothers_cell_comes_with_who_and_when_and_what_the_rules_say(ask, filing, world):
    token = ask()["token"]
    save(world.filler("A1"), filing[0], 13000)
    data = ask(token)
    assert data["token"] != token
    assert data["cells"]["tax_revenue"] | {"at": ""} == {
        "number": "13,000.00", "absence": "", "comment": "", "revision": 2, "text": "13,000.00", "by": "filler-A1", "at": "",
    }  # fmt: skip
    assert data["return_revision"] == 2
    assert "findings_html" in data
    assert "beside" not in data


def test_questions_and_answers_come_without_the_figures(ask, filing, world):
    return_, manager = filing
    Return.objects.filter(pk=return_.pk).update(status="submitted")
    question = services.question_ask(
        by=world.reviewer(), return_id=return_.pk, indicator_code="tax_revenue", text="为何增长"
    )
    Return.objects.filter(pk=return_.pk).update(status="returned")
    token = ask()["token"]
    services.question_answer(by=manager, question_id=question.pk, text="新企业投产")
    data = ask(token)
    assert "cells" not in data
    assert "新企业投产" in data["beside"]["tax_revenue"]


def test_a_token_of_nobody_brings_all(ask):
    for strange in ("", "x", "1.2", "9.9.9"):
        assert {"cells", "beside"} <= ask(strange).keys()


def test_who_is_in_which_cell_is_told_for_seconds(ask, filing, client, world, monkeypatch):
    token = ask(at="employees")["token"]
    other = world.filler("A1")
    client.force_login(other)
    assert ask(token, "tax_revenue")["present"] == [{"name": "manager-A1", "code": "employees"}]
    client.force_login(filing[1])
    assert ask(token)["present"] == [{"name": "filler-A1", "code": "tax_revenue"}]
    later = presence.time.time() + presence.SECONDS
    monkeypatch.setattr(presence.time, "time", lambda: later)
    assert ask(token)["present"] == []
    cache.clear()
    assert ask(token)["present"] == []


def test_who_may_only_read_is_told_that_something_changed_and_is_not_shown(filing, client, world):
    client.force_login(world.reviewer("A"))
    url = reverse("return_news", args=[filing[0].pk])
    data = client.get(url).json()
    assert data == {"token": data["token"], "editable": False, "changed": True}
    client.force_login(filing[1])
    assert client.get(url).json()["present"] == []
