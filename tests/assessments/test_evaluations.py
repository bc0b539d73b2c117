"""Classes of enterprises: from the register through the engine to a frozen result with its reasons, by hand and by rights."""

from __future__ import annotations

import copy
import csv
import io
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import openpyxl
import pgtrigger
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from assessments.enums import EvaluationStatus
from assessments.evaluations.execute import execute, recomputed, waiting
from assessments.evaluations.words import explained
from assessments.exceptions import EvaluationRefused
from assessments.models import Evaluation, EvaluationResult
from assessments.selectors.evaluations import classes_of, method_used, usable_schemes
from assessments.services import evaluation_finalise, evaluation_start
from assessments.tasks import evaluations_recover
from registers.models import Enterprise, Entry, Register
from registers.services import entry_change
from tests.assessments.conftest import Province, text_of
from tests.evaluation_world import PLAIN, YEAR, credit_code, enterprise, figures, final, measure, prepare, scheme_of

pytestmark = pytest.mark.django_db


BASE = 1240 / 90


@dataclass
class World(Province):
    """Zone A1 with twelve enterprises above scale, A2 with four; what sets them apart stands in `special`."""

    people: dict[str, User] = field(default_factory=dict)
    scheme: Any = None


PEOPLE = {
    "office": (Role.OFFICE_STAFF, "office"),
    "lead": (Role.OFFICE_LEAD, "office"),
    "cityA": (Role.CITY_REVIEWER, "city-A"),
    "cityB": (Role.CITY_REVIEWER, "city-B"),
    "parkA1": (Role.PARK_MANAGER, "park-A1"),
    "parkA2": (Role.PARK_MANAGER, "park-A2"),
    "viewerA": (Role.COUNTY_VIEWER, "city-A"),
}


@pytest.fixture
def world():
    office = Organisation.objects.create(code="office", name="办公室", kind=OrganisationKind.OFFICE)
    made = World(office)
    for letter in "AB":
        made.add_city(letter)
    for code in ("A1", "A2", "B1"):
        made.add_zone(code)
    for name, (role, code) in PEOPLE.items():
        made.people[name] = User.objects.create_user(name, password="x")
        Membership.objects.create(user=made.people[name], organisation=Organisation.objects.get(code=code), role=role)
    made.scheme = prepare()
    special: dict[int, dict[str, Any]] = {
        # Eight are scored in A1: tax 180 … 110 for 1 … 8, the rest alike.
        9: {"production_year": YEAR - 1, "above_scale_year": YEAR - 1},
        10: {"exemption": "public_utility"},
        11: {"rd_expenditure": None},
        12: {"above_scale_year": YEAR},
    }
    for number in range(1, 13):
        given: dict[str, Any] = {"tax_assessed": str(190 - 10 * number)} | special.get(number, {})
        figures(enterprise(number, made.zones["A1"]), made.people["office"], **given)
    for number in range(21, 25):
        accident = {"safety_accidents": 2} if number == 21 else {}
        given = {"tax_assessed": str(300 - number), **accident}
        figures(enterprise(number, made.zones["A2"]), made.people["office"], **given)
    figures(enterprise(31, made.zones["B1"]), made.people["office"])
    figures(enterprise(41, made.zones["A1"]), made.people["office"], above=False, land_used="4", above_scale_year=None)
    return made


def evaluate(world, by="cityA", place="A", **given):
    where = world.regions[place] if place in world.regions else world.zones[place]
    asked = {"scheme": world.scheme, "year": YEAR, "place": where, "above_scale": True} | given
    evaluation = evaluation_start(by=world.people[by], **asked)
    assert execute(evaluation.pk)
    return Evaluation.objects.get(pk=evaluation.pk)


def result(evaluation, number):
    return evaluation.results.select_related("enterprise", "zone", "evaluation").get(enterprise__name=f"企业{number}")


def words(evaluation, number):
    spec = Register.objects.get(code="enterprise_figures").spec
    return explained(result(evaluation, number), method_used(evaluation), spec)


def test_classes_by_hand(world):
    """A1: eight scored, 25 % of 8 is two A and two C, 5 % is 0.4, rounded 0 D. The base is the ratio of sums.

    Tax per mu of 1 is 18. The base is that of the nine evaluated, the one without an R&D figure among them:
    (180 + … + 110 + 80) / 90 = 13.7778; its other items stand at the base. So its score is 30 × 18 / 13.7778 + 70 = 109.19.
    """
    evaluation = evaluate(world)
    assert evaluation.status == EvaluationStatus.DONE, evaluation.error
    assert result(evaluation, 1).score == pytest.approx(30 * 18 / BASE + 70)
    assert {n: result(evaluation, n).grade for n in range(1, 13)} == {
        1: "A", 2: "A", 3: "B", 4: "B", 5: "B", 6: "B", 7: "C", 8: "C", 9: "", 10: "", 11: "", 12: "",
    }  # fmt: skip
    assert {n: result(evaluation, n).reason for n in (8, 9, 10, 11, 12)} == {
        8: "", 9: "start-up", 10: "public-utility", 11: "missing", 12: "newly-above-scale",
    }  # fmt: skip
    # A2: the accident puts the best into D; the A that 25 % of four gives stays with nobody else.
    assert {n: result(evaluation, n).grade for n in (21, 22, 23, 24)} == {21: "D", 22: "B", 23: "B", 24: "C"}
    assert evaluation.summary["counts"] == {"A": 2, "B": 6, "C": 3, "D": 1}
    assert evaluation.summary["left_out"] == {"newly-above-scale": 1, "public-utility": 1, "start-up": 1}
    assert (evaluation.summary["missing"], evaluation.summary["enterprises"]) == (1, 16)
    parts = result(evaluation, 1).figures["parts"]
    assert sum(parts) == pytest.approx(result(evaluation, 1).score)


def test_every_class_is_explained(world):
    evaluation = evaluate(world)
    by_place = words(evaluation, 3)
    told = "".join(by_place.sentences)
    assert "得分 104.84，在本园区参评的 8 家中居第 3 位。" in told
    assert "A 为 8 家的 25%（四舍五入）、B 其余、C 为 8 家的 25%（四舍五入）、D 为 8 家的 5%（四舍五入）" in told
    assert "定为 B 提升发展类" in told
    assert "A 优先发展类 的最低得分为 107.02，差 2.18 分" in told
    assert by_place.clauses == ["P100"]
    assert "由" in by_place.basis
    assert "确定" in by_place.basis
    assert [row.name for row in by_place.indicators][:2] == ["亩均税收", "亩均增加值"]
    assert by_place.indicators[3].words == "与基准之比（基准 Σ工业增加值 / Σ主要污染物排放量，封顶 1.5）"
    assert (by_place.indicators[0].value, by_place.indicators[0].median) == (16, 14)
    assert "投产年数 < 2" in "".join(words(evaluation, 9).sentences)
    assert "缺：研发投入强度" in "".join(words(evaluation, 11).sentences)
    veto = "".join(words(evaluation, 21).sentences)
    assert "较大及以上安全生产责任事故 2 起（界限 1 起），直接列入 D 类" in veto
    with translation.override("en"):
        assert "class D whatever the place" in "".join(words(evaluation, 21).sentences)
        assert "In production for less than the years of grace" in "".join(words(evaluation, 9).sentences)


def test_settings_are_used_and_frozen_with_their_paper(world):
    with pytest.raises(EvaluationRefused) as told:
        evaluate(world, settings={"share_a": 0.5})
    assert set(told.value.faults) == {"settings_basis"}
    with pytest.raises(EvaluationRefused) as told:
        evaluate(world, settings={"share_a": 1.5}, settings_basis="测〔2024〕3号")
    assert "share" in told.value.faults[""]
    own = evaluate(world, settings={"share_a": 0.5, "cap": 1.5}, settings_basis="测〔2024〕3号")
    assert own.settings == {"share_a": 0.5}  # the cap is the method's own
    assert own.summary["counts"]["A"] == 5  # four of A1, one of A2: the first there is vetoed
    assert recomputed(own) == (own.inputs_digest, own.results_digest)


def test_verifying_finds_what_somebody_changed_in_the_database(world):
    evaluation = evaluate(world)
    told = io.StringIO()
    call_command("evaluation_verify", str(evaluation.pk), stdout=told)
    assert "相同" in told.getvalue()
    inputs = copy.deepcopy(evaluation.inputs)
    inputs["units"][0][-1] = 1.0
    with pgtrigger.ignore("assessments.Evaluation:finished_evaluation_frozen"):
        Evaluation.objects.filter(pk=evaluation.pk).update(inputs=inputs)
    with pytest.raises(CommandError, match="differs"):
        call_command("evaluation_verify", str(evaluation.pk), stdout=told)


def test_nothing_changes_afterwards(world):
    evaluation = evaluate(world)
    entry = Entry.objects.get(data__enterprise=enterprise(1, world.zones["A1"]).credit_code)
    entry_change(by=world.people["office"], entry_id=entry.pk, given={"tax_assessed": "1"}, base_revision=1)
    assert result(evaluation, 1).entry_revision == 1
    assert recomputed(evaluation) == (evaluation.inputs_digest, evaluation.results_digest)
    again = evaluate(world)
    assert again.pk != evaluation.pk
    assert result(again, 1).grade == "C"
    assert result(evaluation, 1).grade == "A"
    for attempt in (
        lambda: evaluation.results.update(grade="A"),
        lambda: evaluation.results.all().delete(),
        lambda: EvaluationResult.objects.create(
            evaluation=evaluation, enterprise=enterprise(99, world.zones["A1"]), zone=world.zones["A1"], entry_id=1,
            entry_revision=1,
        ),
        lambda: Evaluation.objects.filter(pk=evaluation.pk).update(results_digest="0" * 64),
        lambda: Evaluation.objects.filter(pk=evaluation.pk).update(summary={}),
        lambda: Evaluation.objects.filter(pk=evaluation.pk).delete(),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    done = final(evaluation, world.people["lead"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Evaluation.objects.filter(pk=done.pk).update(final_document="别的")


def test_who_may_do_what(world):
    for name in ("cityB", "parkA1", "viewerA"):
        with pytest.raises(PermissionDenied):
            evaluate(world, by=name)
    with pytest.raises(PermissionDenied):
        evaluate(world, place="B")
    evaluation = evaluate(world)
    with pytest.raises(PermissionDenied):
        final(evaluation, world.people["cityA"])  # who started it
    with pytest.raises(Http404):
        final(evaluation, world.people["cityB"])
    people = world.people

    def seen(name):
        return EvaluationResult.objects.visible_to(people[name]).count()

    assert {name: seen(name) for name in ("office", "cityA", "cityB", "parkA1", "viewerA")} == {
        "office": 16, "cityA": 16, "cityB": 0, "parkA1": 0, "viewerA": 0,
    }  # fmt: skip
    assert not Evaluation.objects.visible_to(people["parkA1"]).exists()
    with pytest.raises(EvaluationRefused) as told:
        evaluation_finalise(by=people["lead"], evaluation_id=evaluation.pk, document=" ", on=date(YEAR, 1, 1))
    assert set(told.value.faults) == {"final_document", "final_on"}
    final(evaluation, people["lead"])
    assert {name: seen(name) for name in ("cityB", "parkA1", "parkA2", "viewerA")} == {
        "cityB": 0, "parkA1": 12, "parkA2": 4, "viewerA": 16,
    }  # fmt: skip
    assert Evaluation.objects.visible_to(people["parkA1"]).get() == evaluation
    assert not Evaluation.objects.visible_to(people["cityB"]).exists()
    with pytest.raises(EvaluationRefused):
        final(evaluation, people["lead"])
    assert [row.grade for row in classes_of(enterprise(1, world.zones["A1"]), people["parkA1"])] == ["A"]


def test_what_cannot_be_evaluated(world):
    assert [scheme.code for scheme in usable_schemes()] == ["enterprise-start"]
    anyang = scheme_of("enterprise-anyang-2018")
    assert {scheme.code for scheme in usable_schemes()} == {"enterprise-start", "enterprise-anyang-2018"}
    huangyan = scheme_of("enterprise-huangyan-2022")  # scores alone, no classes
    for given, where in (
        ({"scheme": huangyan, "year": 2022}, "scheme"),
        ({"scheme": world.scheme, "year": 2016}, "year"),
        ({"scheme": world.scheme, "year": 2099}, "year"),
    ):
        with pytest.raises(EvaluationRefused) as told:
            evaluate(world, **given)
        assert set(told.value.faults) == {where}
    empty = evaluate(world, place="B", by="cityB")
    assert empty.status == EvaluationStatus.FAILED
    assert "只有 1 家" in empty.error
    assert "only 1" in empty.error_en
    assert evaluate(world, scheme=anyang).status == EvaluationStatus.DONE


def test_one_is_queued_once_and_sent_again(world):
    asked = {"scheme": world.scheme, "year": YEAR, "place": world.regions["A"], "above_scale": True}
    first = evaluation_start(by=world.people["cityA"], **asked)
    assert evaluation_start(by=world.people["office"], **asked) == first
    assert waiting() == []
    Evaluation.objects.filter(pk=first.pk).update(requested_at="2024-01-01T00:00Z")
    assert evaluations_recover() == [first.pk]
    assert evaluations_recover() == []
    assert execute(first.pk)
    assert not execute(first.pk)


def test_many_enterprises_at_once(world):
    """Five thousand of one zone in a handful of queries. The 1251 at the cap of tax per mu are equal and share the edge of A."""
    zone, register = world.zones["B1"], Register.objects.get(code="enterprise_figures")
    number = 5000
    firms = [Enterprise(credit_code=credit_code(50_000 + at), name=f"企{at}", zone=zone) for at in range(number)]
    Enterprise.objects.bulk_create(firms)
    Entry.objects.bulk_create(
        Entry(
            register=register, version=1, zone=zone, organisation=zone.administration, title=firm.name,
            data={**PLAIN, "enterprise": firm.credit_code, "year": YEAR, "above_scale": True, "tax_assessed": str(at)},
        )
        for at, firm in enumerate(firms)
    )  # fmt: skip
    asked = {"scheme": world.scheme, "year": YEAR, "place": zone, "above_scale": True}
    evaluation = evaluation_start(by=world.people["office"], **asked)
    with CaptureQueriesContext(connection) as queries:
        execute(evaluation.pk)
    evaluation.refresh_from_db()
    assert evaluation.status == EvaluationStatus.DONE, evaluation.error
    assert evaluation.summary["counts"] == {"A": 1251, "B": 2250, "C": 1250, "D": 250}
    assert len(queries) < 15


def test_pages(world, client):
    measure(world.regions["A"], world.people["cityA"], "a", "land", "优先安排用地", amount="下限 70%")
    measure(world.regions["A"], world.people["cityA"], "d", "power", "差别电价", status="drafted")
    evaluation = evaluate(world, by="cityA", settings={"share_d": 0.1}, settings_basis="测〔2024〕3号")
    client.force_login(world.people["office"])
    assert "16" in text_of(client.get("/evaluations/"))
    page = client.get(evaluation.get_absolute_url())
    text = text_of(page)
    assert "D 类比例 0.1" in text
    assert "按文件改用：测〔2024〕3号" in text
    assert "优先安排用地" in text
    assert "差别电价" not in text  # not in force
    assert [row["result"].enterprise.name for row in page.context["rows"]][:2] == ["企业1", "企业2"]
    only = client.get(f"{evaluation.get_absolute_url()}?grade=none&zone=A1&sort=enterprise")
    assert [row["result"].enterprise.name for row in only.context["rows"]] == ["企业10", "企业11", "企业12", "企业9"]
    one = client.get(result(evaluation, 1).get_absolute_url())
    assert "优先安排用地" in text_of(one)
    assert "下限 70%" in text_of(one)
    posted = client.post(
        reverse("evaluation_finalise", args=[evaluation.pk]), {"final_document": "", "final_on": "2024-09-01"}
    )
    assert posted.status_code == 422
    refused = client.post(
        reverse("evaluation_start"),
        {"scheme": world.scheme.pk, "year": YEAR, "place": "region:4100" + f"{ord('A'):02d}", "scale": "above",
         "setting_share_a": "2", "settings_basis": "测〔2024〕3号"},
    )  # fmt: skip
    assert refused.status_code == 422
    part = client.get(reverse("enterprise_evaluations", args=[result(evaluation, 1).enterprise.credit_code]))
    assert "A 优先发展类" in text_of(part)


def test_files(world, client):
    evaluation = final(evaluate(world), world.people["lead"])
    url = reverse("evaluation_export", args=[evaluation.pk])
    client.force_login(world.people["office"])
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{url}?grade=A").content))
    rows = list(book.worksheets[0].iter_rows(min_row=3, values_only=True))
    assert [row[1] for row in rows] == ["企业", "企业1", "企业2"]
    assert rows[1][4] == "A 优先发展类"
    assert evaluation.results_digest in {row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    client.force_login(world.people["parkA2"])
    lines = list(csv.reader(io.StringIO(client.get(f"{url}?format=csv").content.decode("utf-8-sig"))))
    assert len(lines) == 1 + 4
    client.force_login(world.people["viewerA"])
    assert client.get(url).status_code == 403


def test_api(world, client):
    evaluation = final(evaluate(world), world.people["lead"])
    client.force_login(world.people["parkA1"])
    told = client.get(f"/api/v1/evaluations/{evaluation.pk}/").json()
    assert [(each["code"], each["enterprises"]) for each in told["classes"]] == [("A", 2), ("B", 6), ("C", 3), ("D", 1)]
    assert told["left_out"] == {"newly-above-scale": 1, "public-utility": 1, "start-up": 1, "missing": 1}
    rows = client.get(f"/api/v1/evaluation-results/?evaluation={evaluation.pk}&grade=A").json()["results"]
    assert [(row["name"], row["grade"], row["final"]) for row in rows] == [("企业1", "A", True), ("企业2", "A", True)]
    assert rows[0]["indicators"][0] | {"part": None} == {
        "code": "tax_per_mu", "unit": "万元/亩", "value": 18.0, "points": pytest.approx(100 * 18 / BASE), "part": None,
    }  # fmt: skip
    client.force_login(world.people["cityB"])
    assert client.get(f"/api/v1/evaluations/{evaluation.pk}/").status_code == 404
