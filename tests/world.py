"""A small whole: two cities, their zones, figures, returns in every state, a finished run, targets, people of every role.

Names and figures are made up and mean no real zone. `grow` adds as much again of everything that stands in lists.
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Duty, NoticeKind, OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from accounts.services import Letter, apikey_create, notices_send
from assessments.enums import SchemeStatus
from assessments.models import Evaluation, Incident, Proceeding, Run
from assessments.services import incident_record
from assessments.tasks import run_execute
from indicators.enums import (
    Dimension,
    Direction,
    IndicatorKind,
    IndicatorScope,
    ReturnStatus,
    RoundStatus,
    RuleKind,
    Severity,
)
from indicators.models import (
    Answer,
    CheckRule,
    Correction,
    CorrectionItem,
    Evidence,
    Indicator,
    ProvinceValue,
    Question,
    Return,
    ReturnAct,
    Round,
    Value,
)
from indicators.services.acceptance import batch_reason
from parks.enums import Certainty, EventKind
from parks.models import Region, ZoneAlias, ZoneEvent
from policy.models import Carrier, Document, Instrument, Provision
from targets.enums import Measure, Operator, Origin
from targets.models import Judgement, Progress, Quota, QuotaSheet, ReportedProgress, Target
from targets.services import judgement_record
from targets.tasks import recompute
from tests import (
    compliance_world,
    consequence_world,
    department_world,
    evaluation_world,
    evidence_world,
    proceeding_world,
    register_world,
    upload_world,
)
from tests.assessments.conftest import CODES, SCHEME, YEAR, Province, figures

PEOPLE = {
    "office": (Role.OFFICE_LEAD, "office"),
    "staff": (Role.OFFICE_STAFF, "office"),
    "sysadmin": (Role.ADMINISTRATOR, "office"),
    "cityA": (Role.CITY_REVIEWER, "city-A"),
    "cityB": (Role.CITY_REVIEWER, "city-B"),
    "viewerA": (Role.COUNTY_VIEWER, "city-A"),
    "parkA1": (Role.PARK_MANAGER, "park-A1"),
    "fillerA1": (Role.PARK_FILLER, "park-A1"),
    "proxyA": (Role.PROXY_FILLER, "city-A"),
    "parkB1": (Role.PARK_MANAGER, "park-B1"),
    "statistics": (Role.DEPARTMENT_OFFICER, "dept-statistics"),
    "customs": (Role.DEPARTMENT_OFFICER, "dept-customs"),
    "nobody": (None, ""),
}
STATUSES = (ReturnStatus.DRAFT, ReturnStatus.SUBMITTED, ReturnStatus.CITY_ACCEPTED)


@dataclass
class World(Province):
    """See the module; `names` are what addresses in tests/access_matrix.csv are filled in from."""

    people: dict[str, User] = field(default_factory=dict)
    names: dict[str, object] = field(default_factory=dict)
    round: Round = None  # type: ignore[assignment]  # set by build()
    document: Document = None  # type: ignore[assignment]
    correction: Correction = None  # type: ignore[assignment]
    incident: Incident = None  # type: ignore[assignment]
    proceeding: Proceeding = None  # type: ignore[assignment]
    evaluation: Evaluation = None  # type: ignore[assignment]
    size: int = 0

    def grow(self) -> None:
        """Three more zones in each city, with all that hangs on them, and as many more of everything else."""
        self.size += 1
        first, last = 3 * self.size - 2, 3 * self.size
        for letter in "AB":
            for number, status in zip(range(first, last + 1), STATUSES, strict=True):
                self._add_zone_with_all(f"{letter}{number}", number, status)
        self._add_catalogue()
        self._add_promises()
        self._add_corrections()
        self._add_round(YEAR + 1 + self.size, RoundStatus.PLANNED)
        self.scheme = self.add_scheme(version=f"1.{self.size}", text=SCHEME.replace('"1.0"', f'"1.{self.size}"'))
        run = Run.objects.create(scheme=self.scheme, year=YEAR, requested_by=self.people["office"])
        run_execute(run.pk)
        self.run = Run.objects.get(pk=run.pk)
        self.incident = incident_record(
            by=self.people["office"], zone=self.zones[f"A{first}"], kind="safety_accident", severity="major",
            on=date(YEAR, 6, self.size), title="事故", document_number=f"〔{YEAR}〕{self.size}号", issuer="应急管理部门",
            files=[SimpleUploadedFile("a.pdf", b"%PDF-1.4 a")],
        )  # fmt: skip
        fresh = [self.zones[f"{letter}{number}"] for letter in "AB" for number in range(first, last + 1)]
        consequence_world.bring(self.run, fresh, self.people["office"], 1990 + self.size)
        self.key, _secret = apikey_create(by=self.people["office"], name="取数", scopes=["read"], days=1)
        notices_send(to=[self.people["office"]], letter=Letter(NoticeKind.ROUND, f"key{self.size}", "开放", "Open"))
        proceeding_world.grow(self)
        inside = [zone for zone in fresh if zone.code.startswith("A")]
        self.evaluation = evaluation_world.bring(inside, self.regions["A"], self.people, self.size)
        compliance_world.bring(self)
        recompute(newest=self.size)
        self._add_acts_on_targets()

    def _add_zone_with_all(self, code: str, number: int, status: str) -> None:
        zone = self.add_zone(code)
        Region.objects.create(code=f"42{ord(code[0])}{number:02d}", name=f"{code}县", level="county", kind="县",
                              parent=self.regions[code[0]], certainty=Certainty.A, source="test")  # fmt: skip
        ZoneAlias.objects.create(zone=zone, name=f"{code}别名", certainty=Certainty.A)
        ZoneEvent.objects.create(zone=zone, year=2020, happened_on="2020", kind=EventKind.values[0], title="批准",
                                 certainty=Certainty.A, source_grade="official")  # fmt: skip
        for year in (YEAR - 1, YEAR):
            self.add_values(code, year, figures(number))
        return_ = Return.objects.create(round=self.round, zone=zone, due_on=self.round.due_on)
        self.add_values(code, self.round.year, figures(number), return_ref=return_)
        ReturnAct.objects.create(return_ref=return_, kind="submitted", actor=None, at="2024-01-01T00:00Z",
                                 return_revision=1, digest=code)  # fmt: skip
        office = self.people["office"]
        question = Question.objects.create(return_ref=return_, indicator=self.indicators[CODES[0]], text="为什么？",
                                           asked_by=office, closed_by=office, closed_at="2024-01-02T00:00Z")  # fmt: skip
        former, _new = User.objects.get_or_create(username="former")
        Answer.objects.create(question=question, text="因为", by=former)
        evidence_world.prove(return_, self.indicators[CODES[0]], former)
        register_world.keep(zone, office)
        known = zip(CODES, figures(number), strict=True)
        department_world.know(zone, {self.indicators[code]: figure for code, figure in known})
        Return.objects.filter(pk=return_.pk).update(status=status)

    def _add_round(self, year: int, status: str) -> Round:
        round_ = Round.objects.create(year=year, name=f"{year}年度", status=status, zone_classes=["cluster"],
                                      opens_on=date(year + 1, 1, 1), due_on=date(year + 1, 3, 1))  # fmt: skip
        round_.indicators.set(self.indicators.values())
        return round_

    def add_person(self, name: str) -> User:
        """One of PEOPLE, once."""
        role, code = PEOPLE[name]
        if name not in self.people:
            self.people[name] = User.objects.create_user(name, password="x")
            if role:
                body = Organisation.objects.get(code=code)
                Membership.objects.create(user=self.people[name], organisation=body, role=role)
        return self.people[name]

    def _add_corrections(self) -> None:
        """A month of which the first zones' returns are accepted; that of A's manager asks for a figure to be corrected."""
        month = f"{YEAR - 5}-{self.size:02d}"
        round_ = Round.objects.create(year=YEAR - 5, period=month, frequency="month", name=month, status="closed",
                                      zone_classes=["cluster"], opens_on=date(YEAR, 1, 1), due_on=date(YEAR, 2, 1))  # fmt: skip
        round_.indicators.set(self.indicators.values())
        manager = self.add_person("parkA1")
        for code in ("A1", "A2", "B1"):
            return_ = Return.objects.create(round=round_, zone=self.zones[code], due_on=round_.due_on)
            Value.objects.create(return_ref=return_, zone=self.zones[code], indicator=self.indicators[CODES[0]],
                                 year=round_.year, period=month, number=5)  # fmt: skip
            Return.objects.filter(pk=return_.pk).update(status=ReturnStatus.ACCEPTED)
            if code == "A1":
                self.correction = Correction.objects.create(return_ref=return_, reason="抄错", requested_by=manager)
                CorrectionItem.objects.create(correction=self.correction, indicator=self.indicators[CODES[0]],
                                              old_number=5, new_number=6)  # fmt: skip

    def _add_catalogue(self) -> None:
        for number in range(len(CODES)):
            self.add_indicator(f"extra_{self.size}_{number}")
        for number, kind in enumerate((RuleKind.REQUIRED, RuleKind.OUTLIER)):
            CheckRule.objects.create(code=f"X{self.size}{number}", kind=kind, severity=Severity.NOTICE, items=[CODES[0]],
                                     parameters=OUTLIER if kind == RuleKind.OUTLIER else {}, message_zh="核对",
                                     message_en="Check", basis="test", position=CheckRule.objects.count())  # fmt: skip
        series = self.add_indicator(f"series_{self.size}", scope=IndicatorScope.PROVINCE)
        ProvinceValue.objects.create(indicator=series, year=YEAR, number=3, source_note="test")

    def add_indicator(self, code: str, **fields: object) -> Indicator:
        given = {"name_zh": code, "name_en": code, "dimension": Dimension.INNOVATION, "kind": IndicatorKind.BASE,
                 "unit": "%", "unit_en": "%", "direction": Direction.HIGHER, "department": Duty.STATISTICS,
                 "source": "test", "certainty": Certainty.C, "zone_classes": ["cluster"],
                 "position": Indicator.objects.count()}  # fmt: skip
        return Indicator.objects.create(code=code, **{**given, **fields})

    def _add_promises(self) -> None:
        for number in range(3):
            code = f"P{self.size}{number:02d}"
            instrument = Instrument.objects.create(document=self.document, key=f"tool_{code}", kind="target",
                                                   name_zh="目标", name_en="Target", subject="zone", fields=TOOL)  # fmt: skip
            provision = Provision.objects.create(document=self.document, code=code, section="一", kind="target",
                                                 quote="做到", start=7, end=9, gloss_en="Do it", subject="zone",
                                                 instrument=instrument)  # fmt: skip
            Carrier.objects.create(instrument=instrument, owner="targets", url_name="target_list", label_zh="目标",
                                   label_en="Targets")  # fmt: skip
            Target.objects.create(code=f"T{self.size}{number:02d}", provision=provision, name_zh="目标", name_en="Target",
                                  year=2020, operator=Operator.AT_LEAST, value=1, unit="个", tolerance_by="原文",
                                  measure=Measure.PROVINCE_SERIES, spec={"indicator": f"series_{self.size}"},
                                  lead=Duty.COORDINATION, position=Target.objects.count())  # fmt: skip

        common = {"year": 2030, "operator": Operator.AT_LEAST, "tolerance_by": "办公室", "lead": Duty.COORDINATION,
                  "provision": Provision.objects.get(code=f"P{self.size}00"), "name_zh": "目标", "name_en": "Target"}  # fmt: skip
        for code, measure, spec, value in (
            (
                f"C{self.size}",
                Measure.COUNT_ZONES,
                {"zone_class": "cluster", "expression": CODES[0], "above": 0, "unit": "%"},
                3,
            ),
            (f"O2030-{self.size}", Measure.COUNT_DESIGNATIONS, {"zone_class": "cluster"}, 3),
            (f"Q{self.size}", Measure.QUALITATIVE, {"proxies": [CODES[0]]}, None),
        ):
            Target.objects.create(code=code, measure=measure, spec=spec, value=value, unit="个" if value else "",
                                  position=Target.objects.count(),
                                  origin=Origin.OFFICE if code.startswith("O") else Origin.PACK, **common)  # fmt: skip

    def _add_acts_on_targets(self) -> None:
        """A judgement with its document, a reported year, a target divided among cities and zones."""
        office = self.people["office"]
        judgement_record(by=office, code=f"Q{self.size}", year=YEAR, verdict="partly", evidence="依据写在这里，十个字以上。",
                         on=date(YEAR, 12, 31), file=SimpleUploadedFile("b.pdf", b"%PDF-1.4 b"))  # fmt: skip
        counted = Target.objects.get(code=f"C{self.size}")
        for row in Progress.objects.filter(target__code__in=[counted.code, f"T{self.size}00"], value__isnull=False):
            ReportedProgress.objects.create(
                target=row.target, year=row.year, vintage=1, reason="first", value=row.value, status=row.status,
                goal=row.target.value or 0, target_revision=1, data_change_id=1, digest="0" * 64, reported_by=office,
                reported_at="2024-01-01T00:00Z",
            )  # fmt: skip
        for city, places in ((None, self.regions), (self.regions["A"], self.zones)):
            held = {name: place for name, place in places.items() if city is None or name.startswith("A")}
            sheet = QuotaSheet.objects.create(
                target=counted, city=city, number=1, whole=len(held), total=len(held), set_by=office
            )
            for place in held.values():
                Quota.objects.create(sheet=sheet, value=1, **{"region" if city is None else "zone": place})


OUTLIER = {"threshold": 5, "least": 2, "fewest": 8}
TOOL = "op=>=|value=1|unit=个|year=2020|tolerance=0|tolerance_by=text|measure=count|over=zone"


def build() -> World:
    """Make it; needs a database."""
    office = Organisation.objects.create(code="office", name="办公室", kind=OrganisationKind.OFFICE)
    world = World(office)
    for letter in "AB":
        world.add_city(letter)
    for code in CODES:
        world.indicators[code] = world.add_indicator(code)
    world.round = world._add_round(YEAR + 1, RoundStatus.OPEN)
    world.document = Document.objects.create(code="test", number="测〔2017〕1号", title="测试", title_en="Test",
                                             issuer="测试", issued_on=date(2017, 12, 12), text="测试\n一、做到\n")  # fmt: skip
    world.people["office"] = User.objects.create_user("office", password="x")
    Membership.objects.create(user=world.people["office"], organisation=office, role=Role.OFFICE_LEAD)
    department_world.deliver(office, world.people["office"])
    world.grow()
    for name in PEOPLE:
        world.add_person(name)
    world.people["root"] = User.objects.create_superuser("root")
    world.names = _names(world) | proceeding_world.names(world)
    return world


def _names(world: World) -> dict[str, object]:
    returns = {row.zone.code: row.pk for row in Return.objects.filter(round=world.round).select_related("zone")}
    queued = Run.objects.create(scheme=world.scheme, year=YEAR - 1, requested_by=world.people["office"])
    own, _secret = apikey_create(by=world.people["parkA1"], name="取数", scopes=["read"], days=1)
    notices_send(to=[world.people["parkA1"]], letter=Letter(NoticeKind.ROUND, "opened", "开放", "Open"))
    asked = Question.objects.create(return_ref_id=returns["A1"], text="为什么？", asked_by=world.people["office"])
    texts = {number: SCHEME.replace('"1.0"', f'"9.{number}"').replace("count: 1", "count: 2") for number in (1, 2)}
    drafted = world.add_scheme(texts[1], SchemeStatus.DRAFT, version="9.1", parent=world.scheme)
    waiting = {"submitted_by": world.people["statistics"], "submitted_at": "2024-01-01T00:00Z"}
    pending = world.add_scheme(texts[2], SchemeStatus.PENDING, version="9.2", parent=world.scheme, **waiting)
    batch = uuid4()
    ReturnAct.objects.create(return_ref_id=returns["A3"], kind="city_accepted", actor=None, at="2024-01-02T00:00Z",
                             reason=batch_reason(batch), return_revision=1, digest="A3")  # fmt: skip
    return {
        "question": asked.pk,
        "evidence": Evidence.objects.get(return_ref=returns["A1"]).pk,
        "batch": batch,
        "notice": world.people["parkA1"].notices.get().pk,
        **compliance_world.names(),
        **consequence_world.names(world.people["office"]),
        **department_world.names(world.people, world.indicators[CODES[0]]),
        "upload": upload_world.waiting(world.people["fillerA1"], returns["A1"], CODES[0], 7).pk,
        **register_world.names(world.people, world.zones["A1"]),
        **evaluation_world.names(world.evaluation, world.zones["A1"]),
        "zone": "A1",
        "round": world.round.pk,
        "correction": world.correction.pk,
        "incident": world.incident.pk,
        "incident_file": world.incident.files.get().pk,
        "accepted": Return.objects.filter(zone__code="A2", status=ReturnStatus.ACCEPTED).latest("pk").pk,
        "planned_round": Round.objects.get(status=RoundStatus.PLANNED).pk,
        "draft": returns["A1"],
        "submitted": returns["A2"],
        "city_accepted": returns["A3"],
        "indicator": CODES[0],
        "rule": "X10",
        "target": "T100",
        "counted_target": "C1",
        "office_target": "O2030-1",
        "goal": "Q1",
        "judgement": Judgement.objects.get(target__code="Q1").pk,
        "reported": ReportedProgress.objects.filter(target__code="C1").first().pk,
        "quota": Quota.objects.get(sheet__target__code="C1", region__code=f"41{ord('A'):04d}").pk,
        "provision": "P100",
        "instrument": "tool_P100",
        "scheme": world.scheme.pk,
        "draft_scheme": drafted.pk,
        "pending_scheme": pending.pk,
        "run": world.run.pk,
        "queued_run": queued.pk,
        "result": world.run.results.get(zone__code="A1").pk,
        "value": world.zones["A1"].values.first().pk,
        "progress": Target.objects.get(code="T100").progress.first().pk,
        "key": own.pk,
        "region": "41" + f"{ord('A'):04d}",
        "designation": "A1",
    }
