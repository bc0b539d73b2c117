"""A proceeding from a finished run to a final result: every move, the second person, the chain, the moment, objections."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.enums import NoticeKind, Role
from accounts.models import Notice, User
from assessments import services, tasks
from assessments.chain import is_intact
from assessments.enums import OBJECTION_MOVES, PROCEEDING_MOVES, Disclosure, ObjectionStatus, ProceedingStatus
from assessments.exceptions import ProceedingChanged, ProceedingRefused
from assessments.models import CalendarDay, Decision, Objection, Proceeding, ProceedingAct, Publication, Run
from assessments.publishing import close_window, publish
from assessments.services import DecisionInput
from assessments.workdays import workday_after
from tests.assessments.conftest import YEAR, Province

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"


@dataclass
class Case:
    """A proceeding with those who act in it."""

    province: Province
    staff: User
    lead: User
    other: User
    proceeding: Proceeding

    @property
    def now(self) -> Proceeding:
        return Proceeding.objects.get(pk=self.proceeding.pk)

    def act(self, service, by, **arguments):
        return service(by=by, proceeding_id=self.proceeding.pk, base_revision=self.now.revision, **arguments)

    def decide(self, **outcomes):
        """Every zone as proposed, or kept where nothing is; `outcomes` by zone otherwise, with a reason."""
        results = self.now.run.results.select_related("zone")
        rows = [
            DecisionInput(r.zone.code, outcomes.get(r.zone.code, "keep"), reason="会议决定")
            if r.zone.code in outcomes or r.proposal == "undecided"
            else DecisionInput(r.zone.code, r.proposal)
            for r in results
        ]
        return self.act(services.decisions_record, self.staff, rows=rows)

    def submit(self, disclosure=Disclosure.EVERYTHING, top_n=None):
        moment = timezone.now() + timedelta(hours=1)
        given = {
            "minutes": "会议纪要",
            "disclosure": disclosure,
            "top_n": top_n,
            "window_days": 5,
            "publish_at": moment,
        }
        return self.act(services.proceeding_submit, self.staff, **given)

    def confirm(self):
        return self.act(services.proceeding_confirm, self.lead)

    def publish(self) -> Publication:
        moment = self.now.publish_at
        assert moment is not None
        publication = publish(self.proceeding.pk, by=None, now=moment)
        assert publication is not None
        return publication

    def close(self):
        newest = self.proceeding.publications.latest("sequence")
        assert close_window(self.proceeding.pk, today=newest.closes_on + timedelta(days=1))

    def until_public(self, **how) -> Publication:
        self.decide()
        self.submit(**how)
        self.confirm()
        return self.publish()


def run_of(province, by) -> Run:
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=by)
    tasks.run_execute(run.pk)
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def case(province):
    staff, lead = province.staff(), province.user("lead", Role.OFFICE_LEAD)
    proceeding = services.proceeding_open(by=staff, run=run_of(province, staff))
    return Case(province, staff, lead, province.staff("other"), proceeding)


def test_from_a_run_to_a_final_result(case):
    publication = case.until_public()
    assert len(publication.content["rows"]) == publication.run.results.count()
    case.close()
    final = case.act(services.proceeding_finalise, case.lead, bulletin_number="豫集聚办〔2024〕5号")
    assert final.status == ProceedingStatus.FINAL
    kinds = list(final.acts.values_list("kind", flat=True))
    assert kinds == ["opened", "decided", "submitted", "confirmed", "published", "window_closed", "finalised"]
    assert is_intact(final)
    with pytest.raises(IntegrityError, match="finished proceeding is frozen"), transaction.atomic():
        Proceeding.objects.filter(pk=final.pk).update(minutes="改")


@pytest.mark.parametrize(("old", "new"), list(product(ProceedingStatus.values, repeat=2)))
def test_every_pair_of_statuses_of_a_proceeding(case, old, new):
    """The database knows the same moves as the table."""
    finished = {"finalised_at": timezone.now(), "finalised_by": case.lead, "bulletin_number": "1号"}
    Proceeding.objects.filter(pk=case.proceeding.pk).update(status=ProceedingStatus.ABANDONED)
    held = Proceeding.objects.create(
        zone_class="cluster", year=YEAR - 5, run=case.proceeding.run, status=old, **finished
    )
    if new in PROCEEDING_MOVES[old] or (old == new and PROCEEDING_MOVES[old]):
        Proceeding.objects.filter(pk=held.pk).update(status=new)
        assert Proceeding.objects.get(pk=held.pk).status == new
    else:
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            Proceeding.objects.filter(pk=held.pk).update(status=new)


@pytest.mark.parametrize(("old", "new"), list(product(ObjectionStatus.values, repeat=2)))
def test_every_pair_of_statuses_of_an_objection(case, old, new):
    publication = case.until_public()
    answered = {"answer": "答复", "answered_by": case.other, "answered_at": timezone.now()}
    zone, manager = case.province.zones["A1"], case.province.manager("A1")
    held = Objection.objects.create(
        publication=publication, zone=zone, text="异议", filed_by=manager, status=old, **answered
    )
    if new in OBJECTION_MOVES[old] or old == new == ObjectionStatus.FILED:
        Objection.objects.filter(pk=held.pk).update(status=new)
        assert Objection.objects.get(pk=held.pk).status == new
    else:
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            Objection.objects.filter(pk=held.pk).update(status=new)


def test_one_proceeding_a_class_and_year_and_only_on_a_finished_run(case):
    with pytest.raises(ProceedingRefused, match="已经启动"):
        services.proceeding_open(by=case.staff, run=case.proceeding.run)
    queued = Run.objects.create(scheme=case.province.scheme, year=YEAR - 1, requested_by=case.staff)
    with pytest.raises(ProceedingRefused, match="已完成的计算"):
        services.proceeding_open(by=case.staff, run=queued)
    with pytest.raises(PermissionDenied):
        services.proceeding_open(by=case.province.manager(), run=case.proceeding.run)


def test_a_decision_that_differs_needs_a_reason_and_leaves_the_proposal_alone(case):
    result = case.now.run.results.exclude(proposal="exit").select_related("zone").first()
    rows = [DecisionInput(result.zone.code, "exit"), DecisionInput("B1", "keep"), DecisionInput("A2", "glory")]
    with pytest.raises(ProceedingRefused) as refused:
        case.act(services.decisions_record, case.staff, rows=rows)
    assert len(refused.value.reasons) >= 3
    assert not Decision.objects.exists(), "all or none"
    case.decide(**{result.zone.code: "exit"})
    decision = Decision.objects.get(zone=result.zone)
    assert (decision.outcome, decision.result.proposal) == ("exit", result.proposal)


def test_adopting_the_proposals_leaves_out_what_is_undecided(case):
    zones = list(case.province.zones)
    adopted = case.act(services.proposals_adopt, case.staff, zones=zones)
    proposals = dict(case.now.run.results.values_list("zone__code", "proposal"))
    assert {d.zone.code: d.outcome for d in adopted} == {z: p for z, p in proposals.items() if p != "undecided"}


def test_submitting_names_the_zones_without_a_decision(case):
    case.act(services.decisions_record, case.staff, rows=[DecisionInput("A1", "keep", "会议决定")])
    with pytest.raises(ProceedingRefused, match="还有 5 个园区没有拟定决定"):
        case.submit()


def test_nobody_confirms_their_own_decisions(case):
    case.decide()
    case.submit()
    with pytest.raises(PermissionDenied, match="须由他人复核"):
        case.act(services.proceeding_confirm, case.staff)
    back = case.act(services.proceeding_hand_back, case.lead, reason="A2 的理由不清")
    assert back.status == ProceedingStatus.DECIDING
    case.submit()
    case.confirm()
    with pytest.raises(IntegrityError, match="confirmed decision is frozen"), transaction.atomic():
        Decision.objects.filter(proceeding=case.proceeding).update(outcome="keep")


def test_who_acts_on_an_old_state_is_told(case):
    seen = case.now.revision
    case.decide()
    with pytest.raises(ProceedingChanged) as changed:
        services.decisions_record(by=case.other, proceeding_id=case.proceeding.pk, rows=[], base_revision=seen)
    assert changed.value.current == seen + 1


def test_before_its_moment_nothing_is_published_and_then_once(case):
    case.decide()
    case.submit()
    case.confirm()
    manager = case.province.manager("A1")
    moment = case.now.publish_at
    assert publish(case.proceeding.pk, by=None, now=moment - timedelta(seconds=1)) is None
    assert tasks.proceedings_advance() == 0
    Proceeding.objects.filter(pk=case.proceeding.pk).update(publish_at=timezone.now())
    assert tasks.proceedings_advance() == 1
    assert tasks.proceedings_advance() == 0, "a second delivery changes nothing"
    assert Publication.objects.count() == 1
    assert Notice.objects.filter(recipient=manager, kind=NoticeKind.ASSESSMENT).count() == 1
    with pytest.raises(IntegrityError, match="only grow"), transaction.atomic():
        Publication.objects.update(content={})


@pytest.mark.parametrize(
    ("disclosure", "top_n", "columns"),
    [
        (Disclosure.EVERYTHING, None, {"zone", "name", "city", "rank", "group_size", "grade", "outcome"}),
        (Disclosure.GRADES, None, {"zone", "name", "city", "grade", "outcome"}),
        (Disclosure.TOP, 2, {"zone", "name", "city", "rank"}),
    ],
)
def test_a_publication_shows_what_the_office_chose(case, disclosure, top_n, columns):
    rows = case.until_public(disclosure=disclosure, top_n=top_n).content["rows"]
    assert all(set(row) == columns for row in rows)
    assert len(rows) == (top_n or case.now.run.results.count())


def test_a_publication_may_leave_every_zone_to_itself(case):
    assert case.until_public(disclosure=Disclosure.OWN).content["rows"] == []


def test_an_upheld_objection_leads_to_a_new_run_and_a_second_publication(case):
    publication = case.until_public()
    manager, zone = case.province.manager("A1"), case.province.zones["A1"]
    proof = File(io.BytesIO(PDF), name="证明.pdf")
    filed = services.objection_file(
        by=manager, publication_id=publication.pk, zone=zone, text="税收有误", files=[proof]
    )
    assert filed.files.get().name == "证明.pdf"
    for decider in (case.staff, case.lead):
        with pytest.raises(PermissionDenied, match="须由他人答复"):
            services.objection_answer(by=decider, objection_id=filed.pk, uphold=True, answer="属实")
    case.close()
    with pytest.raises(ProceedingRefused, match="没有答复"):
        case.act(services.proceeding_finalise, case.lead, bulletin_number="5号")
    services.objection_answer(by=case.other, objection_id=filed.pk, uphold=True, answer="属实")
    with pytest.raises(ProceedingRefused, match="有异议成立"):
        case.act(services.proceeding_finalise, case.lead, bulletin_number="5号")
    again = run_of(case.province, case.staff)
    case.act(services.run_replace, case.staff, run=again, reason="异议成立")
    assert case.now.status == ProceedingStatus.DECIDING
    kept = Decision.objects.filter(proceeding=case.proceeding, version=2)
    assert set(kept.values_list("result__run", flat=True)) == {again.pk}
    case.decide()
    case.submit()
    case.confirm()
    second = case.publish()
    assert (second.sequence, second.run_id) == (2, again.pk)
    assert Publication.objects.get(sequence=1).run_id == publication.run_id, "what was published stays"
    case.close()
    final = case.act(services.proceeding_finalise, case.lead, bulletin_number="5号")
    assert is_intact(final)


def test_without_an_upheld_objection_a_published_result_is_not_replaced(case):
    case.until_public()
    case.close()
    with pytest.raises(ProceedingRefused, match="没有成立的异议"):
        case.act(services.run_replace, case.staff, run=run_of(case.province, case.staff), reason="想重算")


def test_objections_are_the_zones_own_within_the_window_one_at_a_time(case):
    publication = case.until_public()
    zone, manager = case.province.zones["A1"], case.province.manager("A1")
    ask = {"publication_id": publication.pk, "zone": zone, "text": "有误"}
    for stranger in (case.staff, case.province.manager("A2")):
        with pytest.raises(PermissionDenied):
            services.objection_file(by=stranger, **ask)
    with pytest.raises(ProceedingRefused, match="不是可以上传的类型"):
        services.objection_file(by=manager, **ask, files=[File(io.BytesIO(b"MZ"), name="a.exe")])
    assert not Objection.objects.exists(), "nothing is half saved"
    first = services.objection_file(by=manager, **ask)
    with pytest.raises(ProceedingRefused, match="已有一件"):
        services.objection_file(by=manager, **ask)
    services.objection_withdraw(by=manager, objection_id=first.pk)
    with pytest.raises(ProceedingRefused, match="不能改为"):
        services.objection_answer(by=case.other, objection_id=first.pk, uphold=False, answer="晚了")
    case.close()
    with pytest.raises(ProceedingRefused, match="不再受理"):
        services.objection_file(by=manager, **ask)


def test_a_confirmed_proceeding_can_be_taken_back_before_it_is_published(case):
    case.decide()
    case.submit()
    case.confirm()
    assert case.act(services.proceeding_reopen, case.lead, reason="数据有更正").status == ProceedingStatus.DECIDING
    case.decide()
    assert set(Decision.objects.filter(proceeding=case.proceeding).values_list("version", flat=True)) == {1, 2}


def test_one_given_up_makes_room_for_another(case):
    case.act(services.proceeding_abandon, case.staff, reason="办法有误")
    assert services.proceeding_open(by=case.staff, run=case.proceeding.run).pk != case.proceeding.pk


def test_the_chain_tells_of_any_change(case):
    case.decide()
    assert is_intact(case.now)
    with pytest.raises(IntegrityError, match="only grow"), transaction.atomic():
        ProceedingAct.objects.update(reason="改")
    forged = case.now.acts.order_by("pk").last()
    forged.pk, forged.reason, forged.previous_digest = None, "伪造", forged.digest
    forged.save()
    assert not is_intact(case.now)


def test_workdays_follow_the_offices_calendar():
    thursday = date(2024, 9, 26)
    assert workday_after(thursday, 1) == date(2024, 9, 27)
    assert workday_after(thursday, 2) == date(2024, 9, 30)
    CalendarDay.objects.create(day=date(2024, 9, 29), works=True, name="国庆调休", document="测试")
    for day in range(1, 8):
        CalendarDay.objects.create(day=date(2024, 10, day), works=False, name="国庆", document="测试")
    assert workday_after(thursday, 2) == date(2024, 9, 29)
    assert workday_after(thursday, 4) == date(2024, 10, 8)
