"""A composite from open to decided to a live figure: what the decision says is reckoned by the task that checks rules."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from compliance.checking import check_all
from compliance.facts import mark
from compliance.models import CompositeFigure
from compliance.tasks import rules_check
from indicators.models import Indicator
from indicators.selectors import matrix, rollup
from policy.enums import ProvisionStatus
from policy.exceptions import RulingRefused
from policy.models import Document, Term
from policy.services import ruling_record
from policy.standing import provision_states

pytestmark = pytest.mark.django_db
GIVEN: dict[str, Any] = {"value": None, "text": "", "basis": "〔2018〕3号", "decided_on": date(2018, 3, 1)}


@pytest.fixture
def parts(demo: None) -> list[tuple[str, Decimal]]:
    """A part of which more is better and one of which less is better, both with figures of several years."""
    codes = {item.code: item for item in Indicator.objects.filter(code__in=["tax_per_mu", "energy_intensity"])}
    assert {item.direction for item in codes.values()} == {"higher", "lower"}
    return [("tax_per_mu", Decimal(60)), ("energy_intensity", Decimal(40))]


def lead() -> User:
    return User.objects.get(username="lead")


def state(code: str) -> Any:
    document = Document.objects.get(code="henan-2017-159")
    found = provision_states(document, lead())
    return found[document.provisions.get(code=code).pk]


def test_from_open_to_decided_to_a_live_figure(parts: list[tuple[str, Decimal]]) -> None:
    term = Term.objects.get(key="integration_parts")
    before = state("P006")
    assert before.status == ProvisionStatus.UNDECIDED
    check_all()
    seen = mark()
    ruling = ruling_record(by=lead(), term=term, parts=parts, base_year=2021, **GIVEN)
    assert ruling.text.endswith("40%；2021 年为 100")
    assert state("P006").status == ProvisionStatus.NO_DATA  # decided; the task has not come by yet
    assert mark() != seen  # the decision is news to the usual task
    assert rules_check() >= 0

    # By hand, over all zones of the province.
    codes = [code for code, _weight in parts]
    needed = {name for item in Indicator.objects.filter(code__in=codes) for name in _parts_of(item)}
    frame = matrix(codes=sorted({*codes, *needed}))
    everywhere = dict.fromkeys(frame.index.get_level_values("zone"), "all")
    whole: Any = rollup(frame, everywhere).loc["all"]
    for row in CompositeFigure.objects.filter(ruling=ruling):
        more = whole.loc[row.year, codes[0]] / whole.loc[2021, codes[0]]
        less = whole.loc[2021, codes[1]] / whole.loc[row.year, codes[1]]
        assert row.value == pytest.approx(60 * more + 40 * less)
    first = CompositeFigure.objects.filter(ruling=ruling).earliest("year")
    assert (first.year, first.value) == (2021, pytest.approx(100))
    live = state("P006")
    assert live.status == ProvisionStatus.CARRIED
    newest = CompositeFigure.objects.filter(ruling=ruling).latest("year")
    told = next(standing for standing in live.standings if "为 100" in standing.words)
    assert (told.status, told.series[-1]) == (ProvisionStatus.CARRIED, (newest.year, newest.value))
    assert told.synthetic

    # Decided anew: the figures of the earlier decision give way to those of the new one.
    other = ruling_record(by=lead(), term=term, parts=parts, base_year=2022, **GIVEN)
    rules_check()
    assert not CompositeFigure.objects.filter(ruling=ruling).exists()
    assert CompositeFigure.objects.filter(ruling=other).earliest("year").value == pytest.approx(100)


def _parts_of(item: Indicator) -> set[str]:
    from common.formula import Formula

    return set(Formula.parse(item.formula).names) if item.formula else set()


def test_an_index_of_a_class_reads_its_zones_alone(parts: list[tuple[str, Decimal]]) -> None:
    from compliance.composites import zones_of
    from parks.models import Zone

    today = date.today()  # noqa: DTZ011 - as the task asks
    clusters = sorted(Zone.objects.of_class("cluster", today).values_list("code", flat=True))
    assert zones_of(Term.objects.get(key="upgrade_parts"), today) == clusters
    high, low = (set(zones_of(Term.objects.get(key=f"{tier}_tier_parts"), today)) for tier in ("high", "low"))
    assert not high & low
    assert zones_of(Term.objects.get(key="overall_parts"), today) == sorted(Zone.objects.values_list("code", flat=True))


def test_what_a_decision_may_not_say(pack: None) -> None:
    by = User.objects.create_superuser("root")
    term = Term.objects.get(key="overall_parts")
    for parts, base_year, told in (
        ([("no_such", Decimal(50)), ("tax_per_mu", Decimal(50))], 2021, "没有可作分项的指标：no_such"),
        ([("tax_per_mu", Decimal(50)), ("tax_per_mu", Decimal(50))], 2021, "多行"),
        ([("tax_per_mu", Decimal(100))], 2021, "至少有两个"),
        ([("tax_per_mu", Decimal(50)), ("energy_intensity", Decimal(40))], 2021, "权重合计为 90"),
        ([("tax_per_mu", Decimal(60)), ("energy_intensity", Decimal(40))], None, "请填写基年"),
    ):
        with pytest.raises(RulingRefused) as refused:
            ruling_record(by=by, term=term, parts=parts, base_year=base_year, **GIVEN)
        assert any(told in text for text in refused.value.faults.values()), refused.value.faults
    plain = Term.objects.filter(composite=False, numeric=False).earliest("pk")
    with pytest.raises(RulingRefused, match="不是综合指数"):
        ruling_record(by=by, term=plain, parts=[("tax_per_mu", Decimal(100))], **{**GIVEN, "text": "定了"})


def test_the_page_records_it_and_shows_the_years(parts: list[tuple[str, Decimal]]) -> None:
    client = Client()
    client.force_login(lead())
    url = "/policy/words/henan-2017-159/overall_parts/"
    page = client.get(url)
    assert "分项与权重" in page.content.decode()
    sent = {
        "basis": "〔2018〕3号", "decided_on": "2018-03-01", "base_year": "2021", "text": "",
        "parts-TOTAL_FORMS": "6", "parts-INITIAL_FORMS": "0", "parts-0-indicator": "tax_per_mu", "parts-0-weight": "60",
        "parts-1-indicator": "energy_intensity", "parts-1-weight": "30",
    }  # fmt: skip
    refused = client.post(f"{url}decide/", sent)
    assert refused.status_code == 422
    assert "权重合计为 90，应为 100" in refused.content.decode()
    undated = client.post(f"{url}decide/", {**sent, "decided_on": "", "base_year": "1990"}).content.decode()
    assert "权重合计为 90，应为 100" in undated, "told together with what else is wrong"
    assert "请填写基年" in undated
    assert client.post(f"{url}decide/", {**sent, "parts-1-weight": "40"}).status_code == 302
    assert "还没有算出" in client.get(f"{url}figures/").content.decode()
    rules_check()
    shown = client.get(f"{url}figures/").content.decode()
    assert "2021 年为 100" in shown
    assert "演示数据" in shown
    again = client.get(url)
    assert [row.initial for row in again.context["rows"]][:2] == [
        {"indicator": "tax_per_mu", "weight": "60"},
        {"indicator": "energy_intensity", "weight": "40"},
    ]

    # The API says the same and takes the next decision.
    term = Term.objects.get(key="overall_parts")
    told = client.get(f"/api/v1/terms/{term.pk}/").json()
    assert told["rulings"][0]["parts"] == [["tax_per_mu", "60"], ["energy_intensity", "40"]]
    body = {
        "parts": [["tax_per_mu", "50"], ["energy_intensity", "50"]],
        "base_year": 2022,
        "basis": "再议",
        "decided_on": "2019-01-01",
    }
    answer = client.post(
        f"/api/v1/terms/{term.pk}/decide/", body, content_type="application/json", headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 200, answer.content
    assert [ruling["base_year"] for ruling in answer.json()["rulings"]] == [2022, 2021]
