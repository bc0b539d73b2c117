"""What finalising will change is told beforehand, by the reckoning that then writes it."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Notice
from assessments import services
from assessments.exceptions import ProceedingChanged
from assessments.following import following
from assessments.models import DesignationChange, Measure, ZoneStatus
from assessments.views.following import foreseen
from tests.assessments.conftest import get, text_of
from tests.assessments.test_consequences import reviewed
from tests.assessments.test_proceedings import Case, case
from tests.assessments.test_process_pages import post

__all__ = ["case"]
pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def told(found):
    return {
        "statuses": Counter((row.zone.code, row.kind, row.value, str(row.valid_from)) for row in found.statuses),
        "measures": Counter((row.zone.code, row.step, str(row.due_on), row.reason) for row in found.measures),
        "changes": Counter((row.zone.code, row.designation.code, row.direction) for row in found.changes),
        "notices": sum(len(found.people[decision.zone.administration.path]) for decision in found.decisions),
    }


def written():
    statuses = ZoneStatus.objects.values_list("zone__code", "kind", "value", "valid_from")
    measures = Measure.objects.filter(decision__isnull=False).values_list("zone__code", "step", "due_on", "reason")
    return {
        "statuses": Counter((zone, kind, value, str(day)) for zone, kind, value, day in statuses),
        "measures": Counter((zone, step, str(due), reason) for zone, step, due, reason in measures),
        "changes": Counter(DesignationChange.objects.values_list("zone__code", "designation__code", "direction")),
        "notices": Notice.objects.filter(key__startswith="final-").count(),
    }


def test_what_is_foretold_is_what_is_written(case):
    case.province.manager("A6")
    reviewed(case, A1="promote", A5="watch", A6="demote")
    foretold = told(following(case.now, TODAY()))
    assert not ZoneStatus.objects.exists(), "to look saves nothing"
    case.act(services.proceeding_finalise, case.lead, bulletin_number="5号")
    assert written() == foretold
    assert foretold["measures"].total() == 2
    assert foretold["notices"] == 1


def test_only_what_changes_is_shown_grouped_and_counted(case):
    reviewed(case, A1="promote", A5="watch", A6="demote")
    first = foreseen(following(case.now, TODAY()))
    groups = {(row.kind, row.before, row.after): [zone.code for zone in row.zones] for row in first.rows}
    assert groups["处置措施", "", "限期整改"] == ["A6"]
    assert groups["晋升候选", "", "省级"] == ["A1"]
    assert groups["发展质量分档", "", "发展质量较高"] == ["A1", "A2", "A3"]
    assert groups["申报待遇", "正常受理", "优先考虑"] == ["A1"]
    assert not any(kind == "申报待遇" and after == "正常受理" for kind, _before, after in groups)
    assert [zone.code for zone in first.untold] == ["A1", "A2", "A3", "A4", "A5", "A6"], "nobody is there to be told"
    case.act(services.proceeding_finalise, case.lead, bulletin_number="5号")
    # Decided the same again, nothing of it is news but what the ladder and the plates bring.
    second = foreseen(following(case.now, TODAY()))
    assert {row.kind for row in second.rows} == {"处置措施", "称号变动"}
    assert next(row for row in second.rows if row.kind == "处置措施").before == "警告"
    assert [zone.code for zone in second.kept] == ["A6"], "限期整改 is as high as it comes by itself"


def test_the_number_of_queries_does_not_depend_on_the_zones(case, monkeypatch):
    reviewed(case, A1="promote", A2="watch", A3="watch", A5="watch", A6="demote")
    from assessments import following as module

    everyone = module.current_decisions

    def queries(most: int) -> int:
        monkeypatch.setattr(module, "current_decisions", lambda proceeding: everyone(proceeding)[-most:])
        with CaptureQueriesContext(connection) as found:
            foreseen(following(proceeding, TODAY()))
        return len(found)

    proceeding = case.now
    assert proceeding.run.scheme.text
    assert queries(1) == queries(6)


def test_the_page_shows_it_and_a_change_in_between_is_not_passed_over(case, client):
    reviewed(case, A5="watch")
    page = get(client, case.lead, "proceeding_detail", case.proceeding.pk)
    assert "定稿将带来的变动" in text_of(page)
    assert page.context["following"].zones == 6
    seen = page.context["offers"][0].form.initial["seen"]
    Measure.objects.create(
        zone=case.province.zones["A5"], step="correction", opened_on=TODAY(), reason="另行采取", opened_by=case.staff
    )
    given = {"base_revision": case.now.revision, "bulletin_number": "5号", "seen": seen}
    refused = post(client, case.lead, "proceeding_finalise", case.proceeding.pk, **given)
    assert refused.status_code == 409
    assert "与您看到的不同" in text_of(refused)
    assert [zone.code for zone in refused.context["following"].kept] == ["A5"]
    assert not ZoneStatus.objects.exists()
    now = refused.context["offers"][0].form["seen"].value()
    assert now != seen
    post(client, case.lead, "proceeding_finalise", case.proceeding.pk, **given | {"seen": now})
    assert case.now.status == "final"


def test_whoever_confirms_sees_it_too_and_before_there_is_nothing_to_see(case, client):
    case.decide()
    assert get(client, case.lead, "proceeding_detail", case.proceeding.pk).context["following"] is None
    case.submit()
    assert get(client, case.lead, "proceeding_detail", case.proceeding.pk).context["following"].rows


def test_over_the_api_with_the_digest_that_finalising_may_be_bound_to(case):
    reviewed(case, A1="promote", A6="demote")
    client = APIClient()
    client.force_authenticate(case.lead)
    at = f"/api/v1/proceedings/{case.proceeding.pk}/"
    answer = client.get(f"{at}consequences/").json()
    assert [(row["zone"], row["step"], row["previous"]) for row in answer["measures"]] == [("A6", "correction", None)]
    assert {row["zone"]: row["direction"] for row in answer["changes"]} == {"A1": "up", "A6": "down"}
    assert {
        "zone": "A1",
        "kind": "candidate",
        "before": None,
        "after": "provincial",
        "clauses": ["P035", "P195"],
    } in answer["statuses"]
    match = {"If-Match": client.get(at).headers["ETag"]}
    stale = client.post(f"{at}finalise/", {"bulletin_number": "5号", "seen": "0" * 64}, format="json", headers=match)
    assert stale.status_code == 412
    done = client.post(
        f"{at}finalise/", {"bulletin_number": "5号", "seen": answer["digest"]}, format="json", headers=match
    )
    assert done.status_code == 200, done.content
    settled = client.get(f"{at}consequences/")
    assert (settled.status_code, settled.json()["type"]) == (409, "urn:yuanqu:problem:proceeding_settled")


def test_the_service_refuses_what_the_caller_has_not_seen(case: Case):
    reviewed(case, A6="watch")
    with pytest.raises(ProceedingChanged):
        case.act(services.proceeding_finalise, case.lead, bulletin_number="5号", seen="x")
    assert not Measure.objects.exists()
