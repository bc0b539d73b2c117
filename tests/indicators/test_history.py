"""A figure's whole life: every path of writing leaves its trail, and names itself. A further path is a line of PATHS."""

import io
import json
from decimal import Decimal
from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Duty, Role
from accounts.models import Organisation, User
from accounts.services import apikey_create
from indicators import loading, services
from indicators.deliveries import Delivered
from indicators.enums import Channel
from indicators.models import Indicator, Return, Value
from indicators.selectors import value_history
from indicators.services import CellInput
from tests.indicators.conftest import PACK
from tests.indicators.workbooks.conftest import download, edited, put, send

CODE = "tax_revenue"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def history_of(return_, code=CODE):
    indicator = Indicator.objects.get(code=code)
    return value_history(zone=return_.zone, indicator=indicator, period=return_.round.period)


def versions(return_, code=CODE):
    """Of the first figure there is, oldest first."""
    lines = history_of(return_, code).lines
    return lines[0].versions[::-1] if lines else []


def by_sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


# ---- one test for each path -------------------------------------------------------------------------------------


@pytest.fixture
def draft(world):
    """With 12000 in the cell, as its manager put it there."""
    return_ = world.add_return()
    cell = CellInput(CODE, Decimal(12000))
    given: dict[str, Any] = {"cells": [cell], "base_revision": 1, "channel": Channel.FORM}
    services.values_save(by=world.manager(), return_id=return_.pk, **given)
    return Return.objects.select_related("round", "zone__administration").get(pk=return_.pk)


def by_form(world, client, draft):
    client.force_login(User.objects.get(username="manager-A1"))
    client.post(reverse("value_save", args=[draft.pk, CODE]), {"number": "12500", "base_revision": 1})


def by_plain_form(world, client, draft):
    client.force_login(User.objects.get(username="manager-A1"))
    client.post(reverse("return_form", args=[draft.pk]), {f"number-{CODE}": "12500", "base_revision": 2})


def by_bulk_save(world, client, draft):
    manager = User.objects.get(username="manager-A1")
    cells = [CellInput(CODE, Decimal(12500)), CellInput("employees", Decimal(5))]
    given: dict[str, Any] = {"cells": cells, "base_revision": 2, "channel": Channel.FORM}
    services.values_save(by=manager, return_id=draft.pk, **given)


def by_excel(world, client, draft):
    manager = User.objects.get(username="manager-A1")
    upload = send(manager, edited(download(draft), put({CODE: 12500})), draft, name="一季度.xlsx")
    services.upload_confirm(by=manager, upload_id=upload.pk)


def by_api(world, client, draft):
    manager = User.objects.get(username="manager-A1")
    key, secret = apikey_create(by=manager, name="x", scopes=["read", "return.write"], days=1)
    headers = {"Authorization": f"Api-Key {key.prefix}.{secret}", "If-Match": '"2"'}
    body = json.dumps([{"indicator": CODE, "number": "12500"}])
    answer = client.put(
        reverse("return-values", args=[draft.pk]), body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 200


def by_correction(world, client, draft):
    Return.objects.filter(pk=draft.pk).update(status="accepted")
    manager = User.objects.get(username="manager-A1")
    asked: dict[str, Any] = {"items": [CellInput(CODE, Decimal(12500))], "reason": "抄错一位", "base_revision": 2}
    correction = services.correction_request(by=manager, return_id=draft.pk, **asked)
    services.correction_decide(by=world.staff(), correction_id=correction.pk, apply=True, reason="")


PATHS = {
    "form": (by_form, Channel.FORM, ""),
    "form without script": (by_plain_form, Channel.FORM, ""),
    "bulk save": (by_bulk_save, Channel.FORM, ""),
    "workbook": (by_excel, Channel.EXCEL, "一季度.xlsx"),
    "api": (by_api, Channel.API, ""),
    "correction": (by_correction, Channel.CORRECTION, "抄错一位"),
}


@pytest.mark.parametrize("path", PATHS)
def test_every_path_of_a_return_names_itself(world, client, draft, path):
    write, channel, note = PATHS[path]
    write(world, client, draft)
    first, last = versions(draft)
    assert (first.number, first.channel, first.before) == (12000, Channel.FORM, None)
    assert (last.number, last.channel, last.before.number) == (12500, channel, 12000)
    assert last.by.username == "manager-A1"
    assert note in last.note
    assert last.revision == 2


def test_a_department_load_stands_beside_the_park(world, draft):
    body = Organisation.objects.create(
        code="tax", name="税务局", kind="department", duty=Duty.TAXATION, parent=world.office
    )
    officer = world.user("officer", Role.DEPARTMENT_OFFICER, body)
    row = Delivered("/values/0", "A1", CODE, Decimal(11800))
    services.department_load(
        by=officer, department=Duty.TAXATION, period="2020", rows=[row], name="税收.xlsx", source_note="年报",
        channel=Channel.EXCEL,
    )  # fmt: skip
    park, department = history_of(draft).lines
    assert [line.source for line in (park, department)] == ["park", "department"]
    assert (department.current.number, department.current.channel) == (11800, Channel.DEPARTMENT)
    assert (department.department, department.current.by) == (Duty.TAXATION, officer)
    assert "税收.xlsx" in department.current.note


def test_loading_a_pack(registry):
    loading.load(PACK)
    value = Value.objects.filter(source="published").select_related("zone", "indicator").first()
    assert value is not None
    assert value.number is not None
    Value.objects.filter(pk=value.pk).update(number=value.number + 1)
    loading.load(PACK)
    line = value_history(zone=value.zone, indicator=value.indicator, period=value.period).lines[-1]
    assert [version.channel for version in line.versions[::-1]] == [Channel.PACK, Channel.DATABASE, Channel.PACK]
    assert line.source_note == value.source_note


def test_demonstration_figures_say_so(demo):
    value = Value.objects.filter(synthetic=True, source="park").select_related("zone", "indicator").first()
    line = value_history(zone=value.zone, indicator=value.indicator, period=value.period).lines[0]
    assert line.versions[-1].channel == Channel.DEMO
    assert line.current.synthetic


# ---- around the portal ------------------------------------------------------------------------------------------


def copied(draft):
    """COPY into a cell that is still blank."""
    item = Indicator.objects.get(code="employees").pk
    columns = "return_ref_id, zone_id, indicator_id, year, period, number, absence, comment, source, source_note, certainty, synthetic, revision, updated_at"  # noqa: E501
    line = f"{draft.pk}\t{draft.zone_id}\t{item}\t2020\t2020\t7\t\t\tpark\t\t\tf\t1\t2021-01-01\n"
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY indicators_value ({columns}) FROM STDIN", io.StringIO(line))


INSERT = """
    INSERT INTO indicators_value (return_ref_id, zone_id, indicator_id, year, period, number, absence, comment, source,
        source_note, certainty, synthetic, revision, updated_at)
    SELECT return_ref_id, zone_id, (SELECT id FROM indicators_indicator WHERE code = 'employees'), year, period, 7, '', '',
        source, '', '', false, 1, now()
    FROM indicators_value
"""


def cell(draft):
    return Value.objects.get(return_ref=draft, indicator__code=CODE)


def put_and(save):
    def write(draft):
        value = cell(draft)
        value.number = Decimal(9)
        save(value)

    return write


def upserted(value):
    value.pk = None
    unique = ["zone", "indicator", "period", "source", "department"]
    Value.objects.bulk_create([value], update_conflicts=True, unique_fields=unique, update_fields=["number"])


ROUND_ABOUT = {
    "UPDATE": lambda _draft: by_sql("UPDATE indicators_value SET number = 9"),
    "UPDATE that raises the revision": lambda _draft: by_sql(
        "UPDATE indicators_value SET number = 9, revision = revision + 1"
    ),
    "UPDATE of the synthetic mark": lambda _draft: by_sql("UPDATE indicators_value SET synthetic = true"),
    "QuerySet.update": lambda draft: Value.objects.filter(return_ref=draft).update(number=9),
    "save": put_and(lambda value: value.save()),
    "bulk_update": put_and(lambda value: Value.objects.bulk_update([value], ["number"])),
    "upsert": put_and(upserted),
}


@pytest.mark.parametrize("way", ROUND_ABOUT)
def test_a_write_past_the_services_shows_as_such_and_accuses_nobody(draft, way):
    ROUND_ABOUT[way](draft)
    last = versions(draft)[-1]
    assert len(versions(draft)) == 2
    assert last.past_the_portal
    assert (last.channel.label, last.by, last.note) == ("绕过系统直接写库", None, "")
    assert last.revision == 2


@pytest.mark.parametrize("put_in", [copied, lambda _draft: by_sql(INSERT)], ids=["COPY", "INSERT"])
def test_a_figure_put_in_past_the_services(draft, put_in):
    put_in(draft)
    (only,) = versions(draft, "employees")
    assert (only.number, only.channel, only.by) == (7, Channel.DATABASE, None)


def test_a_figure_made_with_the_orm_alone_names_no_path(world):
    return_ = world.add_return(values={CODE: 5}, by=world.manager())
    (only,) = versions(return_)
    assert only.past_the_portal


@pytest.mark.parametrize(
    "delete",
    [lambda _draft: by_sql("DELETE FROM indicators_value"), lambda draft: cell(draft).delete()],
    ids=["DELETE", "ORM"],
)
def test_what_was_deleted_shows_as_deleted(draft, client, delete):
    delete(draft)
    first, last = versions(draft)
    assert (first.deleted, last.deleted, last.number, last.past_the_portal, last.by) == (False, True, 12000, True, None)
    client.force_login(User.objects.get(username="manager-A1"))
    page = client.get(reverse("value_history", args=[draft.pk, CODE])).content.decode()
    assert "已删除" in page
    assert "绕过系统" in page


def test_what_came_back_after_a_deletion_is_another_line(draft):
    cell(draft).delete()
    manager = User.objects.get(username="manager-A1")
    services.value_save(by=manager, return_id=draft.pk, indicator_code=CODE, number=Decimal(3), base_revision=0)
    gone, here = sorted(history_of(draft).lines, key=lambda line: line.versions[-1].at)
    assert gone.current.deleted
    assert here.current.number == 3


def test_a_figure_that_was_moved_away_is_followed(world, draft):
    """Moved to another item by raw SQL, it is in the history of both."""
    by_sql("UPDATE indicators_value SET indicator_id = %s", Indicator.objects.get(code="employees").pk)
    assert len(versions(draft)) == len(versions(draft, "employees")) == 2


def test_the_administration_shows_figures_and_changes_none(draft, client):
    client.force_login(User.objects.create_superuser("root"))
    address = reverse("admin:indicators_value_change", args=[cell(draft).pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"number": "9"}).status_code == 403
    assert len(versions(draft)) == 1


def test_who_was_logged_in_for_a_write_past_the_services(draft):
    """Where the database knows a login, the history names it, and not who wrote before."""
    admin = User.objects.create_user("admin")
    with pghistory.context(user=admin.pk):
        Value.objects.filter(return_ref=draft).update(number=9)
    assert versions(draft)[-1].by == admin


# ---- what is shown ----------------------------------------------------------------------------------------------


def test_from_to_by_whom_and_with_what_words(world, draft):
    given = {"return_id": draft.pk, "indicator_code": CODE, "base_revision": 1}
    services.value_save(by=world.filler(), number=None, absence="not_available", comment="待核", **given)
    old, new = versions(draft)
    assert (new.before.number, new.absence, new.comment, new.figure_changed) == (12000, "not_available", "待核", True)
    assert new.by.username == "filler-A1"
    assert old.at <= new.at


def test_an_explanation_alone_is_a_version_without_a_new_figure(world, draft):
    given = {"return_id": draft.pk, "indicator_code": CODE, "base_revision": 1}
    services.value_save(by=world.filler(), number=Decimal(12000), comment="口径不变", **given)
    assert not versions(draft)[-1].figure_changed


def test_requests_stand_beside_the_figure_whatever_became_of_them(world, draft, client):
    Return.objects.filter(pk=draft.pk).update(status="accepted")
    manager, staff = User.objects.get(username="manager-A1"), world.staff()
    asked: dict[str, Any] = {"items": [CellInput(CODE, Decimal(1))], "reason": "少报了", "base_revision": 2}
    correction = services.correction_request(by=manager, return_id=draft.pk, **asked)
    services.correction_decide(by=staff, correction_id=correction.pk, apply=False, reason="依据不足")
    history = history_of(draft)
    assert [item.correction.status for item in history.corrections] == ["refused"]
    assert len(history.lines[0].versions) == 1
    client.force_login(manager)
    page = client.get(reverse("value_history", args=[draft.pk, CODE])).content.decode()
    assert "少报了" in page
    assert "已驳回" in page


def test_the_page_and_the_part_for_a_dialog(world, draft, client):
    client.force_login(world.reviewer())
    address = reverse("value_history", args=[draft.pk, CODE])
    page, part = client.get(address).content.decode(), client.get(address, headers={"HX-Request": "true"})
    assert "<html" in page
    assert "<html" not in part.content.decode()
    assert "网页表单" in part.content.decode()
    assert client.get(reverse("figure_history", args=["A1", CODE, "2020"])).status_code == 200


def test_a_published_figure_of_a_span_of_months(world, client):
    Value.objects.create(
        zone=world.zones["A1"], indicator=Indicator.objects.get(code=CODE), year=2016, period="2016-01/2016-10",
        number=5, source="published", source_note="日报", channel=Channel.PACK,
    )  # fmt: skip
    client.force_login(world.reviewer())
    page = client.get(reverse("figure_history", args=["A1", CODE, "2016-01/2016-10"])).content.decode()
    assert "资料包" in page
    assert "日报" in page


def test_other_parks_histories_are_not_found(world, draft, client):
    client.force_login(world.manager("A2"))
    assert client.get(reverse("value_history", args=[draft.pk, CODE])).status_code == 404
    assert client.get(reverse("figure_history", args=["A1", CODE, "2020"])).status_code == 404


def test_over_the_api(world, draft, client):
    client.force_login(User.objects.get(username="manager-A1"))
    by_form(world, client, draft)
    answer = client.get(reverse("value-history", args=[cell(draft).pk])).json()
    (line,) = answer["lines"]
    assert [(v["number"], v["channel"], v["by"]) for v in line["versions"]] == [
        ("12500.0000", "form", "manager-A1"),
        ("12000.0000", "form", "manager-A1"),
    ]
    assert answer["indicator"] == CODE


def test_the_number_of_queries_does_not_depend_on_how_long_the_life_was(world, draft, django_assert_num_queries):
    indicator, zone = Indicator.objects.get(code=CODE), draft.zone
    with django_assert_num_queries(3) as first:
        value_history(zone=zone, indicator=indicator, period="2020")
    for number in range(3):
        Value.objects.filter(return_ref=draft).update(number=number, updated_at=timezone.now())
    with django_assert_num_queries(len(first)):
        value_history(zone=zone, indicator=indicator, period="2020")


def test_whatever_holds_facts_has_a_trail():
    """Tables of collection that people write to are followed, or only grow."""
    followed: set[Any] = {
        tracked for model in apps.get_models() if (tracked := getattr(model, "pgh_tracked_model", None))
    }
    grow = {
        model
        for model in apps.get_app_config("indicators").get_models()
        if any("append_only" in trigger.name for trigger in getattr(model._meta, "triggers", ()))
    }
    facts = {"Value", "Return", "Round", "ReturnAct", "Correction", "CorrectionItem", "Evidence", "Question", "Answer",
             "DepartmentLoad", "Reconciliation", "ProvinceValue"}  # fmt: skip
    assert facts <= {model.__name__ for model in followed | grow}
