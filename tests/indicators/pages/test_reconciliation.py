"""Pages of reconciliation: the list, two sides, one pair, many at once, tolerance, export (核对页面)."""

import io

import openpyxl
import pytest

from accounts.enums import Duty
from indicators.models import Indicator, Reconciliation, Return, Value
from tests.indicators.test_departments import department_officer, know

pytestmark = pytest.mark.django_db
DETAIL = "/reconciliation/zones/A1/tax_revenue/2020/"


@pytest.fixture(autouse=True)
def figures(world):
    for zone, reported in (("A1", 110), ("A2", 103), ("B1", 100.5)):
        world.add_return(zone, status="submitted", values={"tax_revenue": reported, "enterprises": 11})
        know(world.zones[zone], "tax_revenue", 100)
        know(world.zones[zone], "enterprises", 10)


@pytest.fixture
def office(client, world):
    client.force_login(world.staff())
    return client


def zones(response):
    return [(pair.zone.code, pair.indicator.code) for pair in response.context["pairs"]]


class TestList:
    def test_coverage_and_filters(self, office):
        page = office.get("/reconciliation/")
        assert (page.context["coverage"].compared, page.context["coverage"].beyond) == (6, 5)
        assert zones(page)[-1] == ("A2", "tax_revenue")
        for query, found in (
            ("size=rounding", 3), ("size=small", 1), ("size=medium", 4), ("size=large", 0), ("city=410066", 1),
            ("department=taxation", 2), ("indicator=enterprises", 3), ("q=A2", 2), ("zone_class=etdz", 1), ("state=decided", 0),
            ("period=2020&state=all", 5), ("period=nothing", 5),
        ):  # fmt: skip
            assert len(zones(office.get(f"/reconciliation/?{query}"))) == found, query

    def test_items_to_choose_from_are_those_delivered(self, office):
        field = office.get("/reconciliation/").context["filter"].form.fields["indicator"]
        assert [code for code, _label in field.widget.choices] == ["", "tax_revenue", "enterprises"]

    def test_nothing_yet(self, client, world):
        Value.objects.filter(source="park").update(comment="", revision=2)
        client.force_login(department_officer(world, Duty.CUSTOMS))
        assert "还没有可核对的部门数据" in client.get("/reconciliation/").content.decode()

    def test_the_park_sees_its_own_and_can_decide_nothing(self, client, world):
        client.force_login(world.manager("A1"))
        page = client.get("/reconciliation/")
        assert {zone for zone, _code in zones(page)} == {"A1"}
        assert "一并裁定" not in page.content.decode()

    def test_export_is_the_filtered_list(self, office):
        response = office.get("/reconciliation/export/?department=taxation")
        rows = list(openpyxl.load_workbook(io.BytesIO(response.getvalue())).worksheets[0].values)
        assert rows[0][0] == "园区编号"
        assert [(row[0], row[8], row[9], row[11]) for row in rows[1:]] == [("A1", 110, 100, 10), ("A2", 103, 100, 3)]


class TestOnePair:
    def decide(self, client, **changes):
        facts = {"verdict": "department", "reason": "以征管数为准", "reported": "110", "known": "100", **changes}
        return client.post(DETAIL, facts)

    def test_decide(self, office):
        assert self.decide(office).url == DETAIL
        page = office.get(DETAIL).content.decode()
        assert "采用部门数" in page
        assert "以征管数为准" in page
        assert "报表尚未确认" in page

    def test_an_accepted_return_keeps_its_figure(self, office):
        self.decide(office)
        Return.objects.filter(zone__code="A1").update(status="accepted")
        assert "两个数都留存" in office.get(DETAIL).content.decode()

    def test_a_void_decision_says_so(self, office):
        self.decide(office)
        Value.objects.filter(zone__code="A1", source="department", indicator__code="tax_revenue").update(
            number=90, revision=2
        )
        assert "须重新裁定" in office.get(DETAIL).content.decode()

    def test_stale_figures_show_what_stands_and_keep_the_reason(self, office):
        response = self.decide(office, known="99")
        assert response.status_code == 409
        assert response.context["form"]["known"].value() == 100
        assert "以征管数为准" in response.content.decode()

    @pytest.mark.parametrize("changes", [{"reason": ""}, {"verdict": "x"}])
    def test_what_is_missing(self, office, changes):
        assert self.decide(office, **changes).status_code == 422
        assert not Reconciliation.objects.exists()

    def test_who_may(self, client, world):
        client.force_login(world.manager("A1"))
        assert client.get(DETAIL).status_code == 200
        assert self.decide(client).status_code == 403
        client.force_login(world.manager("A2"))
        assert client.get(DETAIL).status_code == 404
        client.force_login(department_officer(world, Duty.STATISTICS))
        assert client.get(DETAIL).status_code == 404  # not its item
        assert client.get(DETAIL.replace("tax_revenue", "enterprises")).status_code == 200


class TestMany:
    URL = "/reconciliation/decide/?period=2020&size=rounding"

    def test_preview_then_all(self, office):
        page = office.get(self.URL)
        assert (page.context["count"], page.context["zones"]) == (3, 3)
        shown = page.context["form"]["shown"].value()
        done = office.post(self.URL, {"verdict": "department", "reason": "四舍五入之差", "shown": shown})
        assert done.status_code == 302
        assert Reconciliation.objects.count() == 3
        assert office.get(self.URL).context["count"] == 0

    def test_what_changed_meanwhile_is_previewed_anew(self, office):
        shown = office.get(self.URL).context["form"]["shown"].value()
        Value.objects.filter(zone__code="A1", source="park", indicator__code="enterprises").update(
            number=10, revision=2
        )
        response = office.post(self.URL, {"verdict": "department", "reason": "四舍五入之差", "shown": shown})
        assert response.status_code == 409
        assert response.context["count"] == 2
        assert response.context["form"]["shown"].value() != shown
        assert not Reconciliation.objects.exists()

    def test_reason(self, office):
        shown = office.get(self.URL).context["form"]["shown"].value()
        assert office.post(self.URL, {"verdict": "department", "reason": " ", "shown": shown}).status_code == 422


class TestSideBySide:
    def test_of_an_item_with_its_tolerance(self, office):
        page = office.get("/reconciliation/items/tax_revenue/?period=2020")
        assert [(p.zone.code, p.state) for p in page.context["pairs"]] == [
            ("A1", "difference_open"), ("A2", "difference_open"), ("B1", "difference_within"), ("C1", "missing_both")]  # fmt: skip
        saved = office.post(
            "/reconciliation/items/tax_revenue/tolerance/",
            {"tolerance_pct": "5", "prevailing": "department", "period": "2020"},
        )
        assert saved.status_code == 302
        item = Indicator.objects.get(code="tax_revenue")
        assert (item.tolerance_pct, item.prevailing) == (5, "department")
        assert office.get(saved.url).context["tally"]["beyond"] == 1

    def test_a_tolerance_that_is_none(self, office):
        response = office.post(
            "/reconciliation/items/tax_revenue/tolerance/", {"tolerance_pct": "-1", "prevailing": "park"}
        )
        assert response.status_code == 422

    def test_readers_see_the_tolerance_but_no_form(self, client, world):
        client.force_login(world.reviewer("B"))
        page = client.get("/reconciliation/items/tax_revenue/")
        assert [pair.zone.code for pair in page.context["pairs"]] == ["B1", "C1"]
        assert "tolerance/" not in page.content.decode()
        assert "1.00%" in page.content.decode()

    def test_of_a_zone(self, office):
        page = office.get("/reconciliation/zones/A1/?period=2020")
        assert zones(page) == [("A1", "tax_revenue"), ("A1", "enterprises")]
        assert office.get("/reconciliation/zones/X9/").status_code == 404
        assert office.get("/reconciliation/items/tax_per_mu/").status_code == 404
