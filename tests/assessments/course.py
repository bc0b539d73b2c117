"""Brings a run through its proceeding to a stage, by the services, as the office would."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from assessments import services
from assessments.access import Stage
from assessments.enums import Disclosure
from assessments.models import Proceeding, Publication, Run
from assessments.publishing import close_window, publish
from assessments.selectors.consequences import barred_from_rising
from assessments.services import DecisionInput

WAY = (Stage.DECIDING, Stage.CONFIRMING, Stage.EMBARGOED, Stage.PUBLIC, Stage.REVIEWING, Stage.FINAL)


class Course:
    """A proceeding; `staff` decides, `lead` confirms."""

    def __init__(self, proceeding: Proceeding, staff: User, lead: User) -> None:
        self.pk, self.staff, self.lead = proceeding.pk, staff, lead

    @property
    def proceeding(self) -> Proceeding:
        return Proceeding.objects.get(pk=self.pk)

    @property
    def publication(self) -> Publication:
        return Publication.objects.filter(proceeding=self.pk).latest("sequence")

    def act(self, service, by, **arguments):
        return service(by=by, proceeding_id=self.pk, base_revision=self.proceeding.revision, **arguments)

    def decide(self):
        """Every zone as proposed; kept where nothing is, and where an open measure bars it from rising."""
        results = list(self.proceeding.run.results.select_related("zone"))
        barred = barred_from_rising({r.zone_id for r in results if r.proposal == "promote"}, timezone.localdate())
        rows = [
            DecisionInput(r.zone.code, "keep", "会议决定")
            if r.proposal == "undecided" or r.zone_id in barred
            else DecisionInput(r.zone.code, r.proposal)
            for r in results
        ]
        return self.act(services.decisions_record, self.staff, rows=rows)

    def submit(self, disclosure=Disclosure.EVERYTHING, top_n=None):
        moment = timezone.now() + timedelta(minutes=1)
        how = {"disclosure": disclosure, "top_n": top_n, "window_days": 5, "publish_at": moment}
        return self.act(services.proceeding_submit, self.staff, minutes="会议纪要", **how)

    def confirm(self):
        return self.act(services.proceeding_confirm, self.lead)

    def publish(self) -> Publication:
        moment = self.proceeding.publish_at
        assert moment is not None
        publication = publish(self.pk, by=None, now=moment)
        assert publication is not None
        return publication

    def close(self):
        assert close_window(self.pk, today=self.publication.closes_on + timedelta(days=1))

    def finalise(self):
        return self.act(services.proceeding_finalise, self.lead, bulletin_number="5号")

    def to(self, stage: Stage, **how) -> Course:
        """Go on to the stage from wherever it stands."""
        steps = {
            Stage.CONFIRMING: lambda: (self.decide(), self.submit(**how)),
            Stage.EMBARGOED: self.confirm,
            Stage.PUBLIC: self.publish,
            Stage.REVIEWING: self.close,
            Stage.FINAL: self.finalise,
        }
        at = WAY.index(Stage(self.proceeding.status))
        for step in WAY[at + 1 : WAY.index(stage) + 1]:
            steps[step]()
        return self


def open_on(run: Run, staff: User, lead: User) -> Course:
    return Course(services.proceeding_open(by=staff, run=run), staff, lead)


def publish_run(run: Run, staff: User, lead: User, disclosure=Disclosure.EVERYTHING) -> Publication:
    """From a finished run to its publication."""
    return open_on(run, staff, lead).to(Stage.PUBLIC, disclosure=disclosure).publication
