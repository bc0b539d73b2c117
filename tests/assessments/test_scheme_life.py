"""The life of a scheme's version: every move of its status, the second person, what is refused and what stays."""

import itertools

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Notice
from assessments import services
from assessments.enums import SCHEME_MOVES, SchemeActKind, SchemeStatus
from assessments.exceptions import SchemeChanged, SchemeFaulty, SchemeRefused
from assessments.models import Scheme, SchemeAct
from assessments.selectors.changes import Change, changes_between
from policy.models import Document, Instrument, Provision
from tests.assessments.conftest import SCHEME

pytestmark = pytest.mark.django_db
PATHS = {
    SchemeStatus.DRAFT: (),
    SchemeStatus.PENDING: (SchemeStatus.PENDING,),
    SchemeStatus.PUBLISHED: (SchemeStatus.PENDING, SchemeStatus.PUBLISHED),
    SchemeStatus.DISCARDED: (SchemeStatus.DISCARDED,),
}


@pytest.fixture
def world(bare, clauses):
    bare.writer = bare.staff("writer")
    bare.lead = bare.user("lead", Role.OFFICE_LEAD)
    return bare


@pytest.fixture
def clauses(db):
    document = Document.objects.create(
        code="test", title="t", number="n", issuer="i", issued_on="2017-01-01", text="x" * 9
    )
    instrument = Instrument.objects.create(document=document, key="k", kind="procedure", name_zh="k", name_en="k")
    for start, code in enumerate(("P193", "P195", "P196", "P197a", "P197c", "P197d")):
        fields = {"document": document, "instrument": instrument, "kind": "procedure", "start": start, "end": start + 1}
        Provision.objects.create(code=code, quote="x", **fields)


def change(scheme, by, old="weight: 50", new="weight: 60", **more):
    text = Scheme.objects.get(pk=scheme.pk).text
    changed = (
        text.replace(old, new).replace("weight: 20", "weight: 10") if old == "weight: 50" else text.replace(old, new)
    )
    fields = {"base_revision": Scheme.objects.get(pk=scheme.pk).revision} | more
    return services.scheme_change(by=by, scheme_id=scheme.pk, text=changed, **fields)


def draft_of(world):
    return change(services.scheme_clone(by=world.writer, scheme=world.scheme), world.writer)


def submitted(world):
    draft = draft_of(world)
    return services.scheme_submit(
        by=world.writer, scheme_id=draft.pk, reason="提高创新权重", base_revision=draft.revision
    )


def row(world, status, **fields):
    """A row brought to a status by the moves that the table allows."""
    scheme = world.add_scheme(SCHEME + "# x", SchemeStatus.DRAFT, version=f"9.{status}", **fields)
    who = {"submitted_by": world.writer, "submitted_at": timezone.now()}
    for step in PATHS[status]:
        extra = (
            who
            if step == SchemeStatus.PENDING
            else {"published_by": world.lead}
            if step == SchemeStatus.PUBLISHED
            else {}
        )
        Scheme.objects.filter(pk=scheme.pk).update(status=step, **extra)
    return scheme


@pytest.mark.parametrize(
    ("old", "new"), [pair for pair in itertools.product(PATHS, SchemeStatus) if pair[0] != pair[1]]
)
def test_every_pair_of_statuses_in_the_database(world, old, new):
    scheme = row(world, old)
    move = Scheme.objects.filter(pk=scheme.pk)
    fields = {"submitted_by": world.writer, "submitted_at": timezone.now(), "published_by": world.lead}
    if new in SCHEME_MOVES[old]:
        move.update(
            status=new,
            **(fields if new == SchemeStatus.PUBLISHED else {k: fields[k] for k in ("submitted_by", "submitted_at")}),
        )
        assert move.get().status == new
        return
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        move.update(status=new, **fields)
    assert move.get().status == old


ACTS = {
    "change": lambda world, s, r: services.scheme_change(
        by=world.writer, scheme_id=s.pk, text=s.text + "\n# y", base_revision=r
    ),
    "submit": lambda world, s, r: services.scheme_submit(
        by=world.writer, scheme_id=s.pk, reason="理由", base_revision=r
    ),
    "hand_back": lambda world, s, r: services.scheme_hand_back(
        by=world.lead, scheme_id=s.pk, reason="理由", base_revision=r
    ),
    "publish": lambda world, s, r: services.scheme_publish(by=world.lead, scheme_id=s.pk, base_revision=r),
    "discard": lambda world, s, r: services.scheme_discard(
        by=world.writer, scheme_id=s.pk, reason="理由", base_revision=r
    ),
}
ALLOWED = {
    ("change", SchemeStatus.DRAFT): SchemeStatus.DRAFT,
    ("submit", SchemeStatus.DRAFT): SchemeStatus.PENDING,
    ("hand_back", SchemeStatus.PENDING): SchemeStatus.DRAFT,
    ("publish", SchemeStatus.PENDING): SchemeStatus.PUBLISHED,
    ("discard", SchemeStatus.DRAFT): SchemeStatus.DISCARDED,
}


@pytest.mark.parametrize(("act", "status"), list(itertools.product(ACTS, PATHS)))
def test_every_act_in_every_status(world, act, status):
    scheme = draft_of(world)
    if status in (SchemeStatus.PENDING, SchemeStatus.PUBLISHED):
        scheme = ACTS["submit"](world, scheme, scheme.revision)
    if status == SchemeStatus.PUBLISHED:
        scheme = ACTS["publish"](world, scheme, scheme.revision)
    if status == SchemeStatus.DISCARDED:
        scheme = ACTS["discard"](world, scheme, scheme.revision)
    before = SchemeAct.objects.filter(scheme=scheme).count()
    if (act, status) in ALLOWED:
        assert ACTS[act](world, scheme, scheme.revision).status == ALLOWED[act, status]
        assert SchemeAct.objects.filter(scheme=scheme).count() == before + 1
        return
    with pytest.raises(SchemeRefused, match="只能在"):
        ACTS[act](world, scheme, scheme.revision)
    assert Scheme.objects.get(pk=scheme.pk).status == status
    assert SchemeAct.objects.filter(scheme=scheme).count() == before


def test_a_version_from_clone_to_publication(world):
    draft = services.scheme_clone(by=world.writer, scheme=world.scheme)
    assert (draft.version, draft.parent, draft.status) == ("1.1", world.scheme, SchemeStatus.DRAFT)
    assert "author: writer" in draft.text
    again = services.scheme_clone(by=world.writer, scheme=world.scheme)
    assert again.version == "1.2"
    draft = change(draft, world.writer, reason="试一试")
    draft = services.scheme_submit(
        by=world.writer, scheme_id=draft.pk, reason="提高创新权重", base_revision=draft.revision
    )
    notice = Notice.objects.get(recipient=world.lead)
    assert (notice.title, notice.text) == ("待您发布：小办法 1.1", "提高创新权重")
    published = services.scheme_publish(by=world.lead, scheme_id=draft.pk, base_revision=draft.revision)
    assert (published.published_by, published.status) == (world.lead, SchemeStatus.PUBLISHED)
    acts = list(published.acts.values_list("kind", "actor__username", "reason"))
    assert acts == [
        ("cloned", "writer", ""),
        ("changed", "writer", "试一试"),
        ("submitted", "writer", "提高创新权重"),
        ("published", "lead", ""),
    ]
    told = [Change.from_data(data) for data in published.acts.get(kind=SchemeActKind.CHANGED).changes]
    assert [(c.subject, c.label, c.before_words, c.after_words) for c in told] == [
        ("研发占比", "权重", "50", "60"),
        ("新兴占比", "权重", "20", "10"),
    ]
    for fields in ({"text": "x"}, {"year_to": 2030}, {"status": SchemeStatus.DRAFT}):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            Scheme.objects.filter(pk=published.pk).update(**fields)


def test_a_second_person_publishes(world):
    other_lead = world.user("lead2", Role.OFFICE_LEAD)
    draft = services.scheme_clone(by=world.writer, scheme=world.scheme)
    change(draft, other_lead)
    draft = change(draft, world.writer, "R&D share", "R and D share")
    scheme = services.scheme_submit(by=world.writer, scheme_id=draft.pk, reason="理由", base_revision=draft.revision)
    with pytest.raises(PermissionDenied, match="须由他人发布"):
        services.scheme_publish(by=other_lead, scheme_id=scheme.pk, base_revision=scheme.revision)
    with pytest.raises(PermissionDenied):
        services.scheme_publish(by=world.writer, scheme_id=scheme.pk, base_revision=scheme.revision)
    # The database holds it too: who ever had a hand in it, and nobody at all.
    for person in (other_lead, world.writer, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            Scheme.objects.filter(pk=scheme.pk).update(status=SchemeStatus.PUBLISHED, published_by=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Scheme.objects.filter(pk=scheme.pk).update(text="x")
    assert (
        services.scheme_publish(by=world.lead, scheme_id=scheme.pk, base_revision=scheme.revision).published_by
        == world.lead
    )


def test_acts_are_only_added(world):
    act = draft_of(world).acts.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeAct.objects.filter(pk=act.pk).update(reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeAct.objects.filter(pk=act.pk).delete()


def test_who_may(world):
    draft = draft_of(world)
    officer = world.user("officer", Role.DEPARTMENT_OFFICER)
    for act in ("change", "submit", "discard"):
        with pytest.raises(PermissionDenied):
            ACTS[act](type("W", (), {"writer": officer, "lead": officer}), draft, draft.revision)
    with pytest.raises(PermissionDenied):
        services.scheme_clone(by=officer, scheme=world.scheme)
    scheme = services.scheme_submit(by=world.writer, scheme_id=draft.pk, reason="理由", base_revision=draft.revision)
    with pytest.raises(PermissionDenied):
        services.scheme_publish(by=world.staff("colleague"), scheme_id=scheme.pk, base_revision=scheme.revision)
    assert set(Scheme.objects.visible_to(officer)) == {world.scheme}
    assert set(Scheme.objects.visible_to(world.writer)) == {world.scheme, scheme}
    assert not Scheme.objects.visible_to(world.manager())
    own = services.scheme_hand_back(by=world.writer, scheme_id=scheme.pk, reason="再改", base_revision=scheme.revision)
    assert (own.status, own.acts.last().kind) == (SchemeStatus.DRAFT, SchemeActKind.WITHDRAWN)


def test_two_people_do_not_overwrite_each_other(world):
    draft = draft_of(world)
    with pytest.raises(SchemeChanged) as error:
        change(draft, world.lead, base_revision=draft.revision - 1)
    assert error.value.current == draft.revision


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("weight: 50", "weight: 55", "children:", "权重合计 105，应为 100"),
        ("rd_share, name", "rd_shore, name", "rd_shore", "指标目录中没有“rd_shore”"),
        ("clauses: [P196]", "clauses: [P999]", "P999", "政策中没有条款“P999”"),
        ("official: true", "official: false", "official", "须为正式办法"),
        ('version: "1.1"', 'version: "neu"', "neu", "版本写作"),
        ("zone_class: cluster", "zone_class: moon", "moon", "没有这个类别"),
        ("missing: worst", "levels: [village]\nmissing: worst", "village", "没有这个级别"),
        ("tree:", "tree: [", "- {indicator: rd_share", "不是有效的 YAML"),
    ],
)
def test_a_faulty_text_is_refused_whole_with_its_lines(world, old, new, at, words):
    draft = services.scheme_clone(by=world.writer, scheme=world.scheme)
    assert old in draft.text
    text = draft.text.replace(old, new)
    with pytest.raises(SchemeFaulty) as error:
        services.scheme_change(by=world.writer, scheme_id=draft.pk, text=text, base_revision=draft.revision)
    fault = next(fault for fault in error.value.faults if words in fault.message_zh)
    assert at in text.splitlines()[(fault.line or 0) - 1]
    stored = Scheme.objects.get(pk=draft.pk)
    assert (stored.digest, stored.revision) == (draft.digest, draft.revision)


def test_nothing_new_is_not_published(world):
    draft = services.scheme_clone(by=world.writer, scheme=world.scheme)
    with pytest.raises(SchemeRefused, match="没有不同"):
        services.scheme_submit(by=world.writer, scheme_id=draft.pk, reason="理由", base_revision=draft.revision)
    draft = change(draft, world.writer)
    with pytest.raises(SchemeRefused, match="请写明理由"):
        services.scheme_submit(by=world.writer, scheme_id=draft.pk, reason="  ", base_revision=draft.revision)


def test_two_methods_for_the_same_zones_are_refused_and_newer_versions_are_not(world):
    rival = services.scheme_clone(by=world.writer, scheme=world.scheme)
    rival = change(rival, world.writer, "code: small", "code: rival")
    with pytest.raises(SchemeRefused, match=r"产业集聚区 .*2020 年起各年度将同时适用两个办法"):
        services.scheme_submit(by=world.writer, scheme_id=rival.pk, reason="理由", base_revision=rival.revision)
    level = change(rival, world.writer, "missing: worst", "missing: worst\nlevels: [national]")
    with pytest.raises(SchemeRefused, match="国家级"):
        services.scheme_submit(by=world.writer, scheme_id=level.pk, reason="理由", base_revision=level.revision)
    early = change(rival, world.writer, "valid_from: 2020", "valid_from: 2010\nvalid_to: 2019")
    assert services.scheme_submit(by=world.writer, scheme_id=early.pk, reason="理由", base_revision=early.revision)
    newer = submitted(world)
    services.scheme_publish(by=world.lead, scheme_id=newer.pk, base_revision=newer.revision)
    older = services.scheme_clone(by=world.writer, scheme=world.scheme)
    older = change(older, world.writer, f'version: "{older.version}"', 'version: "1.0.5"')
    older = change(older, world.writer)
    with pytest.raises(SchemeRefused, match=r"1\.0\.5 不高于已发布的 1\.1"):
        services.scheme_submit(by=world.writer, scheme_id=older.pk, reason="理由", base_revision=older.revision)


def test_a_discarded_version_is_free_again(world):
    draft = draft_of(world)
    services.scheme_discard(by=world.writer, scheme_id=draft.pk, reason="不要了", base_revision=draft.revision)
    assert services.scheme_clone(by=world.writer, scheme=world.scheme).version == "1.1"


def test_differences_are_told_by_name_wherever_things_stand():
    text = SCHEME.replace("weight: 50", "weight: 40").replace("weight: 30", "weight: 40")
    moved = text.replace("count: 1", "count: 2").replace("energy_use, op", "rd_share, op")
    moved = moved.replace("value: null", "value: 3").replace("clauses: [P196]", "clauses: [P196, P195]")
    told = [(c.section, c.subject, c.label, c.before_words, c.after_words) for c in changes_between(SCHEME, moved)]
    assert told == [
        ("参数", "隐患界限", "取值", "未定", "3"),
        ("指标与权重", "研发占比", "权重", "50", "40"),
        ("指标与权重", "能耗", "权重", "30", "40"),
        ("升降规则", "hazards", "指标", "energy_use", "rd_share"),
        ("升降规则", "best", "个数", "1", "2"),
        ("升降规则", "best", "依据 · 条款", "P196", "P196、P195"),
    ]
    lines = SCHEME.split("  - id: tail")
    without = changes_between(SCHEME, lines[0])
    assert [(c.kind, c.subject) for c in without] == [("removed", "tail")]
