"""The register of incidents: who records what, what the database holds, what a run makes of it."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.enums import Duty, OrganisationKind, Role
from accounts.models import Organisation
from accounts.services import apikey_create
from assessments import tasks
from assessments.events import events_of
from assessments.exceptions import IncidentRefused
from assessments.inputs import thaw
from assessments.models import Incident, Measure, Result, Run
from assessments.selectors.incidents import effects_of
from assessments.services import incident_record, incident_withdraw
from indicators.models import DataChange
from tests.assessments.conftest import SCHEME, YEAR, get, text_of

VETO = (
    SCHEME.replace('version: "1.0"', 'version: "2.0"')
    + """
  - id: incident
    kind: event
    outcome: watch
    bars: [promote]
    event: major_incident
    basis: {certainty: published, clauses: [P197c]}
  - id: measure
    kind: event
    bars: [promote]
    event: unheard_of
    basis: {certainty: published, clauses: [P199]}
adjustments:
  - id: accidents
    name_zh: 事故扣分
    name_en: Accidents
    event: safety_accident
    points: -3
    basis: {certainty: published, clauses: [P197c]}
"""
)
FACTS: dict[str, Any] = {
    "kind": "safety_accident",
    "severity": "major",
    "on": date(YEAR, 3, 8),
    "title": "爆炸",
    "document_number": "〔2023〕8号",
    "issuer": "应急管理局",
}


def officer(province, duty):
    body, _ = Organisation.objects.get_or_create(
        code=f"dept-{duty}",
        defaults={"name": duty, "kind": OrganisationKind.DEPARTMENT, "duty": duty, "parent": province.office},
    )
    return province.user(f"officer-{duty}", Role.DEPARTMENT_OFFICER, body)


def execute(province, scheme):
    run = Run.objects.create(scheme=scheme, year=YEAR, requested_by=province.staff(f"staff-{Run.objects.count()}"))
    tasks.run_execute(run.pk)
    run.refresh_from_db()
    assert run.status == "done", run.error
    return run


def test_a_run_counts_the_valid_incidents_of_its_year_and_freezes_them(province):
    scheme, emergency = province.add_scheme(VETO, version="2.0"), officer(province, Duty.EMERGENCY)
    best = province.zones["A1"]
    before = execute(province, scheme).results.get(zone=best)
    assert before.proposal == "promote"
    incident = incident_record(by=emergency, zone=best, **FACTS)
    earlier = FACTS | {"on": date(YEAR - 1, 3, 8)}
    incident_record(by=emergency, zone=province.zones["A2"], **earlier)
    run = execute(province, scheme)
    hit = run.results.get(zone=best)
    assert hit.proposal == "watch"
    assert hit.score == pytest.approx(before.score - 3)
    assert "incident" in [rule["id"] for rule in hit.fired_rules]
    assert run.inputs["events"][str(YEAR)] == {
        "A1": {"safety_accident": 1, "safety_accident_major": 1, "major_incident": 1}
    }
    assert run.inputs["event_sources"][str(YEAR)]["incidents"] == [incident.pk]
    # Only what has no register is said to have none.
    assert any("unheard_of" in notice["text_zh"] for notice in run.summary["notices"])
    assert not any("重大" in notice["text_zh"] for notice in run.summary["notices"])
    # Withdrawn, it counts no more; the finished run stays as it was.
    incident_withdraw(by=emergency, incident_id=incident.pk, reason="调查后撤销")
    assert execute(province, scheme).results.get(zone=best).proposal == "promote"
    assert Result.objects.get(pk=hit.pk).proposal == "watch"
    assert thaw(Run.objects.get(pk=run.pk).inputs).events[YEAR].loc["A1", "major_incident"] == 1
    assert DataChange.objects.filter(reason="incident", year=YEAR, zone=best).count() == 2


def test_what_a_method_makes_of_it_is_told_beside_the_incident(province):
    province.add_scheme(VETO, version="2.0")
    incident = incident_record(by=province.staff(), zone=province.zones["A1"], **FACTS)
    assert [(effect.outcome, effect.points) for effect in effects_of(incident)] == [("watch", None), ("", -3.0)]


def test_departments_record_what_is_theirs_where_they_reach(province):
    zone, staff = province.zones["A1"], province.staff()
    for duty, kind in ((Duty.ECOLOGY, "safety_accident"), (Duty.EMERGENCY, "management_failure")):
        with pytest.raises(PermissionDenied, match="不由您所在的部门"):
            incident_record(by=officer(province, duty), zone=zone, **FACTS | {"kind": kind})
    with pytest.raises(PermissionDenied, match="职责范围"):  # customs reaches customs zones alone
        incident_record(by=officer(province, Duty.CUSTOMS), zone=zone, **FACTS)
    with pytest.raises(PermissionDenied):
        incident_record(by=province.manager(), zone=zone, **FACTS)
    found = FACTS | {"kind": "management_failure", "severity": "found"}
    incident = incident_record(by=staff, zone=zone, **found)
    assert incident.reported_by == province.office
    assert set(Incident.objects.visible_to(province.manager("A2"))) == set()


def test_every_fault_is_named_and_nothing_is_saved(province):
    bad = FACTS | {"severity": "national", "on": date(2999, 1, 1), "issuer": " "}
    with pytest.raises(IncidentRefused) as refusal:
        incident_record(by=province.staff(), zone=province.zones["A1"], **bad)
    assert set(refusal.value.faults) == {"severity", "on", "issuer"}
    with pytest.raises(IncidentRefused, match="类型"):
        incident_record(
            by=province.user("second", Role.OFFICE_STAFF),
            zone=province.zones["A1"],
            files=[SimpleUploadedFile("a.exe", b"MZ")],
            **FACTS,
        )
    assert not Incident.objects.exists()
    staff = province.user("third", Role.OFFICE_STAFF)
    incident = incident_record(by=staff, zone=province.zones["A1"], **FACTS)
    with pytest.raises(IncidentRefused, match="已经登记过"):
        incident_record(by=staff, zone=province.zones["A1"], **FACTS)
    for reason, said in (("", "理由"), ("误登", ""), ("误登", "已于")):
        if said:
            with pytest.raises(IncidentRefused, match=said):
                incident_withdraw(by=staff, incident_id=incident.pk, reason=reason)
        else:
            incident_withdraw(by=staff, incident_id=incident.pk, reason=reason)


def test_the_database_lets_nobody_change_or_lose_one(province):
    incident = incident_record(by=province.staff(), zone=province.zones["A1"], **FACTS)
    rows = Incident.objects.filter(pk=incident.pk)
    for act in (
        lambda: rows.update(severity="general"),
        lambda: rows.update(zone=province.zones["A2"]),
        lambda: rows._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="withdrawn, never changed"), transaction.atomic():
            act()
    with pytest.raises(IntegrityError, match="incident_withdrawn_with_reason"), transaction.atomic():
        rows.update(withdrawn_at="2024-01-01T00:00Z")
    incident_withdraw(by=incident.recorded_by, incident_id=incident.pk, reason="误登")
    with pytest.raises(DatabaseError, match="withdrawn, never changed"), transaction.atomic():
        rows.update(withdrawn_at=None, withdrawn_by=None, withdrawal="")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM assessments_incidentevent WHERE pgh_obj_id = %s", [incident.pk])
        assert cursor.fetchone() == (2,)


def test_pages_and_interface(client, province):
    staff, manager = province.staff(), province.manager()
    client.force_login(staff)
    form = {
        "zone": province.zones["A1"].pk, "grade": "safety_accident:major", "on": f"{YEAR}-03-08", "title": "爆炸",
        "document_number": "〔2023〕8号", "issuer": "应急管理局", "documents": SimpleUploadedFile("调查.pdf", b"%PDF-1.4 x"),
    }  # fmt: skip
    answer = client.post("/incidents/new/", form, follow=True)
    assert "已登记" in text_of(answer)
    incident = Incident.objects.get()
    assert client.post("/incidents/new/", form | {"on": "2999-01-01"}).status_code == 422
    assert "爆炸" in text_of(get(client, manager, "incident_list", q="8号"))
    assert "爆炸" not in text_of(get(client, manager, "incident_list", state="withdrawn"))
    page = text_of(get(client, manager, "incident_detail", incident.pk))
    assert "调查.pdf" in page
    assert "撤销这一条" not in page
    assert client.get(f"/incidents/files/{incident.files.get().pk}/").status_code == 200
    key, secret = apikey_create(by=staff, name="x", scopes=["read", "incident.write"], days=1)
    asked = {name: value for name, value in FACTS.items() if name != "on"} | {"zone": "A2", "on": f"{YEAR}-05-01"}
    headers = {"Authorization": f"Api-Key {key.prefix}.{secret}"}
    client.logout()
    made = client.post("/api/v1/incidents/", json.dumps(asked), content_type="application/json", headers=headers)
    assert made.status_code == 201, made.content
    twice = client.post("/api/v1/incidents/", json.dumps(asked), content_type="application/json", headers=headers)
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (422, "/document_number")
    listed = client.get("/api/v1/incidents/?zone=A2", headers=headers).json()["results"]
    assert [row["severity"] for row in listed] == ["major"]


def test_a_correction_that_missed_its_deadline_is_remembered(province):
    """限期整改 until mid-year, lifted only in the next: open at the end of the year, failed in it; one lifted in time is neither."""
    staff = province.staff()
    for code, closed in (("A1", date(YEAR + 1, 2, 1)), ("A2", date(YEAR, 6, 30)), ("A3", None)):
        measure = Measure.objects.create(
            zone=province.zones[code], step="correction", opened_on=date(YEAR, 1, 5), due_on=date(YEAR, 6, 30),
            reason="整改", opened_by=staff,
        )  # fmt: skip
        if closed:
            Measure.objects.filter(pk=measure.pk).update(
                status="lifted", closed_on=closed, closed_by=staff, close_reason="完成"
            )
    found = events_of(province.zones, YEAR).counts
    assert {code: found.get(code, {}) for code in ("A1", "A2", "A3")} == {
        "A1": {"open_measure": 1, "correction_failed": 1},
        "A2": {},
        "A3": {"open_measure": 1, "correction_failed": 1},
    }
    assert events_of(province.zones, YEAR + 1).counts["A3"] == {"open_measure": 1}
