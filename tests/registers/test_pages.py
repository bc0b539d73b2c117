"""Pages of registers: lists, filters, sorting, forms with errors at fields, conflict, history, export."""

import pytest
from django.test import Client
from django.urls import reverse

from registers.models import Entry
from registers.services import entry_create


@pytest.fixture
def ask(world):
    def client(name):
        made = Client()
        made.force_login(world.people[name])
        return made

    return client


@pytest.fixture
def entries(world):
    return [
        entry_create(
            by=world.people["office"], register=world.register, place=place,
            given={"name": name, "status": status, "amount": amount, "key_work": True, "started": "2023-01-01"},
        )
        for name, place, status, amount in (("甲", "A1", "planned", "9"), ("乙", "A1", "under_way", "30"), ("丙", "B1", "planned", "100"))
    ]  # fmt: skip


def titles(response):
    return [entry.title for entry, _answers in response.context["rows"]]


def test_the_list_of_registers(ask, entries):
    page = ask("parkA").get(reverse("register_list")).content.decode()
    assert "工程台账" in page
    assert "P900" in page
    assert ">2" in page
    assert "没有符合条件的台账" in ask("parkA").get(reverse("register_list"), {"q": "没有这个词"}).content.decode()


def test_entries_by_territory_filter_and_order(ask, entries):
    address = reverse("entry_list", args=["works"])
    assert set(titles(ask("parkA").get(address))) == {"甲", "乙"}
    assert titles(ask("office").get(address, {"sort": "-amount"})) == ["丙", "乙", "甲"]
    assert titles(ask("office").get(address, {"sort": "amount", "status": "planned"})) == ["甲", "丙"]
    assert titles(ask("office").get(address, {"q": "B1"})) == ["丙"]
    assert titles(ask("office").get(address, {"standing": "withdrawn"})) == []
    assert ask("office").get(reverse("entry_count", args=["works"])).content.decode().strip() == "3 条"


def test_figures_of_the_page(ask, entries):
    lines = ask("office").get(reverse("entry_list", args=["works"])).context["figures"]
    years = ask("office").get(reverse("entry_list", args=["works"])).context["years"]
    begun = next(line for line in lines if line["measure"].code == "works_begun")
    assert dict(zip(years, begun["cells"], strict=True))[2023] == 3


def test_a_form_tells_all_errors_at_their_fields(ask):
    address = reverse("entry_new", args=["works"])
    response = ask("parkA").post(address, {"zone": "A1", "amount": "多", "started": "2999-01-01"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"name", "status", "amount", "started"}
    assert "“多”不是数字" in response.content.decode()
    good = {"zone": "A1", "name": "丁", "status": "planned", "key_work": "True"}
    done = ask("parkA").post(address, good)
    entry = Entry.objects.get()
    assert (done.status_code, done.url) == (302, entry.get_absolute_url())
    assert entry.data["key_work"] is True
    again = ask("parkA").post(address, {**good, "name": "戊", "again": "1"})
    assert again.url == address


def test_editing_shows_what_another_saved(ask, entries):
    address = reverse("entry_edit", args=["works", entries[0].pk])
    page = ask("parkA").get(address)
    assert 'value="9"' in page.content.decode()
    form = {"name": "甲", "status": "planned", "amount": "10", "started": "2023-01-01", "base_revision": "1"}
    assert ask("parkA").post(address, form).status_code == 302
    conflict = ask("cityA").post(address, {**form, "amount": "11"})
    assert conflict.status_code == 409
    assert "他人保存的现有内容" in conflict.content.decode()
    page = ask("parkA").get(entries[0].get_absolute_url()).content.decode()
    assert "<del>9</del> <ins>10</ins>" in page


def test_withdrawing_asks_for_the_reason(ask, entries):
    address = reverse("entry_withdraw", args=["works", entries[0].pk])
    assert ask("parkA").post(address, {"reason": "", "base_revision": "1"}).status_code == 422
    assert ask("parkA").post(address, {"reason": "登记错误", "base_revision": "1"}).status_code == 302
    page = ask("parkA").get(entries[0].get_absolute_url()).content.decode()
    assert "登记错误" in page
    assert reverse("entry_edit", args=["works", entries[0].pk]) not in page


def test_export_holds_the_filtered_list_only(ask, entries):
    response = ask("office").get(reverse("entry_export", args=["works"]), {"q": "丙"})
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert b"".join(response.streaming_content)[:2] == b"PK"
    assert ask("parkA").get(reverse("entry_export", args=["works"])).status_code == 403


def test_english_pages_speak_english(ask, entries):
    client = ask("office")
    client.cookies["django_language"] = "en"
    page = client.get(entries[0].get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert "Under way" in client.get(reverse("entry_list", args=["works"])).content.decode()
    assert "10,000 yuan" in page
    assert "History" in page
