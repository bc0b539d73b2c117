"""The administration of the registry: validity follows the dates, history stands below, nothing is deleted."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from parks.models import Designation, Region, Zone


@pytest.fixture
def root(pack: None, client: Client) -> Client:
    client.force_login(User.objects.create_superuser(username="root", password="a long enough one"))
    return client


def address(row: Any) -> str:
    return reverse(f"admin:parks_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("model", [Region, Zone, Designation])
def test_lists_and_forms_open(root: Client, model: Any) -> None:
    name = model._meta.model_name
    assert root.get(reverse(f"admin:parks_{name}_changelist"), {"q": "郑州"}).status_code == 200
    assert root.get(reverse(f"admin:parks_{name}_add")).status_code == 200
    page = root.get(address(model.objects.first())).content.decode()
    assert "变更历史" in page
    assert root.get(reverse(f"admin:parks_{name}_delete", args=[model.objects.first().pk])).status_code == 403


def form_of(plate: Designation, **changes: str) -> dict[str, Any]:
    names = [
        "zone_class", "subclass", "level", "name", "approved_on", "approval_document", "nbs_code", "ended_on",
        "end_reason", "plate_certainty", "name_certainty", "source_grade", "note",
    ]  # fmt: skip
    inline = {
        "history-TOTAL_FORMS": "0",
        "history-INITIAL_FORMS": "0",
        "events-TOTAL_FORMS": "0",
        "events-INITIAL_FORMS": "0",
    }
    return {name: getattr(plate, name) for name in names} | {"zone": plate.zone_id} | inline | changes


def test_validity_follows_the_dates(root: Client) -> None:
    plate = Designation.objects.get(code="Z044")
    answer = root.post(address(plate), form_of(plate, approved_on="2008-12", ended_on="2026", end_reason="整合"))
    assert answer.status_code == 302, answer.context["errors"]
    plate.refresh_from_db()
    assert (plate.valid_from, plate.valid_to) == (date(2008, 12, 1), date(2026, 1, 1))
    page = root.get(address(plate)).content.decode()
    assert page.count("2008-12") >= 2  # in the form and in the history
    assert "root" in page


def test_a_wrong_date_is_explained(root: Client) -> None:
    plate = Designation.objects.get(code="Z044")
    answer = root.post(address(plate), form_of(plate, approved_on="2008年12月"))
    assert answer.status_code == 200
    assert "年月（2015-05）" in answer.content.decode()
