"""A small registry and a round in it; figures are made up and have nothing to do with the real zones."""

from pathlib import Path

import pytest

import parks.loading

PACK = Path("packs/henan-2017")


@pytest.fixture
def registry(db):
    """The real regions, organisations and zones."""
    parks.loading.load(PACK)
