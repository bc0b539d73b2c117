"""Two runs side by side: the parts of a change add up exactly, and each goes to whose doing it was."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.enums import Role
from assessments.models import Run
from assessments.selectors.comparison import NotComparable, compared, run_before
from assessments.tasks import run_execute
from indicators.models import Value
from tests.assessments.conftest import SCHEME, YEAR, figures, get
from tests.assessments.course import publish_run

pytestmark = pytest.mark.django_db
PARTS = {"own", "peers", "method", "revised_own", "revised_peers"}


def run(province, by, year=YEAR, scheme=None):
    made = Run.objects.create(scheme=scheme or province.scheme, year=year, requested_by=by)
    run_execute(made.pk)
    made = Run.objects.get(pk=made.pk)
    assert made.status == "done", made.error
    return made


def change(province, zone, year, code, number):
    Value.objects.filter(zone=province.zones[zone], year=year, indicator__code=code).update(number=Decimal(number))


def rows(before, after, user):
    found = compared(before, after, user)
    for row in found.rows:
        if row.parts is not None:
            assert set(row.parts) == PARTS
            assert sum(row.parts.values()) == pytest.approx(row.score_change, abs=1e-9), "it adds up"
            assert sum(row.places.values()) == pytest.approx(row.moved, abs=1e-9)
    return {row.zone.code: row for row in found.rows}


def test_nothing_changed_nothing_moves(province):
    staff = province.staff()
    both = rows(run(province, staff), run(province, staff), staff)
    assert len(both) == 6
    for row in both.values():
        assert set(row.parts.values()) == {0.0}
        assert not row.moved


def test_a_revised_figure_is_the_zones_own_and_moves_its_peers(province):
    staff = province.staff()
    before = run(province, staff)
    change(province, "A6", YEAR, "rd_share", "30")
    found = rows(before, run(province, staff), staff)
    mine, other = found["A6"], found["A1"]
    assert mine.parts["revised_own"] == pytest.approx(mine.score_change)
    assert mine.revised == 1
    assert other.revised == 0
    assert other.parts["revised_own"] == 0
    assert other.parts["revised_peers"] == pytest.approx(other.score_change)
    assert other.score_change < 0, "the goalposts moved away"
    assert all(row.parts[name] == 0 for row in found.values() for name in ("own", "peers", "method"))


def test_another_version_of_the_scheme_is_the_method(province):
    staff = province.staff()
    text = SCHEME.replace('version: "1.0"', 'version: "2.0"').replace("weight: 50", "weight: 20")
    text = text.replace("weight: 30", "weight: 60")
    newer = province.add_scheme(text=text, version="2.0")
    # Own figures that make the weights matter.
    change(province, "A1", YEAR, "energy_use", "500")
    found = rows(run(province, staff), run(province, staff, scheme=newer), staff)
    assert found["A1"].parts["method"] == pytest.approx(found["A1"].score_change)
    assert found["A1"].score_change != 0


def test_between_two_years_own_and_peers_and_what_was_revised_since(province):
    staff = province.staff()
    before = run(province, staff, YEAR - 1)
    change(province, "A3", YEAR - 1, "emerging_share", "40")  # corrected after it was issued
    change(province, "A2", YEAR, "rd_share", "20")
    found = rows(before, run(province, staff), staff)
    assert found["A2"].parts["own"] > 0
    assert found["A4"].parts["own"] == 0
    assert found["A4"].parts["peers"] < 0, "A2 pulled the goalposts away"
    assert found["A3"].parts["revised_own"] > 0
    assert found["A3"].revised == 1
    assert found["A2"].moved == found["A2"].before.rank - found["A2"].after.rank


def test_a_zone_in_only_one_of_them_is_shown_and_not_split(province):
    staff = province.staff()
    before = run(province, staff, YEAR - 1)
    province.add_zone("A7", valid_from=date(YEAR, 1, 1))
    province.add_values("A7", YEAR, figures(2))
    found = rows(before, run(province, staff), staff)
    assert found["A7"].before is None
    assert found["A7"].parts is None
    assert found["A1"].parts is not None


def test_what_can_not_be_compared_says_why(province, client):
    staff = province.staff()
    old, new = run(province, staff, YEAR - 1), run(province, staff)
    for pair, said in (((new, new), "不同的计算"), ((new, old), "对调")):
        with pytest.raises(NotComparable, match=said):
            compared(*pair, staff)
    answer = get(client, staff, "run_compare", before=new.pk, after=old.pk)
    assert answer.status_code == 422
    assert "对调" in answer.content.decode()
    assert run_before(new, staff) == old


def test_pages_files_and_interface_show_only_the_readers_zones(province, client):
    staff, manager = province.staff(), province.manager("A2")
    old, new = run(province, staff, YEAR - 1), run(province, staff)
    page = get(client, staff, "run_compare", after=new.pk).content.decode()
    assert all(f"A{n}园区" in page for n in range(1, 7)), "the run before is found by itself"
    hidden = get(client, manager, "run_compare", before=old.pk, after=new.pk).content.decode()
    assert "A2园区" not in hidden, "nothing before it is published"
    for made in (old, new):
        publish_run(made, staff, province.user(f"lead-{made.pk}", Role.OFFICE_LEAD))
    mine = get(client, manager, "run_compare", before=old.pk, after=new.pk, of="rank").content.decode()
    assert "A2园区" in mine
    assert "A1园区" not in mine
    body = get(client, staff, "run_compare_export", before=old.pk, after=new.pk, format="csv").content.decode()
    assert len(body.strip().splitlines()) == 7
    assert get(client, staff, "run_compare_export", before=old.pk, after=new.pk).content.startswith(b"PK")
    client.force_login(manager)
    told = client.get(f"/api/v1/comparisons/{old.pk}-{new.pk}/").json()
    assert [row["zone"] for row in told["rows"]] == ["A2"]
    assert client.get(f"/api/v1/comparisons/{new.pk}-{new.pk}/").status_code == 422
