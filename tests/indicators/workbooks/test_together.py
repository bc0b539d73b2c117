"""Two clicks, two people: a file is saved once, and never over what somebody else saved meanwhile."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import close_old_connections, connection

from indicators import services
from indicators.exceptions import RevisionConflict
from indicators.models import Upload, Value
from tests.indicators.workbooks.conftest import download, edited, figures, fresh, put, send

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Do the acts in threads that start together; what each returned or raised, in order."""
    results: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number, act):
        close_old_connections()
        gate.wait()
        try:
            results[number] = act()
        except Exception as error:  # noqa: BLE001 - handed to the test
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_a_double_click_saves_once(small):
    manager = small.manager()
    upload = send(manager, edited(download(small.return_), put({"tax_revenue": 5})), small.return_)
    results = at_once(*[lambda: services.upload_confirm(by=manager, upload_id=upload.pk)] * 4)
    assert all(isinstance(result, Upload) for result in results), results
    value = Value.objects.get(return_ref=small.return_, indicator__code="tax_revenue")
    assert (value.revision, value.history.count()) == (1, 1)  # type: ignore[attr-defined]
    assert fresh(small.return_).revision == 2


def test_confirming_while_others_type_loses_nothing(small):
    """Either the file came first and the cell was typed after, or the cell came first and the file is shown again."""
    manager, filler = small.manager(), small.filler()
    upload = send(manager, edited(download(small.return_), put({"tax_revenue": 5})), small.return_)
    results = at_once(
        lambda: services.upload_confirm(by=manager, upload_id=upload.pk),
        lambda: services.value_save(
            by=filler, return_id=small.return_.pk, indicator_code="energy_use", number=Decimal(7), base_revision=0
        ),
    )
    assert isinstance(results[1], Value)
    stored = figures(small.return_)
    assert stored["energy_use"][0] == 7
    if isinstance(results[0], RevisionConflict):
        assert "tax_revenue" not in stored
    else:
        assert stored["tax_revenue"][0] == 5
