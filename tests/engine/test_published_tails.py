"""Exit and promotion rules as published (考核末位与退出), each with a small history of its own (演示数据)."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assessments.engine import Assessment, Scheme, assess, load_scheme
from tests.engine.helpers import leaf, make, rule, zones

DATA = Path(__file__).parent / "data" / "published"
SCHEMES = Path(__file__).parents[2] / "packs" / "henan-2017" / "schemes"
REGIONS = {"东部": "E", "中部": "C", "西部": "W"}


def fired(found: Assessment, rule: str) -> set[str]:
    return set(found.units[found.findings[rule].fired])


# ---- rules on places of all units over the years -----------------------------------------------------------------


def over_years(scheme: Scheme, file: str) -> tuple[Assessment, dict[str, str]]:
    """The newest year of a table of places, the years before it as history; and the proposals that must come out."""
    table = pd.read_csv(DATA / file, index_col="unit")
    groups = table.get("group")
    years = [str(name) for name in table if str(name).isdigit()]
    past = (100 - table[years[:-1]]).melt(ignore_index=False, var_name="period", value_name="score").reset_index()
    if groups is not None:
        past["group"] = past["unit"].map(groups)
    values = table[[name for name in table if name not in {"group", "proposal", *years}]].assign(
        x=100 - table[years[-1]]
    )
    year = int(years[-1])
    panel = pd.concat({year: values}, names=["period", "unit"]).swaplevel()
    found = assess(scheme, panel, history=past.astype({"period": int}), groups=groups)
    return found, {str(unit): str(wanted) for unit, wanted in table["proposal"].items()}


def scheme_of(*rules: dict[str, Any], **parts: Any) -> Scheme:
    return make([leaf("x")], rules=list(rules), **parts)


MOFCOM_2016 = scheme_of(
    rule("talk", "tail", "watch", k=10),
    rule("exit", "tail", "exit", k=5, m=2, n=2),
)
ZHEJIANG = scheme_of(
    rule("talk", "tail", "watch", k=5),
    rule("exit", "tail", "exit", k=5, m=3, n=3),
)
JIANGSU = scheme_of(rule("exit", "tail", "exit", k=2, m=2, n=2))
# How many places are “at the back” is not published: two here.
ZHENGZHOU_2007 = scheme_of(
    rule("criticised", "tail", "watch", k=1),
    rule("missed-twice", "threshold", conditions=[{"indicator": "missed", "op": ">=", "value": 2}]),
    rule("back-three-years", "tail", k=2, m=3, n=3),
    rule("delisted", "combine", "exit", rules=["missed-twice", "back-three-years"], require="any"),
    derive={"missed": "(target_met_2006 == 0) + (target_met_2007 == 0)"},
)


@pytest.mark.parametrize(
    ("scheme", "file"),
    [
        (MOFCOM_2016, "tail_mofcom_2016.csv"),
        (ZHEJIANG, "tail_zhejiang.csv"),
        (JIANGSU, "tail_jiangsu.csv"),
        (ZHENGZHOU_2007, "tail_zhengzhou_2007.csv"),
    ],
    ids=["MOFCOM 2016", "Zhejiang 2021", "Jiangsu", "Zhengzhou 2007"],
)
def test_proposals_over_the_years(scheme: Scheme, file: str) -> None:
    found, wanted = over_years(scheme, file)
    assert found.proposal.to_dict() == wanted


# ---- the shipped schemes -----------------------------------------------------------------------------------------


def national(file: str, **runs: Any) -> Assessment:
    """120 zones in three regions of 40 in 2023: E01, C01, W01, E02 … W40 from the first to the last, and earlier places."""
    settings = runs.pop("settings", {})
    _, values = zones(SCHEMES / file, 120, 2023)
    names = {f"Z{place + 1:03d}": f"{'ECW'[place % 3]}{place // 3 + 1:02d}" for place in range(120)}
    values = values.rename(index=names, level="unit").sort_index()
    newly_accepted = runs.pop("newly_accepted", None)
    if newly_accepted:
        values.loc[(newly_accepted, 2022), "bonded_accepted_area"] = 0.0
    units = values.index.get_level_values("unit").unique()
    groups = pd.Series(
        {unit: next(region for region, letter in REGIONS.items() if letter == unit[0]) for unit in units}
    )
    history = pd.read_csv(DATA / "national_history.csv")
    scheme = load_scheme(SCHEMES / file, settings=settings)
    return assess(scheme, values, history=history, groups=groups, period=2023, **runs)


def test_economic_zones_twice_in_three_years_among_the_last_five_of_their_region() -> None:
    """C36 and C37 are among the last five again, but one was there four years ago and the other's year is in the window.

    E05 is not there this year, but was in both years before; E40 was not there in 2022.
    """
    found = national("etdz-2021.yaml")
    last_now = {f"{letter}{place}" for letter in "ECW" for place in range(36, 41)}
    assert set(found.units[found.findings["last-five"].inside]) == last_now
    assert fired(found, "last-five") == {"C37", "C38", "C40", "E05", "W39", "W40"}
    assert {found.proposal[unit] for unit in fired(found, "last-five")} == {"demote"}


def test_of_the_candidates_of_a_region_those_with_the_lowest_mean_of_both_scores_are_proposed() -> None:
    """How many is not published: a setting. With one a region C40 (mean of 40 and now), W40 (48), and E05 (55, 53)."""
    found = national("etdz-2021.yaml", settings={"exit_places": 1})
    assert fired(found, "last-five") == {"C40", "E05", "W40"}


def test_a_small_region_has_no_last_five() -> None:
    method, values = zones(SCHEMES / "etdz-2021.yaml", 39, 2023)
    history = pd.DataFrame({"unit": ["Z039"], "period": [2022], "rank": [39], "group_size": [39]})
    assert not fired(assess(method, values, period=2023, history=history), "last-five")


def test_for_two_years_after_an_exit_no_zone_of_the_province_is_recommended() -> None:
    before = national("etdz-2021.yaml")
    assert before.proposal["C01"] == before.proposal["C02"] == "promote"
    for year, proposal in ((2020, "promote"), (2021, "keep"), (2022, "keep")):
        gone = pd.DataFrame(
            {"unit": ["C99"], "period": [year], "decision": ["national_exit"], "jurisdiction": ["河南省"]}
        )
        after = national("etdz-2021.yaml", decisions=gone, jurisdictions=pd.Series({"C01": "河南省", "C02": "湖北省"}))
        assert (after.proposal["C01"], after.proposal["C02"]) == (proposal, "promote"), year


def test_customs_zones_must_be_among_the_last_five_of_both_rankings_two_years_running() -> None:
    """W39: of its region and of all, both years. W40: of its region both years, of all this year only."""
    found = national("customs-2020.yaml")
    assert fired(found, "last-five-group") == {"C38", "C40", "W39", "W40"}
    assert fired(found, "last-five-all") == {"W39"}
    assert fired(found, "last-five") == {"W39"}
    assert found.proposal["W39"] == "exit"
    assert found.proposal["W40"] != "exit"


def test_a_customs_zone_accepted_less_than_a_full_year_ago_is_spared() -> None:
    found = national("customs-2020.yaml", newly_accepted="W39")
    assert fired(found, "first-year") == {"W39"}
    assert fired(found, "last-five") == {"W39"}
    assert found.proposal["W39"] == "watch"


def test_below_the_entry_threshold_for_a_year() -> None:
    """Henan 2014: who is below the threshold goes down; the threshold itself is not published and the office's to set."""
    limits = {"star0_value_added": 1.5, "star0_tax": 1.0, "star0_employees": 1.0}
    file = SCHEMES / "cluster-2019.yaml"
    _, values = zones(file, 20, 2023)
    found = assess(load_scheme(file, settings=limits), values, period=2023)
    below = {f"Z{place:03d}" for place, quality in enumerate(np.linspace(2, 1.1, 20), start=1) if quality < 1.5}
    assert fired(found, "below-entry") == below
    assert {found.proposal[unit] for unit in below} == {"demote"}
    assert not assess(load_scheme(file), values, period=2023).findings["below-entry"].active
