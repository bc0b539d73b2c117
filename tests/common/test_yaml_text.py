"""Changing a YAML text in place: only what was asked changes, comments and order stay, whatever stands there."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from common.yaml_text import YamlEditError, set_value, value_at, written

TEXT = """\
# head
name: 名称  # what it is called
"quoted": "a: b"
tree:
  - code: a   # first
    score: &up {method: minmax, base: 60}
  - {code: b, score: *up}
  - code: c
    score: *up
block: |
  two
  lines
last: {}
"""
SHIPPED = sorted((Path(__file__).parents[2] / "packs/henan-2017/schemes").glob("*.yaml"))


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        (("name",), "新名", "name: 新名  # what it is called"),
        (("name",), "yes", 'name: "yes"  # what it is called'),
        (("quoted",), 'c "d"', '"quoted": "c \\"d\\""'),
        (("tree", 0, "score", "base"), 55.5, "    score: {method: minmax, base: 55.5}"),
        (("tree", 0, "weight"), 25, "    weight: 25"),
        (("tree", 1, "score", "base"), 1, "  - {code: b, score: {method: minmax, base: 1}}"),
        (("tree", 1, "weight"), 1e-7, "  - {code: b, score: *up, weight: 1.0e-07}"),
        (("tree", 2, "score", "cap"), None, "    score: {method: minmax, base: 60, cap: null}"),
        (("last", "clauses"), ["P1", "a, b"], 'last: {clauses: [P1, "a, b"]}'),
        (("new",), True, "new: true"),
        (("block",), "one", "block: one"),
    ],
)
def test_one_value_changes_and_nothing_else(place, value, line):
    changed = set_value(TEXT, place, value)
    assert line in changed.splitlines()
    said, before = yaml.safe_load(changed), yaml.safe_load(TEXT)
    assert value_at(said, place) == value
    assert [part for part in said if part != place[0]] == [part for part in before if part != place[0]]
    assert "# head" in changed
    assert "# first" in changed


def test_the_anchor_moves_when_its_first_use_changes():
    changed = set_value(TEXT, ("tree", 0, "score", "base"), 1)
    assert changed.count("&up") == 1
    assert [item["score"]["base"] for item in yaml.safe_load(changed)["tree"]] == [1, 60, 60]


@pytest.mark.parametrize("place", [("none", "x"), ("tree", 9, "x"), ("name", "x")])
def test_no_such_place(place):
    with pytest.raises(YamlEditError):
        set_value(TEXT, place, 1)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_number_of_the_shipped_schemes_can_be_changed_alone(path):
    text = path.read_text("utf-8")
    places = [place for place, value in _scalars(yaml.safe_load(text), ()) if isinstance(value, int | float)]
    for place in places[:: len(places) // 3]:
        assert len(set_value(text, place, 12.25).splitlines()) == len(text.splitlines())


@settings(deadline=None)
@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(codec="utf-8")),
    )
)
def test_what_is_written_reads_the_same(value):
    assert yaml.safe_load(written({"a": [value]})) == {"a": [value]}


def _scalars(data, place):
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _scalars(value, (*place, key))
    else:
        yield place, data
