"""The form of a return: shown, saved cell by cell, saved whole without scripts, handed in."""

import gzip
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators import services
from indicators.enums import ReturnStatus
from indicators.models import Return, Value


@pytest.fixture
def filing(world, sound):
    """A sound draft of zone A1 and its manager."""
    manager = world.manager("A1")
    return world.add_return("A1", values=sound, by=manager), manager


def save(client, return_, code="tax_revenue", **data):
    url = reverse("value_save", args=[return_.pk, code])
    return client.post(url, {"number": "", "absence": "", "comment": "", "base_revision": 1, **data})


def cell(return_, code="tax_revenue"):
    return Value.objects.get(return_ref=return_, indicator__code=code)


# ---- shown


def test_the_form_shows_sections_cells_and_the_years_before(filing, client, world, sound):
    return_, manager = filing
    last = world.add_return("A1", world.add_round(2019), "accepted", {"tax_revenue": 10000})
    client.force_login(manager)
    page = client.get(return_.get_absolute_url())
    html = page.content.decode()
    assert page.context["editable"]
    assert 'id="number-tax_revenue"' in html
    assert 'value="12,000.00"' in html
    assert f'data-last="{10000.0}"' in html
    assert "10,000.00" in html  # last year beside it
    assert last.status == ReturnStatus.ACCEPTED


def test_a_form_is_sent_compressed_and_a_tagged_answer_as_it_is(filing, client):
    return_, manager = filing
    client.force_login(manager)
    accepts = {"Accept-Encoding": "gzip"}
    page = client.get(return_.get_absolute_url(), headers=accepts)
    assert page.headers["Content-Encoding"] == "gzip"
    assert 'id="number-tax_revenue"' in gzip.decompress(page.content).decode()
    assert len(page.content) * 5 < len(gzip.decompress(page.content))
    record = client.get(f"/api/v1/returns/{return_.pk}/", headers=accepts)
    assert record.headers["ETag"] == f'"{return_.revision}"'
    assert "Content-Encoding" not in record.headers


def test_a_row_of_the_form_brings_nothing_that_the_page_has_once(filing, client):
    return_, manager = filing
    client.force_login(manager)
    html = client.get(return_.get_absolute_url()).content.decode()
    rows = re.findall(r'<tbody class="cell".*?</tbody>', html, re.DOTALL)
    assert len(rows) > 5
    assert html.count('type="file"') == 2  # of the return as a whole, and the template for its cells
    assert max(len(row.encode()) for row in rows) < 5_000


def test_a_filler_may_fill_but_not_submit(filing, client, world):
    return_, _manager = filing
    client.force_login(world.filler("A1"))
    page = client.get(return_.get_absolute_url())
    assert page.context["editable"]
    assert not page.context["can_submit"]


@pytest.mark.parametrize(
    ("status", "words"),
    [("submitted", "正在审核"), ("city_accepted", "正在审核"), ("accepted", "数字已锁定")],
)
def test_a_return_under_way_is_read_only(world, client, sound, status, words):
    return_ = world.add_return("A1", status=status, values=sound)
    client.force_login(world.manager("A1"))
    html = client.get(return_.get_absolute_url()).content.decode()
    assert words in html
    assert "data-part" not in html


def test_a_closed_round_is_read_only(world, client):
    return_ = world.add_return("A1", world.add_round(2019, "closed"))
    client.force_login(world.manager("A1"))
    assert "填报已经结束" in client.get(return_.get_absolute_url()).content.decode()


def test_the_reason_of_a_return_stands_on_top(filing, client, world):
    return_, manager = filing
    services.return_submit(by=manager, return_id=return_.pk, base_revision=return_.revision)
    services.return_return(
        by=world.reviewer(), return_id=return_.pk, reason="税收含了罚款", base_revision=return_.revision + 1
    )
    client.force_login(manager)
    page = client.get(return_.get_absolute_url())
    assert page.context["editable"]
    assert page.content.decode().index("税收含了罚款") < page.content.decode().index('id="section-scale"')


def test_all_forms_ask_the_same_number_of_queries(filing, client, world, sound):
    return_, manager = filing
    client.force_login(manager)
    client.get(return_.get_absolute_url())
    with CaptureQueriesContext(connection) as full:
        client.get(return_.get_absolute_url())
    Value.objects.filter(return_ref=return_).exclude(indicator__code="tax_revenue").delete()
    with CaptureQueriesContext(connection) as bare:
        client.get(return_.get_absolute_url())
    assert len(bare) == len(full)


# ---- one cell


def news(client, return_, since=""):
    return client.get(reverse("return_news", args=[return_.pk]), {"since": since}).json()


def test_a_cell_is_saved_and_the_news_bring_the_findings_it_leads_to(filing, client):
    return_, manager = filing
    client.force_login(manager)
    before = news(client, return_)["token"]
    answer = save(client, return_, "built_area", number="１６,０００")
    assert answer.status_code == 200
    data = answer.json()
    assert (data["state"], data["number"], data["revision"]) == ("saved", "16,000.00", 2)
    data = news(client, return_, before)
    assert data["return_revision"] == return_.revision + 1
    assert data["cells"]["built_area"]["by"] == str(manager)
    assert any("建成区面积" in finding["message"] for finding in data["findings"])
    assert "建成区面积" in data["findings_html"]
    assert "derived_html" in data
    assert cell(return_, "built_area").number == Decimal(16000)


def test_a_save_takes_few_queries(filing, client, django_assert_max_num_queries):
    return_, manager = filing
    client.force_login(manager)
    save(client, return_, number="12001")
    # session, user, memberships; the item; savepoint, return, what it asks (2), cell, cell, return, savepoint
    with django_assert_max_num_queries(12):
        assert save(client, return_, number="12002", base_revision=2).status_code == 200


def test_an_absence_is_an_answer(filing, client):
    return_, manager = filing
    client.force_login(manager)
    answer = save(client, return_, absence="not_available", comment="企业未报")
    assert answer.json()["text"] == "暂缺"
    assert (cell(return_).number, cell(return_).absence, cell(return_).comment) == (None, "not_available", "企业未报")


@pytest.mark.parametrize(
    ("typed", "words"),
    [("abc", "不是数字"), ("-1", "不能小于"), ("1.234", "小数"), ("12万", "不是数字"), ("1" * 17, "过长")],
)
def test_a_wrong_number_is_refused_with_words(filing, client, typed, words):
    return_, manager = filing
    client.force_login(manager)
    answer = save(client, return_, number=typed)
    assert answer.status_code == 422
    assert words in " ".join(answer.json()["messages"])
    assert cell(return_).number == 12000


def test_a_cell_changed_by_another_is_shown_not_overwritten(filing, client, world):
    return_, manager = filing
    services.value_save(
        by=world.filler("A1"),
        return_id=return_.pk,
        indicator_code="tax_revenue",
        number=Decimal(13000),
        base_revision=1,
    )
    client.force_login(manager)
    answer = save(client, return_, number="14000")
    assert answer.status_code == 409
    current = answer.json()["current"]
    assert (current["text"], current["by"], current["revision"]) == ("13,000.00", "filler-A1", 2)
    assert cell(return_).number == 13000


def test_a_submitted_return_is_locked(world, client, sound):
    return_ = world.add_return("A1", status="submitted", values=sound)
    client.force_login(world.manager("A1"))
    answer = save(client, return_, number="1")
    assert answer.status_code == 423
    assert "不能修改" in answer.json()["messages"][0]


def test_an_unknown_item_is_not_found(filing, client):
    return_, manager = filing
    client.force_login(manager)
    assert save(client, return_, "no_such_item", number="1").status_code == 404


# ---- who may


def test_others_territory_is_not_found_and_lacking_rights_are_forbidden(filing, client, world):
    return_, _manager = filing
    for user, page, saving in (
        (world.manager("B1"), 404, 404),
        (world.reviewer("B"), 404, 403),
        (world.reviewer("A"), 200, 403),
        (world.staff(), 200, 403),
    ):
        client.force_login(user)
        assert client.get(return_.get_absolute_url()).status_code == page
        assert save(client, return_, number="1").status_code == saving
        assert client.post(reverse("return_submit", args=[return_.pk]), {"base_revision": 1}).status_code == saving
    client.logout()
    assert client.get(return_.get_absolute_url()).status_code == 302
    assert save(client, return_, number="1").status_code == 302
    assert cell(return_).number == 12000


# ---- without scripts


def whole(return_, **typed):
    return {"base_revision": Return.objects.get(pk=return_.pk).revision} | typed


def posted(client, return_, **changes):
    """What a browser without scripts sends: every cell as shown, with changes."""
    data = whole(return_)
    for value in Value.objects.filter(return_ref=return_).select_related("indicator"):
        data[f"number-{value.indicator.code}"] = "" if value.number is None else f"{value.number:,f}"
    return client.post(return_.get_absolute_url(), data | changes)


def test_without_scripts_the_whole_form_is_saved(filing, client):
    return_, manager = filing
    client.force_login(manager)
    answer = posted(
        client,
        return_,
        **{"number-tax_revenue": "13,000", "absence-built_area": "not_available", "number-built_area": ""},
    )
    assert answer.status_code == 302
    assert cell(return_).number == 13000
    assert cell(return_, "built_area").absence == "not_available"
    assert cell(return_, "employees").revision == 1  # what did not change was not touched


@pytest.mark.parametrize("typed", ["abc", "-5"])
def test_without_scripts_one_wrong_number_keeps_all_unsaved(filing, client, typed):
    return_, manager = filing
    client.force_login(manager)
    answer = posted(client, return_, **{"number-tax_revenue": typed, "number-employees": "9100"})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode()
    assert 'value="9100"' in answer.content.decode()  # the right ones need not be typed again
    assert "全部都还没有保存" in answer.content.decode()
    assert cell(return_, "employees").number == 9000


def test_without_scripts_a_stale_page_is_refused(filing, client):
    return_, manager = filing
    client.force_login(manager)
    answer = posted(client, return_, **{"base_revision": 99, "number-tax_revenue": "13000"})
    assert answer.status_code == 409
    assert 'value="12,000.00"' in answer.content.decode()
    assert cell(return_).number == 12000


# ---- handing in


def test_a_sound_return_is_handed_in(filing, client):
    return_, manager = filing
    client.force_login(manager)
    answer = client.post(reverse("return_submit", args=[return_.pk]), whole(return_), follow=True)
    assert "已报送，等待市级办公室审核" in answer.content.decode()
    assert answer.context["return"].status == ReturnStatus.SUBMITTED
    assert "链条完整" in answer.content.decode()


def test_what_stands_in_the_way_is_listed(filing, client):
    return_, manager = filing
    Value.objects.filter(return_ref=return_, indicator__code="tax_revenue").delete()
    client.force_login(manager)
    answer = client.post(reverse("return_submit", args=[return_.pk]), whole(return_))
    assert answer.status_code == 422
    assert "“税收收入”必填" in answer.content.decode()
    return_.refresh_from_db()
    assert return_.status == ReturnStatus.DRAFT


def test_handing_in_a_stale_page_is_refused(filing, client):
    return_, manager = filing
    client.force_login(manager)
    assert client.post(reverse("return_submit", args=[return_.pk]), {"base_revision": 99}).status_code == 409
    assert client.post(reverse("return_submit", args=[return_.pk]), {}).status_code == 422
