"""Demonstration entries: valid as if typed, marked, in step with the demonstration's returns and series."""

import pytest

from config.demo.registers import CLUSTERS, LEADERS, NEW_BODIES, TEAMS, YEAR, credit_code
from parks.models import Zone
from registers.creditcode import is_valid
from registers.models import Enterprise, Entry, Register
from registers.references import References
from registers.selectors import province_figure, register_figures
from registers.validation import Row, check

pytestmark = pytest.mark.usefixtures("demo")


def test_every_demonstration_entry_would_be_accepted_and_is_marked():
    assert not Entry.objects.filter(synthetic=False).exists()
    refs = References(
        enterprises=Enterprise.objects.in_bulk(field_name="credit_code"),
        zones=Zone.objects.in_bulk(field_name="code"),
        entries={(entry.register.code, entry.pk): entry for entry in Entry.objects.select_related("register")},
    )
    seen = 0
    for register in Register.objects.active():
        rows = [Row(data) for data in Entry.objects.filter(register=register).values_list("data", flat=True)]
        checked = check(register.spec, rows, refs) if rows else []
        assert [each.errors for each in checked if each.errors] == []
        assert [each.data for each in checked] == [row.given for row in rows]
        seen += len(rows)
    assert seen > 3000


def test_codes_are_valid_and_no_real_ones():
    codes = list(Enterprise.objects.values_list("credit_code", flat=True))
    assert all(is_valid(code) and code[8:10] == "MX" for code in codes)
    assert credit_code("410100", 1) != credit_code("410100", 2)


def test_registers_count_what_the_series_say():
    assert {
        code: province_figure(code, YEAR).number
        for code in ("new_rd_bodies", "leading_teams_cumulative", "leading_innovation_enterprises")
    } == {"new_rd_bodies": NEW_BODIES, "leading_teams_cumulative": TEAMS, "leading_innovation_enterprises": LEADERS}
    assert province_figure("county_clusters_10bn", YEAR).number == CLUSTERS["county"]
    assert province_figure("city_clusters_100bn", 2010).number == 0
    assert province_figure("gdp", YEAR) is None


def test_a_zone_that_registered_its_parcels_has_its_idle_land():
    figure = register_figures({"idle_land"}, YEAR, {"Z166"})["Z166", "idle_land"]
    parcel = Entry.objects.get(zone__code="Z166", register__code="land_parcels", data__status="recognised")
    assert (figure.number, figure.entries) == (float(parcel.data["area"]), 1)
