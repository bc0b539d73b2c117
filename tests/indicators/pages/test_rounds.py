"""The list of rounds and the completeness board."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.enums import RoundStatus
from indicators.models import Return


@pytest.fixture
def board(world, sound):
    """Four returns of the open round: two in city A, two in city B, each elsewhere on its way."""
    world.add_return("A1", status="submitted", values=sound)
    world.add_return("A2")
    world.add_return("B1", values={"tax_revenue": 1})
    world.add_return("C1", status="accepted", values={"tax_revenue": 1})
    return world


def test_the_list_counts_by_status_in_ones_territory(board, client):
    client.force_login(board.reviewer("A"))
    page = client.get(reverse("round_list"))
    (row,) = page.context["rows"]
    assert row["counts"].total == 2
    assert {part.status: part.count for part in row["segments"]} == {"not_started": 1, "submitted": 1}


def test_a_manager_is_led_to_their_own_return(board, client):
    client.force_login(board.manager("A2"))
    page = client.get(reverse("round_list"))
    own = Return.objects.get(zone__code="A2")
    assert reverse("return_form", args=[own.pk]) in page.content.decode()


def test_the_board_has_a_row_for_each_city_and_links_to_its_returns(board, client):
    client.force_login(board.staff())
    page = client.get(reverse("round_detail", args=[board.round.pk]))
    cells = {row["row"].city.name: dict(row["cells"]) for row in page.context["rows"]}
    assert cells["A市"]["not_started"] == 1
    assert cells["A市"]["submitted"] == 1
    assert cells["B市"]["accepted"] == 1
    assert page.context["total"] == 4
    assert page.context["late"] == 2  # due years ago, still with the park
    code = board.regions["A"].code
    assert f"?view=zone&amp;city={code}&amp;status=submitted" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "zones"),
    [
        ("", {"A1", "A2", "B1", "C1"}),
        ("status=not_started", {"A2"}),
        ("status=draft", {"B1"}),
        ("status=late", {"A2", "B1"}),
        ("status=accepted", {"C1"}),
        ("zone_class=customs", {"C1"}),
        ("q=A1", {"A1"}),
    ],
)
def test_the_list_of_returns_is_filtered(board, client, query, zones):
    client.force_login(board.staff())
    page = client.get(f"{reverse('round_detail', args=[board.round.pk])}?view=zone&{query}")
    assert {line["return"].zone.code for line in page.context["lines"]} == zones


@pytest.mark.parametrize("sort", ["zone", "-city", "status", "-filled", "due", "nonsense"])
def test_the_list_of_returns_is_sorted(board, client, sort):
    client.force_login(board.staff())
    page = client.get(f"{reverse('round_detail', args=[board.round.pk])}?view=zone&sort={sort}")
    assert len(page.context["lines"]) == 4


def test_a_manager_sees_only_their_own_return(board, client):
    client.force_login(board.manager("A1"))
    page = client.get(reverse("round_detail", args=[board.round.pk]))
    assert [line["return"].zone.code for line in page.context["lines"]] == ["A1"]
    assert "A2园区" not in page.content.decode()


def test_the_office_opens_a_planned_round(world, client):
    planned = world.add_round(2021, RoundStatus.PLANNED)
    client.force_login(world.staff())
    assert "4 个园区" in client.get(reverse("round_list")).content.decode()
    answer = client.post(reverse("round_open", args=[planned.pk]))
    assert answer.status_code == 302
    assert planned.returns.count() == 4


def test_a_round_nobody_is_asked_by_says_so(world, client):
    planned = world.add_round(2021, RoundStatus.PLANNED, classes=["htz"])
    client.force_login(world.staff())
    answer = client.post(reverse("round_open", args=[planned.pk]))
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        "没有符合条件的园区。请核对类别、级别和省辖市。"
    ]


def test_others_do_not_open_rounds(world, client):
    planned = world.add_round(2021, RoundStatus.PLANNED)
    client.force_login(world.manager())
    assert client.post(reverse("round_open", args=[planned.pk])).status_code == 403
    assert not planned.returns.exists()


@pytest.mark.parametrize("view", ["", "?view=zone"])
def test_more_returns_cost_no_more_queries(board, client, sound, view):
    client.force_login(board.staff())
    url = reverse("round_detail", args=[board.round.pk]) + view
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(6):
        board.add_zone(f"N{number}", "cluster")
        board.add_return(f"N{number}", values=sound)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
