"""Who sees what at which stage: the table of assessments/access.py against every page and address that shows results."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Duty, OrganisationKind, Role
from accounts.models import Organisation, User
from assessments import services, tasks
from assessments.access import PUBLISHED, SIGHTS, Sight, Stage, Viewer, viewer_of
from assessments.enums import Disclosure
from assessments.models import Publication, Result, Run
from reports import figures
from reports.rendering import Source, ZoneRenderer
from reports.tasks import News
from tests.assessments.conftest import YEAR, text_of
from tests.assessments.course import Course, open_on

pytestmark = pytest.mark.django_db

OWN, OTHER, FAR = "A1", "A2", "C1"
"""The park's zone, another of its city, one of another city."""


@dataclass
class Scene:
    run: Run
    people: dict[Viewer, User]
    course: Course | None

    def results(self) -> dict[str, Result]:
        return {result.zone.code: result for result in self.run.results.select_related("zone")}


@pytest.fixture
def scene(province, request) -> Scene:
    """A run at the stage asked for, and somebody in every part."""
    stage, disclosure = request.param
    province.add_city("C")
    province.add_zone(FAR)
    province.add_values(FAR, YEAR, (2, 100, 30))
    staff, lead = province.staff(), province.user("lead", Role.OFFICE_LEAD)
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=staff)
    tasks.run_execute(run.pk)
    department = Organisation.objects.create(
        code="statistics", name="统计局", kind=OrganisationKind.DEPARTMENT, duty=Duty.STATISTICS, parent=province.office
    )
    people = {
        Viewer.OFFICE: staff,
        Viewer.TERRITORY: province.user("city", Role.CITY_REVIEWER, province.cities["A"]),
        Viewer.PARK: province.manager(OWN),
        Viewer.DEPARTMENT: province.user("department", Role.DEPARTMENT_OFFICER, department),
        Viewer.ANYBODY: User.objects.create_user("nobody"),
    }
    course = None
    if stage != Stage.COMPUTED:
        course = open_on(Run.objects.get(pk=run.pk), staff, lead).to(stage, disclosure=disclosure)
    return Scene(Run.objects.get(pk=run.pk), people, course)


def seen_zones(viewer: Viewer, stage: Stage) -> set[str]:
    """Zones whose whole result the table grants."""
    reach = {Viewer.PARK: {OWN}, Viewer.TERRITORY: {OWN, OTHER}, Viewer.DEPARTMENT: {OWN, OTHER, FAR}}
    sight = SIGHTS[viewer][stage]
    if sight == Sight.ALL:
        return {OWN, OTHER, FAR}
    return reach.get(viewer, set()) if sight == Sight.REACH else set()


STAGES = [
    *(pytest.param((stage, Disclosure.EVERYTHING), id=stage) for stage in Stage),
    pytest.param((Stage.PUBLIC, Disclosure.OWN), id="public-own"),
]


@pytest.mark.parametrize("scene", STAGES, indirect=True)
def test_every_part_sees_what_the_table_says(scene, province, subtests):
    stage = Stage(scene.course.proceeding.status) if scene.course else Stage.COMPUTED
    for viewer in Viewer:
        look_around(scene, viewer, stage, subtests)
    with subtests.test("without log-in"):
        look_without_log_in(scene, stage)
    with subtests.test("dashboard, profiles and news"):
        out = stage in PUBLISHED
        assert [standing.run.pk for standing in figures.standings()] == ([scene.run.pk] if out else [])
        assert bool(ZoneRenderer(Source.read(), [province.zones[OWN]]).results) == out
        assert News.now().runs == out


def look_around(scene, viewer, stage, subtests):
    user, granted = scene.people[viewer], seen_zones(viewer, stage)
    assert viewer_of(user) == viewer
    client = Client()
    client.force_login(user)
    refused = 403 if viewer == Viewer.ANYBODY else 404
    results = scene.results()

    def status(name: str, *args: object) -> int:
        return client.get(reverse(name, args=args)).status_code

    with subtests.test(f"{viewer}: the run"):
        for name in ("run_detail", "run_export", "run-detail"):
            assert status(name, scene.run.pk) == (200 if granted else refused), name
    with subtests.test(f"{viewer}: results"):
        for zone in (OWN, OTHER, FAR):
            expected = 200 if zone in granted else refused
            assert status("result_detail", scene.run.pk, zone) == expected, zone
            assert status("result-detail", results[zone].pk) == expected, zone
            if stage in PUBLISHED:
                assert status("publication_zone", scene.course.publication.pk, zone) == expected, zone
    if viewer != Viewer.ANYBODY:
        with subtests.test(f"{viewer}: lists"):
            rows = client.get(reverse("result-list"), {"run": scene.run.pk}).json()["results"]
            assert {row["zone"] for row in rows} & {OWN, OTHER, FAR} == granted
            runs = [scene.run.pk] if granted else []
            assert [row["id"] for row in client.get(reverse("run-list")).json()["results"]] == runs
            assert [line.run.pk for line in client.get(reverse("run_list")).context["lines"]] == runs
            if granted:
                table = client.get(reverse("run_detail", args=[scene.run.pk])).context["rows"]
                assert {row["result"].zone.code for row in table} & {OWN, OTHER, FAR} == granted
    with subtests.test(f"{viewer}: home"):
        shown = {result.zone.code for result in client.get(reverse("home")).context["results"]}
        assert shown == ({OWN} if viewer == Viewer.PARK and granted else set())
    with subtests.test(f"{viewer}: the proceeding itself"):
        expected = 200 if viewer == Viewer.OFFICE else 403
        assert status("proceeding_list") == status("proceeding-list") == expected
        for name in ("proceeding_detail", "proceeding_preview", "proceeding-detail") if scene.course else ():
            assert status(name, scene.course.pk) == expected, name


def look_without_log_in(scene, stage):
    client = Client()
    out = SIGHTS[Viewer.ANYBODY][stage] == Sight.DISCLOSED
    assert Publication.objects.exists() == out
    page = client.get(reverse("publication_list"))
    assert page.status_code == 200
    assert len(page.context["page_obj"]) == out
    listed = client.get(reverse("publication-list")).json()["results"]
    assert len(listed) == out
    for name, args in (("run_detail", [scene.run.pk]), ("result_detail", [scene.run.pk, OWN])):
        assert client.get(reverse(name, args=args)).headers["Location"].startswith("/accounts/login/")
    assert client.get(reverse("run-detail", args=[scene.run.pk])).status_code == 401
    if not out:
        assert client.get(reverse("publication_detail", args=[1])).status_code == 404
        return
    publication = Publication.objects.get()
    text = text_of(client.get(reverse("publication_detail", args=[publication.pk])))
    body = client.get(reverse("publication-detail", args=[publication.pk])).json()
    named = {OWN: "A1园区", OTHER: "A2园区", FAR: "C1园区"}
    everything = publication.disclosure == Disclosure.EVERYTHING
    assert {code for code, name in named.items() if name in text} == (set(named) if everything else set())
    assert len(body["content"]["rows"]) == (scene.run.results.count() if everything else 0)
    scores = [f"{result.score:.2f}" for result in scene.run.results.all() if result.score]
    assert not any(score in text for score in scores), "no score is ever disclosed"


@pytest.mark.parametrize("scene", [pytest.param((Stage.PUBLIC, Disclosure.EVERYTHING), id="public")], indirect=True)
def test_what_was_published_stays_seen_when_another_run_takes_its_place(scene, province):
    manager = scene.people[Viewer.PARK]
    objection = services.objection_file(
        by=manager, publication_id=scene.course.publication.pk, zone=province.zones[OWN], text="有误"
    )
    scene.course.close()
    services.objection_answer(by=province.staff("other"), objection_id=objection.pk, uphold=True, answer="属实")
    again = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=scene.course.staff)
    tasks.run_execute(again.pk)
    scene.course.act(services.run_replace, scene.course.staff, run=Run.objects.get(pk=again.pk), reason="异议成立")
    assert set(Result.objects.visible_to(manager).values_list("run", flat=True)) == {scene.run.pk}
    scene.course.to(Stage.PUBLIC)
    assert set(Result.objects.visible_to(manager).values_list("run", flat=True)) == {scene.run.pk, again.pk}


def test_nobody_sees_less_once_more_is_public():
    order = list(Sight)
    for sights in SIGHTS.values():
        assert set(sights) == set(Stage)
        heights = [order.index(sights[stage]) for stage in Stage]
        assert heights == sorted(heights)


@pytest.mark.parametrize("out", [False, True], ids=["computed only", "published"])
def test_places_of_an_earlier_year_are_told_once_it_was_published(province, out):
    staff, lead, manager = province.staff(), province.user("lead", Role.OFFICE_LEAD), province.manager(OWN)
    courses = {}
    for year in (YEAR - 1, YEAR):
        run = Run.objects.create(scheme=province.scheme, year=year, requested_by=staff)
        tasks.run_execute(run.pk)
        courses[year] = open_on(Run.objects.get(pk=run.pk), staff, lead)
    if out:
        courses[YEAR - 1].to(Stage.PUBLIC)
    courses[YEAR].to(Stage.PUBLIC)
    result = Result.objects.get(run__year=YEAR, zone__code=OWN)
    frozen = result.explanation["past"]
    assert [entry["year"] for entry in frozen] == [YEAR - 1]
    for reader, told in ((staff, True), (manager, out)):
        client = Client()
        client.force_login(reader)
        explanation = client.get(reverse("result-detail", args=[result.pk])).json()["explanation"]
        assert explanation["past"] == (frozen if told else [])
        assert ("历年位次" in text_of(client.get(reverse("result_detail", args=[result.run_id, OWN])))) == told
        sheet = text_of(client.get(reverse("result_file", args=[result.run_id, OWN])))
        assert ("没有以往年度的结果" in sheet) == (not told)
        rows = client.get(reverse("run_detail", args=[result.run_id])).context["rows"]
        assert next(row["moved"] for row in rows if row["result"].zone.code == OWN) == (0 if told else None)
        export = client.get(reverse("run_export", args=[result.run_id]), {"format": "csv"}).content.decode("utf-8-sig")
        lines = list(csv.reader(export.splitlines()))
        header = next(line for line in lines if "上年位次" in line)
        row = next(line for line in lines if OWN in line)
        assert row[header.index("上年位次")] == ("1" if told else "")
    standing = next(standing for standing in figures.standings() if standing.run.year == YEAR)
    moved = [*standing.up, *standing.down]
    assert out or not moved
