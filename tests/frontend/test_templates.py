"""What holds for every template: icons exist, nothing the content security policy would block, one skeleton."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import translation

from common.statuses import LOOKS
from config.context import GROUPS, navigation
from scripts import messages

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SPRITE = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text(encoding="utf-8")))


def ids(path):
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=ids)
def test_template_compiles(path):
    get_template(ids(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=ids)
def test_icons_exist(path):
    text = path.read_text(encoding="utf-8")
    named = re.findall(r'{% icon "([\w-]+)"', text) + re.findall(r'icon_name="([\w-]+)"', text)
    named += re.findall(r'icon_name\|default:"([\w-]+)"', text)
    assert set(named) <= SPRITE


@pytest.mark.parametrize("path", TEMPLATES, ids=ids)
def test_nothing_that_the_content_security_policy_blocks(path):
    text = path.read_text(encoding="utf-8")
    scripts = re.findall(r"<script\b[^>]*>", text)
    assert [tag for tag in scripts if "src=" not in tag and "application/json" not in tag] == []
    assert re.findall(r"<style\b", text) == []
    assert re.findall(r"\son(?:click|change|submit|load|input|error)=", text) == []
    assert re.findall(r"https?://(?!www\.w3\.org)", text) == []


def test_icons_of_statuses_and_navigation_exist():
    assert {look.icon for look in LOOKS.values()} <= SPRITE
    assert {entry.icon for group in GROUPS for entry in group.entries} <= SPRITE


def test_map_has_18_units_in_outline_and_squares_within_150_kilobytes():
    path = ROOT / "static/geo/henan.json"
    areas = [feature["properties"] for feature in json.loads(path.read_text(encoding="utf-8"))["features"]]
    tiles = json.loads((ROOT / "static/geo/henan_tiles.json").read_text(encoding="utf-8"))
    assert len(areas) == len(tiles) == 18
    assert {area["code"] for area in areas} == {tile["code"] for tile in tiles}
    assert len({(tile["row"], tile["col"]) for tile in tiles}) == 18
    assert path.stat().st_size <= 150_000


def test_map_borders_are_shared_point_by_point():
    features = json.loads((ROOT / "static/geo/henan.json").read_text(encoding="utf-8"))["features"]
    rings = [ring for feature in features for polygon in feature["geometry"]["coordinates"] for ring in polygon]
    assert all(ring[0] == ring[-1] and len(ring) >= 4 for ring in rings)
    edges: dict[frozenset, int] = {}
    for ring in rings:
        for start, end in pairwise(ring):
            edge = frozenset((tuple(start), tuple(end)))
            edges[edge] = edges.get(edge, 0) + 1
    assert max(edges.values()) == 2
    assert sum(count == 2 for count in edges.values()) > len(edges) * 0.4


def test_chinese_texts_use_chinese_punctuation():
    found = [text for _context, text in messages.messages_of(messages.extract_all(ROOT))]
    choices = {"是,否"}  # the argument of the filter yesno
    assert [text for text in found if re.search(r"[\u4e00-\u9fff][,;:!?]", text) and text not in choices] == []


def test_lock_file_names_no_registry():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["404.html", "403.html", "403_csrf.html", "413.html", "429.html", "500.html"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_error_pages_stand_alone(page, language):
    with translation.override(language):
        html = render_to_string(page)
    assert html.count("<h1") == 1
    assert 'id="main"' in html


class Person:
    """Stands for a logged-in user: the context asks for permission names and memberships only."""

    is_authenticated = True
    current_memberships: tuple = ()

    def __init__(self, *permissions, superuser=False):
        self.permission_names = frozenset(permissions)
        self.is_superuser = superuser


def shown(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return [item for group in navigation(request)["nav"] for item in group["items"]]


def test_navigation_shows_what_a_user_may_open():
    names = {item["name"] for item in shown(Person("zone.view", "return.view"))}
    assert "review_queue" not in names
    assert "admin:index" not in names
    assert "admin:index" in {item["name"] for item in shown(Person(superuser=True))}
    assert shown(AnonymousUser()) == []


def test_navigation_marks_one_place():
    items = shown(Person(superuser=True), "/admin/accounts/user/")
    assert [item["name"] for item in items if item["active"]] == ["admin:index"]


def test_a_return_is_part_of_collection():
    items = shown(Person("return.view"), "/returns/12/")
    assert [item["name"] for item in items if item["active"]] == ["round_list"]
