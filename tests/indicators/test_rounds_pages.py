"""The office's pages of rounds: putting together with a preview, acts with a preview, the board's sorting and export."""

import csv
import io

import openpyxl
import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.models import Notice, User
from indicators import services
from indicators.enums import RoundStatus
from indicators.models import Return, Round
from indicators.selectors.rounds import RoundPlan
from parks.enums import ZoneClass
from tests.indicators.rounds import AREAS, add_form, days, plan


@pytest.fixture
def office(world, client):
    """Logged in, with two forms to choose from."""
    add_form()
    add_form("land", AREAS)
    client.force_login(world.staff())
    return User.objects.get(username="staff")


@pytest.fixture
def opened(world, office):
    world.manager("A1")
    round_ = services.round_create(by=office, plan=plan())
    services.round_open(by=office, round=round_)
    Notice.objects.all().delete()
    return round_


def posted(**changes):
    return {
        "year": "2025",
        "part": "",
        "name": "",
        "forms": ["annual"],
        "zone_classes": ["cluster"],
        "opens_on": days(0).isoformat(),
        "due_on": days(20).isoformat(),
        "closes_on": days(30).isoformat(),
        "review_steps": ["city", "office"],
        "reminder_days": "-14，-3, 1、7",
        **changes,
    }


def late(zone, number=-2):
    Return.objects.filter(round__year=2025, zone__code=zone).update(due_on=days(number))


def words(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


# ---- putting together -----------------------------------------------------------------------------------------


def test_a_round_is_put_together_on_its_page(client, office):
    page = client.get(reverse("round_create"))
    assert "annual表（年，2 项）" in page.content.decode()
    answer = client.post(reverse("round_create"), posted())
    round_ = Round.objects.get(year=2025)
    assert answer.url == round_.get_absolute_url()
    assert RoundPlan.of(round_) == plan()
    assert "“2025 年度报表”已建立" in words(answer)[0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"year": "25"}, "year"),
        ({"part": "Q9"}, "part"),
        ({"part": "Q1"}, "forms"),
        ({"forms": []}, "forms"),
        ({"zone_classes": []}, "zone_classes"),
        ({"due_on": days(-1).isoformat()}, "due_on"),
        ({"closes_on": days(1).isoformat()}, "closes_on"),
        ({"review_steps": []}, "review_steps"),
        ({"reminder_days": "三天前"}, "reminder_days"),
    ],
)
def test_errors_stand_at_the_field(client, office, changes, field):
    answer = client.post(reverse("round_create"), posted(**changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Round.objects.filter(year=2025).exists()


def test_the_preview_says_how_many_zones_and_items_and_stores_nothing(client, office):
    answer = client.post(
        reverse("round_create"), posted(forms=["annual", "land"], preview="1"), headers={"hx-request": "true"}
    )
    text = answer.content.decode()
    assert "<html" not in text
    assert answer.context["seen"].cells == 15
    assert "每个园区 5 项" in text
    assert "3 个园区没有填报账号" in text
    assert not Round.objects.filter(year=2025).exists()
    plain = client.post(reverse("round_create"), posted(preview="1"))
    assert "每个园区 2 项" in plain.content.decode()
    assert "<html" in plain.content.decode()


def test_the_preview_names_whom_another_round_asks_the_same(client, office, opened):
    answer = client.post(reverse("round_create"), posted(name="又一个", preview="1"), headers={"hx-request": "true"})
    assert "同一时期已在“2025 年度报表”中填报" in answer.content.decode()


def test_the_preview_says_what_is_still_wrong(client, office):
    answer = client.post(reverse("round_create"), posted(forms=[], preview="1"), headers={"hx-request": "true"})
    assert "报表表式：请至少选择一个表式。" in answer.content.decode()


def test_a_planned_round_is_changed_on_its_page(client, office):
    round_ = services.round_create(by=office, plan=plan())
    page = client.get(reverse("round_change", args=[round_.pk]))
    assert page.context["seen"].cells == 6
    form = page.context["form"]
    answer = client.post(
        reverse("round_change", args=[round_.pk]),
        posted(name="改过", cities=["410065"], base_version=form["base_version"].value()),
    )
    assert answer.status_code == 302
    assert RoundPlan.of(Round.objects.get(pk=round_.pk)) == plan(name="改过", cities=("410065",))


def test_a_page_that_is_out_of_date_is_told(client, office):
    round_ = services.round_create(by=office, plan=plan())
    url = reverse("round_change", args=[round_.pk])
    version = client.get(url).context["form"]["base_version"].value()
    client.post(url, posted(name="先改", base_version=version))
    answer = client.post(url, posted(name="后改", base_version=version))
    assert answer.status_code == 409
    assert Round.objects.get(pk=round_.pk).name == "先改"


def test_an_open_round_shows_what_is_settled_and_takes_the_rest(client, office, opened):
    url = reverse("round_change", args=[opened.pk])
    page = client.get(url)
    form = page.context["form"]
    assert form.fields["zone_classes"].disabled
    assert not form.fields["due_on"].disabled
    changes = posted(zone_classes=["customs"], due_on=days(25).isoformat(), base_version=form["base_version"].value())
    assert client.post(url, changes).status_code == 302
    stored = Round.objects.get(pk=opened.pk)
    assert (stored.due_on, stored.zone_classes) == (days(25), ["cluster"])
    assert set(opened.returns.values_list("due_on", flat=True)) == {days(25)}


def test_one_click_copies_for_the_next_period(client, office, opened):
    answer = client.post(reverse("round_copy", args=[opened.pk]))
    copied = Round.objects.get(period="2026")
    assert answer.url == reverse("round_change", args=[copied.pk])
    assert client.get(answer.url).status_code == 200
    again = client.post(reverse("round_copy", args=[opened.pk]))
    assert "同名" in words(again)[-1]


def test_a_mistaken_round_is_thrown_away(client, office, opened):
    other = services.round_create(by=office, plan=plan(name="误建"))
    client.post(reverse("round_discard", args=[other.pk]))
    client.post(reverse("round_discard", args=[opened.pk]))
    assert list(Round.objects.filter(year=2025)) == [opened]


# ---- acts -----------------------------------------------------------------------------------------------------


def test_closing_says_first_how_many_are_left(client, office, opened):
    Return.objects.filter(zone__code="A1", round=opened).update(status="accepted")
    url = reverse("round_close", args=[opened.pk])
    assert "还有 2 份报表没有确认，其中 2 份结束后无法再报送" in client.get(url).content.decode()
    client.post(url)
    assert Round.objects.get(pk=opened.pk).status == RoundStatus.CLOSED
    assert "重新开放" in client.get(opened.get_absolute_url()).content.decode()
    client.post(reverse("round_open", args=[opened.pk]))
    assert Round.objects.get(pk=opened.pk).status == RoundStatus.OPEN


def test_reminding_all_that_are_late_is_previewed_and_done_once(client, office, opened, world):
    world.filler("A1")
    for zone in ("A1", "A2"):
        late(zone)
    url = reverse("round_remind", args=[opened.pk])
    page = client.get(f"{url}?status=late")
    assert [row["return"].zone.code for row in page.context["lines"]] == ["A1", "A2"]
    assert (page.context["reach"].people, len(page.context["reach"].unreachable)) == (2, 1)
    assert "通知 2 人" in page.content.decode()
    ids = [row["return"].pk for row in page.context["lines"]]
    assert "已催报 1 份报表，通知 2 人" in words(client.post(url, {"id": ids}))[0]
    assert "没有发出新的催报" in words(client.post(url, {"id": ids}))[-1]
    assert Notice.objects.count() == 2
    board = client.get(opened.get_absolute_url()).content.decode()
    assert "最近一次人工催报" in board
    assert "staff，1 份报表、2 人" in board


def test_ticked_zones_alone_are_reminded(client, office, opened):
    late("A1")
    late("A2")
    one = Return.objects.get(round=opened, zone__code="A2")
    page = client.get(reverse("round_remind", args=[opened.pk]), {"id": [one.pk], "status": "late"})
    assert [row["return"].zone.code for row in page.context["lines"]] == ["A2"]


def test_a_filter_that_is_filled_in_wrongly_chooses_nobody(client, office, opened):
    page = client.get(reverse("round_remind", args=[opened.pk]), {"city": "999999"})
    assert page.context["lines"] == []


def test_returns_of_another_round_are_not_reached(client, office, opened, world):
    foreign = world.add_return("A1")
    client.post(reverse("round_remind", args=[opened.pk]), {"id": [foreign.pk, "x", ""]})
    assert not Notice.objects.exists()


def test_several_zones_get_more_time(client, office, opened):
    url = reverse("round_extend", args=[opened.pk])
    page = client.get(url, {"city": "410065"})
    ids = [row["return"].pk for row in page.context["lines"]]
    assert len(ids) == 2
    wrong = client.post(url, {"id": ids, "due_on": days(25).isoformat(), "reason": ""})
    assert wrong.status_code == 422
    assert "reason" in wrong.context["form"].errors
    past = client.post(url, {"id": ids, "due_on": days(-3).isoformat(), "reason": "洪灾"})
    assert "早于今天" in past.content.decode()
    done = client.post(url, {"id": ids, "due_on": days(25).isoformat(), "reason": "洪灾"})
    assert words(done)[0] == "2 份报表已延期，已通知 1 人。"
    assert set(Return.objects.filter(pk__in=ids).values_list("due_on", flat=True)) == {days(25)}


def test_an_extension_that_reaches_nobody_says_so_and_refusals_are_few_words(world, client, office):
    zones = [world.add_zone(f"M{n}", ZoneClass.CLUSTER).code for n in range(5)]  # without accounts
    ids = [world.add_return(zone).pk for zone in zones]
    Round.objects.filter(pk=world.round.pk).update(opens_on=days(-5), due_on=days(5))
    Return.objects.filter(pk__in=ids).update(due_on=days(5))
    url = reverse("round_extend", args=[world.round.pk])
    wish = {"id": ids, "due_on": days(25).isoformat(), "reason": "洪灾"}
    assert words(client.post(url, wish)) == ["5 份报表已延期，已通知 0 人。"]
    told = words(client.post(url, {**wish, "due_on": days(20).isoformat()}))[1:]
    assert len(told) == 4
    assert told[-1] == "另有 2 份没有延期。"
    page = client.get(reverse("round_remind", args=[world.round.pk]), {"id": ids[:2]}).content.decode()
    assert "请另行联系：M0园区、M1园区" in page


@pytest.mark.parametrize("name", ["round_change", "round_close", "round_remind", "round_extend"])
def test_reviewers_and_parks_do_not_manage(world, client, opened, name):
    for user in (world.reviewer(), world.manager("A2")):
        client.force_login(user)
        assert client.get(reverse(name, args=[opened.pk])).status_code == 403
        assert client.post(reverse(name, args=[opened.pk])).status_code == 403


def test_after_the_last_day_the_form_says_until_when_and_whom_to_ask(world, client, opened):
    Round.objects.filter(pk=opened.pk).update(opens_on=days(-40), due_on=days(-20), closes_on=days(-1))
    Return.objects.filter(round=opened).update(due_on=days(-20))
    client.force_login(User.objects.get(username="manager-A1"))
    page = client.get(Return.objects.get(round=opened, zone__code="A1").get_absolute_url()).content.decode()
    assert f"最迟可报送日期 {days(-1)} 已过" in page
    assert "请联系联席会议办公室申请延期" in page


# ---- the board ------------------------------------------------------------------------------------------------


@pytest.fixture
def board(world, client):
    world.add_return("A1", status="submitted", values={"tax_revenue": 1})
    world.add_return("A2")
    world.add_return("B1", values={"tax_revenue": 1, "employees": 1})
    world.add_return("C1", status="accepted")
    client.force_login(world.staff())
    return world


@pytest.mark.parametrize(
    ("steps", "columns"),
    [
        (["city", "office"], ["not_started", "draft", "submitted", "returned", "city_accepted", "accepted"]),
        (["office"], ["not_started", "draft", "submitted", "returned", "accepted"]),
        (["city"], ["not_started", "draft", "submitted", "returned", "accepted"]),
    ],
)
def test_the_columns_follow_the_reviews(board, client, steps, columns):
    Round.objects.update(review_steps=steps)
    page = client.get(board.round.get_absolute_url())
    assert [status for status, _look in page.context["columns"]] == columns


@pytest.mark.parametrize(
    ("sort", "cities"),
    [("", "AB"), ("-city", "BA"), ("-accepted", "BA"), ("-submitted", "AB"), ("late", "AB"), ("-percent", "BA"),
     ("-done_percent", "BA"), ("nonsense", "AB")],
)  # fmt: skip
def test_cities_are_sorted(board, client, sort, cities):
    page = client.get(board.round.get_absolute_url(), {"sort": sort})
    assert "".join(row["row"].city.name[0] for row in page.context["rows"]) == cities


def test_the_number_stands_beside_its_heat(board, client):
    Return.objects.filter(zone__code="A2").update(status="accepted")
    text = client.get(board.round.get_absolute_url()).content.decode()
    assert '<td class="num heat-2">50%</td>' in text
    assert 'hx-trigger="every 30s"' in text


def test_a_closed_round_is_not_polled(board, client):
    Round.objects.update(status=RoundStatus.CLOSED)
    assert "hx-trigger" not in client.get(board.round.get_absolute_url()).content.decode()


def test_open_rounds_of_any_frequency_are_one_click_apart(board, client, world):
    add_form("quarterly", AREAS, "quarter")
    staff = User.objects.get(username="staff")
    quarter = services.round_create(by=staff, plan=plan(period="2025Q1", name="一季度", forms=("quarterly",)))
    services.round_open(by=staff, round=quarter)
    page = client.get(board.round.get_absolute_url())
    assert [(tab["label"], tab["active"]) for tab in page.context["others"]] == [("一季度", False), ("2020年度", True)]
    listed = client.get(reverse("round_list"))
    assert [(tab["label"], tab["count"]) for tab in listed.context["tabs"]] == [("全部", 2), ("年报", 1), ("季报", 1)]
    assert [row["round"] for row in client.get(reverse("round_list"), {"frequency": "quarter"}).context["rows"]] == [
        quarter
    ]


def test_the_board_is_taken_away_as_a_table(board, client):
    url = reverse("round_export", args=[board.round.pk])
    text = client.get(url, {"format": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["省辖市"] for row in rows] == ["A市", "B市", "合计"]
    assert (rows[0]["已报送"], rows[1]["已确认"], rows[2]["合计"], rows[2]["逾期"]) == ("1", "1", "4", "2")
    zones = client.get(url, {"format": "csv", "view": "zone", "status": "late"}).content.decode("utf-8-sig")
    assert [row["园区编号"] for row in csv.DictReader(io.StringIO(zones))] == ["A2", "B1"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(url).getvalue()))
    assert book.sheetnames == ["按市", "按园区", "说明"]
    assert book["按园区"].max_row == 5
    assert book["按市"]["I4"].value == 2


def test_the_export_needs_its_right_and_keeps_to_the_territory(board, client):
    url = reverse("round_export", args=[board.round.pk])
    client.force_login(board.filler("A1"))
    assert client.get(url).status_code == 403
    client.force_login(board.reviewer("A"))
    text = client.get(url, {"format": "csv", "view": "zone"}).content.decode("utf-8-sig")
    assert [row["园区编号"] for row in csv.DictReader(io.StringIO(text))] == ["A1", "A2"]
