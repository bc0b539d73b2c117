import json
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from common import charts

COLUMNS = [
    {"key": "city", "label": "城市"},
    {"key": "revenue", "label": "主营业务收入", "unit": "亿元", "digits": 1},
    {"key": "tax", "label": "税收", "unit": "亿元"},
]
ROWS = [
    {"city": "郑州", "revenue": Decimal("1234.56"), "tax": 12, "href": "/zones/?city=1"},
    {"city": "开封", "revenue": None, "tax": 3},
]


def spec(kind="bar", y=("revenue",), **more):
    return {"kind": kind, "x": "city", "y": list(y), "columns": COLUMNS, "rows": ROWS, **more}


def test_chart_and_table_hold_the_same_figures():
    option = charts.option(spec())
    assert option["series"][0]["data"] == [{"value": 1234.56, "href": "/zones/?city=1"}, None]
    cells = [[cell["text"] for cell in row["cells"]] for row in charts.table(spec())["rows"]]
    assert cells[0][:2] == ["郑州", "1,234.6"]
    assert cells[1][1] == "—"


def test_missing_is_a_gap_and_never_zero():
    option = charts.option(spec("line"))
    assert option["series"][0]["data"][1] is None
    assert option["series"][0]["connectNulls"] is False


def test_contributions_lie_and_pile_up():
    option = charts.option(spec("contributions", ["revenue", "tax"]))
    assert option["yAxis"]["type"] == "category"
    assert {series["stack"] for series in option["series"]} == {"total"}
    assert option["legend"]["show"]


def test_reference_lines_follow_the_amounts():
    line = [{"label": "目标", "value": 1000}]
    assert charts.option(spec(reference=line))["series"][0]["markLine"]["data"] == [{"yAxis": 1000, "name": "目标"}]
    lying = charts.option(spec(reference=line, horizontal=True))
    assert lying["series"][0]["markLine"]["data"] == [{"xAxis": 1000, "name": "目标"}]


def test_scatter_points_carry_name_and_link():
    drawn = charts.option({**spec("scatter", ["tax"], label="city"), "x": "revenue"})
    assert drawn["series"][0]["data"][0] == {"value": [1234.56, 12.0], "name": "郑州", "href": "/zones/?city=1"}


def test_map_takes_codes():
    rows = [{"code": "410100", "name": "郑州市", "zones": 21}, {"code": "410200", "name": "开封市", "zones": None}]
    columns = [
        {"key": "name", "label": "城市"},
        {"key": "code", "label": "代码"},
        {"key": "zones", "label": "园区数", "digits": 0},
    ]
    portal = charts.option({"kind": "map", "x": "code", "y": ["zones"], "columns": columns, "rows": rows})["portal"]
    assert portal["data"] == [
        {"code": "410100", "name": "郑州市", "value": 21.0},
        {"code": "410200", "name": "开封市", "value": None},
    ]


def test_own_options_are_merged_over():
    option = charts.option(spec(options={"legend": {"show": True}, "title": {"text": "x"}}))
    assert option["legend"]["show"]
    assert option["title"] == {"text": "x"}


@pytest.mark.parametrize(
    "broken", [{"kind": "pie"}, {"kind": "bar", "columns": COLUMNS, "x": "city", "y": []}, {**spec(), "y": ["profit"]}]
)
def test_a_spec_that_cannot_be_drawn_is_named(broken):
    with pytest.raises(charts.ChartSpecError):
        charts.check(broken)


def test_json_in_the_page_cannot_close_its_element():
    text = charts.embed({"name": "</script><script>alert(1)</script>&", "value": Decimal("1.5")})
    assert "<" not in text
    assert json.loads(text) == {"name": "</script><script>alert(1)</script>&", "value": 1.5}


def test_figure_has_title_description_table_and_data():
    source = '{% load portal %}{% chart spec "revenue" "各市收入" "tall" %}'
    with translation.override("zh-hans"):
        context = Context({"spec": spec(synthetic=True, source="年报"), "request": RequestFactory().get("/")})
        html = Template(source).render(context)
    for part in (
        'id="revenue-data"',
        'aria-labelledby="revenue-title"',
        "演示数据",
        "来源：年报",
        "查看数据表",
        "chart-canvas tall",
    ):
        assert part in html
    assert '<a href="/zones/?city=1">郑州</a>' in html
