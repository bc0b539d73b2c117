import json

import pytest
from django.test import Client


def test_process_answers_without_a_database(client: Client):
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.content == b"ok"


@pytest.mark.django_db
def test_not_ready_without_a_worker(client: Client):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert json.loads(response.content) == {
        "ready": False,
        "parts": {"database": "ok", "redis": "ok", "worker": "no sign of life for 20 seconds"},
    }


def test_ready_with_a_worker(client: Client, worker):
    assert client.get("/readyz").json() == {"ready": True, "parts": {"database": "ok", "redis": "ok", "worker": "ok"}}


@pytest.mark.django_db
def test_unreachable_redis_is_named_without_its_address(client: Client, settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock?db=0"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"] == {"database": "ok", "redis": "unreachable", "worker": "unreachable"}
    assert "nowhere" not in response.content.decode()
