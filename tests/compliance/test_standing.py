"""How the policy stands: one state for each of the 210 provisions, by the same queries however many there are."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from compliance.checking import check_all
from policy.enums import ProvisionStatus
from policy.models import Document
from policy.standing import ProvisionState, provision_states
from tests.compliance.test_rules import office

__all__ = ["office"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pack")]


def states_of(user: User) -> dict[str, ProvisionState]:
    document = Document.objects.get(code="henan-2017-159")
    states = provision_states(document, user)
    return {each.code: states[each.pk] for each in document.provisions.all()}


def test_every_provision_has_a_state_and_what_is_not_carried_out_says_why(office):
    check_all()
    states = states_of(office)
    assert len(states) == 210
    for code, state in states.items():
        assert state.status in ProvisionStatus, code
        if state.status != ProvisionStatus.OPEN:
            assert not state.why, code
    assert states["P024"].status == ProvisionStatus.BREACH
    assert states["P197b"].status == ProvisionStatus.UNDECIDED
    assert states["P181"].status == ProvisionStatus.NO_DATA  # no files yet: not taken for fulfilled
    assert states["P037"].status == ProvisionStatus.UNDECIDED
    assert "郑州大都市区" in states["P037"].words
    assert states["P014"].status == ProvisionStatus.NO_DATA
    assert [term.key for term in states["P032"].terms] == ["max_blocks", "block_of_land"]
    assert [code for code, state in states.items() if state.status == ProvisionStatus.OPEN] == []
    # Whatever carries a provision out says how it stands.
    assert [code for code, state in states.items() if not state.standings] == []


def test_figures_are_shown_to_those_who_may_see_them(office):
    check_all()
    nobody = User.objects.create_user("nobody")
    assert states_of(office)["P014"].standings
    assert not states_of(nobody)["P014"].standings
    assert states_of(nobody)["P014"].status == ProvisionStatus.CARRIED


def test_a_second_document_costs_as_many_queries_as_the_first(office):
    check_all()
    document = Document.objects.get(code="henan-2017-159")
    provisions = list(document.provisions.select_related("instrument"))
    provision_states(document, office, provisions)  # fills the cache of trends
    with CaptureQueriesContext(connection) as many:
        provision_states(document, office, provisions)
    with CaptureQueriesContext(connection) as one:
        provision_states(document, office, provisions[:1])
    assert len(one) == len(many)


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_the_export_is_what_the_filter_leaves(client, office, kind):
    check_all()
    client.force_login(office)
    response = client.get("/policy/export/", {"format": kind, "status": "breach"})
    codes = {code for code, state in states_of(office).items() if state.status == ProvisionStatus.BREACH}
    if kind == "json":
        assert {row["code"] for row in json.loads(response.content)} == codes
    elif kind == "csv":
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
        assert {row[0] for row in rows[1:]} == codes
    else:
        assert response.content[:2] == b"PK"


def test_pages_of_departments_and_cities_tell_what_is_theirs(client, office):
    check_all()
    client.force_login(office)
    page = client.get("/policy/departments/coordination/")
    assert {each.provision.code for each in page.context["own"]} >= {"P014"} or page.context["targets"]
    city = client.get("/policy/cities/411800/")
    assert city.status_code in {200, 404}
    assert client.get("/policy/cities/000000/").status_code == 404
