"""Pages on which schemes are written: form and text are one draft, faults are shown where they are, two people publish."""

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.enums import Role
from assessments import services, tasks
from assessments.engine import load_scheme
from assessments.enums import SchemeStatus
from assessments.models import Run, Scheme
from assessments.scheme_fields import SchemeForm
from common.yaml_text import set_values
from tests.assessments.conftest import SCHEME, YEAR, get, text_of
from tests.assessments.test_scheme_life import clauses  # noqa: F401 - a fixture
from tests.assessments.test_simulation import mixed

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(bare, clauses):  # noqa: F811
    mixed(bare)
    bare.writer = bare.staff("writer")
    bare.lead = bare.user("lead", Role.OFFICE_LEAD)
    bare.draft = services.scheme_clone(by=bare.writer, scheme=bare.scheme)
    return bare


def form_of(scheme):
    """What the browser sends of the form as it stands."""
    sent = {"view": ["form"], "revision": [str(scheme.revision)], "shown": []}
    for item in SchemeForm(yaml.safe_load(scheme.text), {}).fields():
        if item.kind == "switch":
            sent["shown"].append(item.name)
            if item.value:
                sent[item.name] = ["on"]
        elif item.kind == "many":
            sent["shown"].append(item.name)
            sent[item.name] = list(item.value)
        else:
            sent[item.name] = [item.shown]
    return sent


def post(client, user, scheme, **changed):
    client.force_login(user)
    sent = form_of(scheme) | {name: [value] if isinstance(value, str) else value for name, value in changed.items()}
    return client.post(reverse("scheme_edit", args=[scheme.pk]), sent)


def test_a_form_sent_as_it_stands_changes_nothing(client, world):
    assert post(client, world.writer, world.draft).status_code == 302
    assert Scheme.objects.get(pk=world.draft.pk).text == world.draft.text


def test_values_of_the_form_change_the_text_where_they_stand(client, world):
    answer = post(
        client, world.writer, world.draft,
        **{
            "f.tree.children.0.weight": "６０", "f.tree.children.1.weight": "20", "f.settings.hazard_limit.value": "3",
            "f.valid_to": "2030", "f.levels": ["province_designated"], "f.rules.2.count": "2", "f.rules.2.enabled": [],
            "f.rules.3.conditions.0.op": ">=", "f.rules.4.outcome": "watch", "f.rules.0.basis.clauses": "P195、P193",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    saved = Scheme.objects.get(pk=world.draft.pk)
    method = load_scheme(saved.text)
    assert method.tree.parts() == [0.6, 0.2, 0.2]
    assert (saved.year_to, saved.levels) == (2030, ["province_designated"])
    assert method.settings["hazard_limit"].value == 3
    too_little, _, best, growing, tail = method.rules
    assert (best.enabled, best.count) == (False, 2)
    assert growing.conditions[0].op == ">="
    assert (tail.outcome, too_little.basis.clauses) == ("watch", ("P195", "P193"))
    # What was not changed stands as it stood, character for character.
    kept = set(world.draft.text.splitlines()) & set(saved.text.splitlines())
    assert len(kept) > 0.8 * len(set(world.draft.text.splitlines()))


def test_a_faulty_form_is_shown_as_typed_and_nothing_is_saved(client, world):
    answer = post(client, world.writer, world.draft, **{"f.tree.children.0.weight": "70", "f.rules.2.count": "viele"})
    assert answer.status_code == 422
    text = text_of(answer)
    assert "有 2 处错误，没有保存" in text
    assert "权重合计 120，应为 100" in text
    body = answer.content.decode()
    assert 'value="70"' in body
    assert 'value="viele"' in body
    assert body.count('aria-invalid="true"') == 1
    assert Scheme.objects.get(pk=world.draft.pk).text == world.draft.text
    client.cookies["django_language"] = "en"
    answer = post(client, world.writer, world.draft, **{"f.tree.children.0.weight": "70"})
    assert "the weights sum to 120, not 100" in text_of(answer)


def test_a_text_can_be_typed_or_uploaded(client, world):
    client.force_login(world.writer)
    url, text = reverse("scheme_edit", args=[world.draft.pk]), world.draft.text
    sent = {"view": "text", "revision": world.draft.revision, "text": text.replace("count: 1", "count: 3")}
    assert client.post(url, sent).status_code == 302
    saved = Scheme.objects.get(pk=world.draft.pk)
    assert "count: 3" in saved.text
    file = SimpleUploadedFile(
        "s.yaml", ("\ufeff" + text.replace("count: 1", "count: 4")).replace("\n", "\r\n").encode()
    )
    assert client.post(url, sent | {"revision": saved.revision, "file": file}).status_code == 302
    saved = Scheme.objects.get(pk=world.draft.pk)
    assert ("count: 4" in saved.text, "\r" in saved.text) == (True, False)
    faulty = client.post(url, sent | {"revision": saved.revision, "text": "code: [\n"})
    assert faulty.status_code == 422
    assert "code: [" in faulty.content.decode()
    for file, words in (
        (SimpleUploadedFile("s.yaml", b"\xff\xfe"), "不是 UTF-8"),
        (SimpleUploadedFile("s.yaml", b"x" * 2**21), "超过 1 MB"),
    ):
        assert words in text_of(client.post(url, sent | {"revision": saved.revision, "file": file}))
    stale = client.post(url, sent | {"revision": 1})
    assert "已有变动" in text_of(stale)
    assert client.get(reverse("scheme_text", args=[saved.pk])).content.decode() == saved.text


def test_only_drafts_are_written(client, world):
    answer = get(client, world.writer, "scheme_edit", world.scheme.pk)
    assert answer.headers["Location"] == world.scheme.get_absolute_url()


def test_the_second_person_sees_differences_and_effect_and_publishes(client, world):
    world.draft = services.scheme_change(
        by=world.writer, scheme_id=world.draft.pk, base_revision=world.draft.revision, reason="节能优先",
        text=set_values(world.draft.text, {("tree", "children", 0, "weight"): 10, ("tree", "children", 1, "weight"): 70}),
    )  # fmt: skip
    client.force_login(world.writer)
    text = text_of(client.get(reverse("scheme_changes", args=[world.draft.pk])))
    assert "研发占比 权重 50 → 改为 10" in text
    client.post(reverse("scheme_submit", args=[world.draft.pk]), {"revision": world.draft.revision, "reason": "节能"})
    pending = Scheme.objects.get(pk=world.draft.pk)
    page = text_of(client.get(reverse("scheme_changes", args=[pending.pk])))
    assert "撤回修改" in page
    assert reverse("scheme_publish", args=[pending.pk]) not in page
    client.force_login(world.lead)
    body = client.get(reverse("scheme_changes", args=[pending.pk])).content.decode()
    assert reverse("scheme_publish", args=[pending.pk]) in body
    effect = client.get(reverse("scheme_effect", args=[pending.pk])).context["effect"]
    assert effect.year == YEAR
    assert effect.changed == effect.moves[: len(effect.changed)]
    client.post(reverse("scheme_publish", args=[pending.pk]), {"revision": pending.revision})
    published = Scheme.objects.get(pk=pending.pk)
    assert (published.status, published.published_by) == (SchemeStatus.PUBLISHED, world.lead)
    # Old and new stand side by side, and it is told which applies.
    old = text_of(client.get(world.scheme.get_absolute_url()))
    assert "自 2020 年度起由版本 1.1 取代" in old
    row = next(
        row for row in client.get(reverse("scheme_list")).context["applicability"] if row.zone_class == "cluster"
    )
    assert [([s.version for s in span.schemes], [s.version for s in span.replaced]) for span in row.spans] == [
        (["1.1"], ["1.0"])
    ]


def test_gaps_and_overlaps_are_seen(client, world):
    world.add_scheme(SCHEME, code="rival", year_from=2022, year_to=2022)
    page = get(client, world.writer, "scheme_list")
    row = next(row for row in page.context["applicability"] if row.zone_class == "cluster")
    assert [span.is_overlap for span in row.spans] == [False, True, False]
    assert page.context["overlaps"] == 1
    assert page.context["gaps"] == 5
    assert "重叠：同时适用两个办法" in text_of(page)


# ---- simulation ---------------------------------------------------------------------------------------------------


def test_two_schemes_side_by_side(client, world):
    other = set_values(world.draft.text, {("tree", "children", 0, "weight"): 10, ("tree", "children", 1, "weight"): 70})
    draft = services.scheme_change(
        by=world.writer, scheme_id=world.draft.pk, base_revision=world.draft.revision, text=other
    )
    before = Run.objects.count()
    page = get(client, world.writer, "simulation", scheme=world.scheme.pk, other=draft.pk)
    assert [comparison.year for comparison in page.context["comparisons"]] == [YEAR, YEAR - 1, YEAR - 2]
    same = get(
        client,
        world.writer,
        "simulation",
        scheme=world.scheme.pk,
        other=services.scheme_clone(by=world.writer, scheme=world.scheme).pk,
    )
    assert (same.context["comparisons"], same.context["alike"]) == ([], f"{YEAR - 2}–{YEAR}")
    for comparison in page.context["comparisons"]:
        assert comparison.changed == comparison.moves[: len(comparison.changed)]
    assert Run.objects.count() == before
    customs = world.add_scheme(SCHEME, code="c", zone_class="customs")
    page = get(client, world.writer, "simulation", scheme=world.scheme.pk, other=customs.pk)
    assert "类别不同" in text_of(page)


def test_sliders_rank_at_once_and_become_a_draft(client, world):
    run = Run.objects.create(scheme=world.scheme, year=YEAR, requested_by=world.writer)
    tasks.run_execute(run.pk)
    asked = {
        "scheme": world.scheme.pk,
        "year": YEAR,
        "w.rd_share": "10",
        "w.energy_use": "70",
        "w.emerging_share": "20",
    }
    client.force_login(world.writer)
    page = client.get(reverse("simulation_weights"), asked, headers={"HX-Request": "true"})
    assert "<html" not in page.content.decode()
    result = page.context["result"]
    assert {code: place.rank for code, place in result.before.places.items()} == dict(
        run.results.values_list("zone__code", "rank")
    )
    assert result.changed
    answer = client.post(reverse("simulation_weights_save"), asked)
    draft = Scheme.objects.latest("pk")
    assert answer.headers["Location"] == reverse("scheme_changes", args=[draft.pk])
    assert (draft.version, draft.parent, draft.status) == ("1.2", world.scheme, SchemeStatus.DRAFT)
    assert load_scheme(draft.text).tree.parts() == [0.1, 0.7, 0.2]
    effect = client.get(reverse("scheme_effect", args=[draft.pk])).context["effect"]
    assert effect.after.places == result.after.places


@pytest.mark.parametrize("weight", ["0", "-1", "x", "nan"])
def test_what_is_no_weight_is_refused(client, world, weight):
    page = get(
        client, world.writer, "simulation_weights", **{"scheme": world.scheme.pk, "year": YEAR, "w.rd_share": weight}
    )
    assert page.status_code == 422
