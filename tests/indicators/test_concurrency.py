"""Several people at once: no lost write, no second acceptance, news in the order of commits."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connections

from benchmarks import _load as load
from indicators import services
from indicators.enums import ReturnStatus
from indicators.exceptions import CollectionError, RevisionConflict
from indicators.models import DataChange, Return, Value
from parks.enums import ZoneClass
from tests.environment import child_environment

pytestmark = pytest.mark.django_db(transaction=True)

CODES = ["tax_revenue", "employees", "enterprises", "value_added", "rd_expenditure", "energy_use"]


def at_once(*acts):
    """The outcome of each act, run in a thread of its own: what it returns, or what it raises."""

    def run(act):
        try:
            return act()
        except CollectionError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def save(by, return_, code, number, base=0):
    return lambda: services.value_save(
        by=by, return_id=return_.pk, indicator_code=code, number=Decimal(number), base_revision=base
    )


def test_people_in_different_cells_all_get_through(world):
    return_, people = world.add_return(), [world.manager(), world.filler()]
    outcomes = at_once(*(save(people[n % 2], return_, code, n) for n, code in enumerate(CODES)))
    assert all(isinstance(outcome, Value) for outcome in outcomes), outcomes
    assert dict(return_.values.values_list("indicator__code", "number")) == {c: n for n, c in enumerate(CODES)}
    assert Return.objects.get().revision == 1 + len(CODES)


def test_of_people_in_one_cell_one_gets_through_and_the_others_are_told(world):
    return_, by = world.add_return(values={"tax_revenue": 5}), world.manager()
    outcomes = at_once(*(save(by, return_, "tax_revenue", number, base=1) for number in (10, 20, 30, 40)))
    saved = [outcome for outcome in outcomes if isinstance(outcome, Value)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, RevisionConflict)]
    assert (len(saved), len(refused)) == (1, 3)
    assert {error.current.number for error in refused} == {saved[0].number}
    assert Value.objects.get().number == saved[0].number


def test_a_double_click_on_a_new_cell_makes_one_value(world):
    return_, by = world.add_return(), world.manager()
    outcomes = at_once(*[save(by, return_, "tax_revenue", 10)] * 3)
    assert {outcome.pk for outcome in outcomes} == {Value.objects.get().pk}
    assert Return.objects.get().revision == 2


def test_a_return_is_accepted_once(world, sound):
    return_ = world.add_return(status=ReturnStatus.CITY_ACCEPTED, values=sound)
    staff = [world.staff("s1"), world.staff("s2")]

    def accept(by):
        return lambda: services.return_accept(by=by, return_id=return_.pk, base_revision=1)

    outcomes = at_once(*map(accept, staff))
    assert sum(isinstance(outcome, Return) for outcome in outcomes) == 1
    assert (DataChange.objects.count(), return_.acts.count()) == (1, 1)


def test_a_round_opened_twice_at_once_gives_each_zone_one_return(world):
    staff = [world.staff("s1"), world.staff("s2")]
    made = at_once(*(lambda by=by: services.round_open(by=by, round=world.round) for by in staff))
    assert sorted(made) == [0, 4]
    assert Return.objects.count() == 4


def test_twenty_managers_saving_cells_at_once_lose_nothing(world, sound):
    """Ten alone in their forms and five pairs in the same form, on several web workers; the benchmark does a minute of it."""
    codes = list(sound)
    forms = [world.zones["A1"], *(world.add_zone(f"M{n:02d}", ZoneClass.CLUSTER) for n in range(14))]
    returns = [world.add_return(zone.code) for zone in forms]
    places = [*returns, *returns[:5]]  # the first five are filled in by two people each
    people = [world.manager(return_.zone.code, f"saver-{n}") for n, return_ in enumerate(places)]
    server = load.WebServer(child_environment())
    before = load.deadlocks()
    try:
        server.start()
        managers = [
            load.Manager(server.port, session, return_.pk, codes, {}, seed)
            for seed, (session, return_) in enumerate(zip(load.sessions(people), places, strict=True))
        ]
        found = load.outcome(managers, load.drive(managers, 6))
    finally:
        server.stop()
    assert set(found.answers) <= {"200", "409", "news 200"}, found.answers
    assert all(manager.writes for manager in managers)
    assert (found.lost, found.doubled, found.stale) == ([], [], [])
    assert load.deadlocks() == before
    assert sum(Return.objects.values_list("revision", flat=True)) == len(returns) + found.saves
