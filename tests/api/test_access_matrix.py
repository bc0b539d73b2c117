"""Every address × who asks. The table is tests/access_matrix.csv; an address that is not in it fails.

A cell is `<who> <status>` (several statuses joined by |), `login` for a redirect to the log-in, `-` where the address
knows no such case. Who is who stands in tests/world.py.
"""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import world as worlds

TABLE = Path(__file__).resolve().parents[1] / "access_matrix.csv"
with TABLE.open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream))
COLUMNS = ("anonymous", "wrong_role", "wrong_territory", "right")


@pytest.fixture
def world(db):
    return worlds.build()


def names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def test_every_address_is_in_the_table():
    known = {row["name"] for row in ROWS}
    present = {name for name in names() if not name.startswith("admin:")}
    assert present == known


def ask(client: Client, world: worlds.World, row: dict[str, str]):
    arguments = row["arguments"].format(**world.names).split()
    url = reverse(row["name"], args=arguments) if row["name"] != "api_not_found" else f"/api/v1/{arguments[0]}"
    if row["body"].startswith(("[", "{")):
        return client.generic(
            row["method"], url, row["body"], content_type="application/json", headers={"If-Match": '"1"'}
        )
    if row["method"] == "POST":
        data = dict(pair.split("=", 1) for pair in row["body"].split("&") if pair)
        return client.post(url, data)
    return client.get(url)


@pytest.mark.long
@pytest.mark.parametrize("column", COLUMNS)
def test_access(world, subtests, column):
    """One world serves a whole column; what a request changes is taken back before the next."""
    for row in ROWS:
        if row[column] != "-":
            with subtests.test(f"{row['method']} {row['name']} {row['arguments']}"), transaction.atomic():
                check(world, row, row[column])
                transaction.set_rollback(True)


def check(world: worlds.World, row: dict[str, str], cell: str) -> None:
    who, _space, expected = cell.rpartition(" ")
    client = Client()
    if who:
        client.force_login(world.people[who])
    response = ask(client, world, row)
    if expected == "login":
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/?next=")
        return
    assert str(response.status_code) in expected.split("|"), response.content[:400].decode(errors="replace")
    if response.status_code == 302 and who:
        assert not response.url.startswith("/accounts/login/")
    if "-" in row["name"] and response.status_code >= 400:
        assert response.headers["Content-Type"].startswith("application/problem+json")
        assert json.loads(response.content)["status"] == response.status_code


ADMIN = sorted({name for name in names() if name.startswith("admin:")})


def test_the_administration_is_the_superusers(world):
    outsiders = [Client(), Client()]
    outsiders[1].force_login(world.people["sysadmin"])
    root = Client()
    root.force_login(world.people["root"])
    opened = 0
    for name in ADMIN:
        if not re.search(r"_changelist$|_add$|:index$", name):
            continue
        url = reverse(name)
        assert outsiders[0].get(url).headers["Location"].startswith("/admin/login/"), name
        assert outsiders[1].get(url).status_code in {302, 403}, name
        status = root.get(url).status_code
        assert status in {200, 403}, name
        opened += status == 200
    assert opened > 10
