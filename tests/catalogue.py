"""The real catalogue of indicators with its rules, and nothing else: what the tests of returns put their zones beside."""

from pathlib import Path

from indicators import loading
from indicators.models import CheckRule, Indicator
from indicators.pack import Files, read_files

PACK = Path("packs/henan-2017")


def files() -> Files:
    """The pack's catalogue and rules as read."""
    read = read_files(PACK, [])
    assert read is not None
    return read


def put() -> None:
    """Put them into an empty database."""
    read = files()
    entries = enumerate(read.catalogue.indicators, start=1)
    Indicator.objects.bulk_create([loading._indicator(position, entry, read) for position, entry in entries])
    rules = enumerate(read.rules, start=1)
    CheckRule.objects.bulk_create([CheckRule(position=position, **rule.model_dump()) for position, rule in rules])
