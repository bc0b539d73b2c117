"""A draft on the screen of its manager."""

import pytest

from tests.indicators.pages.form import all_saved


@pytest.fixture
def draft(world, sound):
    """A draft of zone A1 with last year beside it, and its manager."""
    last = {**sound, "rd_expenditure": 2400}
    world.add_return("A1", world.add_round(2019, "closed"), "accepted", last)
    manager = world.manager("A1")
    return world.add_return("A1", values=sound, by=manager), manager


@pytest.fixture
def page(draft, log_in):
    """The draft's form in the browser of its manager."""
    return_, manager = draft
    page = log_in(manager)
    page.goto(return_.get_absolute_url())
    all_saved(page)
    return page
