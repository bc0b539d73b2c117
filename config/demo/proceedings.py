"""Official processes on the demonstration runs (演示考核程序): earlier years final, the newest in all stages.

Everything goes through the services of the portal; the clock is set back, so that a year's acts are dated in the summer after it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pghistory
from django.utils import timezone

from accounts.models import User
from accounts.services import notices_read
from assessments import clock, services
from assessments.enums import Disclosure, ProposalKind
from assessments.models import Proceeding, Publication, Run
from assessments.publishing import close_window, publish
from assessments.selectors.consequences import barred_from_rising
from assessments.services import DecisionInput
from config.demo.users import DEMO_ZONE
from parks.enums import ZoneClass
from parks.models import Zone

MINUTES = "演示：联席会议办公室逐项审议了规则提出的建议，缺报待定的园区补报核实后保持。"
UNDECIDED = "演示：补报核实后，决定保持。"
LENIENT = "演示：当年受灾停产，主要项目已复产，先予重点关注。"
BARRED = "演示：处置措施尚未解除，依 P199 不予升级，决定保持。"
OBJECTION = "演示：我区当年有一家企业的税收由市级统一入库，未计入本园区，请核对。"
BULLETINS = {ZoneClass.CLUSTER: 1, ZoneClass.CUSTOMS: 2, ZoneClass.ETDZ: 3, ZoneClass.HTZ: 4}


def build(*, actor: User, year: int, newest: int) -> int:
    """A proceeding for each class's run of the year; returns how many. Those of the newest year stand in different stages."""
    runs = list(Run.objects.done().filter(year=year).select_related("scheme").defer("inputs").order_by("pk"))
    with pghistory.context(user=actor.pk, command="demo_data"):
        if year == newest:
            _newest({ZoneClass(run.scheme.zone_class): run for run in runs})
            return len(runs)
        for run in runs:
            number = f"演示〔{year + 1}〕{BULLETINS[ZoneClass(run.scheme.zone_class)]}号"
            Course(run, computed_at(year, newest) + timedelta(days=2)).until_final(number)
        for person in User.objects.filter(notices__isnull=False).distinct():
            notices_read(by=person)  # what was told years ago is no news
    return len(runs)


def computed_at(year: int, newest: int) -> datetime:
    """When a year's runs are computed: on 3 June after it; those of the newest year six days ago."""
    if year == newest:
        return timezone.now() - timedelta(days=6)
    return datetime(year + 1, 6, 3, 9, tzinfo=timezone.get_current_timezone())


def _newest(runs: dict[ZoneClass, Run]) -> None:
    """One class public with an objection, one waiting for its moment, one for a second person, one half decided."""
    now = timezone.now()
    for zone_class, run in runs.items():
        course = Course(run, now - timedelta(days=5))
        course.open()
        course.at += timedelta(days=1)
        if zone_class == ZoneClass.ETDZ:
            course.adopt(ProposalKind.KEEP)
            continue
        course.adopt()
        course.decide()
        course.at += timedelta(hours=6)
        if zone_class == ZoneClass.CLUSTER:
            moment = now - timedelta(days=1)
            course.submit(Disclosure.EVERYTHING, moment)
            course.at += timedelta(days=1)
            course.confirm()
            _object(course.publish(moment))
            continue
        morning = datetime.combine(
            timezone.localdate() + timedelta(days=10), time(9), tzinfo=timezone.get_current_timezone()
        )
        course.submit(Disclosure.OWN if zone_class == ZoneClass.CUSTOMS else Disclosure.GRADES, morning)
        if zone_class == ZoneClass.CUSTOMS:
            course.at += timedelta(days=1)
            course.confirm()


def _object(publication: Publication) -> None:
    """The demonstration zone objects; somebody who decided nothing has to answer."""
    zone = Zone.objects.select_related("administration").get(code=DEMO_ZONE)
    if publication.run.results.filter(zone=zone).exists():
        services.objection_file(
            by=User.objects.get(username="park"), publication_id=publication.pk, zone=zone, text=OBJECTION
        )


class Course:
    """One proceeding on its way; each step is dated some days after the one before."""

    def __init__(self, run: Run, start: datetime) -> None:
        self.run = run
        self.at = start
        self.office = User.objects.get(username="office")
        self.lead = User.objects.get(username="lead")
        self.proceeding: Proceeding

    def _now(self) -> Proceeding:
        return Proceeding.objects.get(pk=self.proceeding.pk)

    def _act(self, service: object, by: User, **arguments: object) -> None:
        revision = self._now().revision
        with clock.set_to(self.at):
            service(by=by, proceeding_id=self.proceeding.pk, base_revision=revision, **arguments)  # type: ignore[operator]

    def open(self) -> None:
        with clock.set_to(self.at):
            self.proceeding = services.proceeding_open(by=self.office, run=self.run)

    def adopt(self, *kinds: ProposalKind) -> None:
        """Decide as proposed, for these kinds alone where any are given."""
        results = self.run.results.filter(proposal__in=kinds) if kinds else self.run.results.all()
        self._act(services.proposals_adopt, self.office, zones=list(results.values_list("zone__code", flat=True)))

    def decide(self) -> None:
        """Those without a proposal are kept, so are those a measure bars from rising; one that falls is watched instead."""
        undecided = self.run.results.filter(proposal=ProposalKind.UNDECIDED)
        rows = [DecisionInput(code, "keep", UNDECIDED) for code in undecided.values_list("zone__code", flat=True)]
        falling = (
            self.run.results.filter(proposal=ProposalKind.DEMOTE)
            .order_by("-score")
            .values_list("zone__code", flat=True)
        )
        rows += [DecisionInput(code, "watch", LENIENT) for code in falling[:1]]
        rising = self.run.results.filter(proposal=ProposalKind.PROMOTE).values_list("zone", "zone__code")
        barred = barred_from_rising({pk for pk, _code in rising}, self.at.date())
        rows += [DecisionInput(code, "keep", BARRED) for pk, code in rising if pk in barred]
        if rows:
            self._act(services.decisions_record, self.office, rows=rows)

    def submit(self, disclosure: Disclosure, publish_at: datetime) -> None:
        self._act(
            services.proceeding_submit,
            self.office,
            minutes=MINUTES,
            disclosure=disclosure,
            top_n=None,
            window_days=5,
            publish_at=publish_at,
        )

    def confirm(self) -> None:
        self._act(services.proceeding_confirm, self.lead)

    def publish(self, moment: datetime) -> Publication:
        with clock.set_to(moment):
            publication = publish(self.proceeding.pk, by=None, now=moment)
        if publication is None:
            raise RuntimeError(f"not published: {self.proceeding}")
        return publication

    def until_final(self, number: str) -> None:
        """From the run to the bulletin."""
        self.open()
        self.at += timedelta(days=2)
        self.adopt()
        self.decide()
        self.at += timedelta(days=1)
        moment = self.at + timedelta(days=4)
        self.submit(Disclosure.GRADES, moment)
        self.at += timedelta(days=1)
        self.confirm()
        publication = self.publish(moment)
        over = publication.closes_on + timedelta(days=1)
        self.at = datetime.combine(over, time(0, 1), tzinfo=moment.tzinfo)
        with clock.set_to(self.at):
            close_window(self.proceeding.pk, today=over)
        self.at += timedelta(days=2, hours=9)
        self._act(services.proceeding_finalise, self.lead, bulletin_number=number)
