"""What migrations of several apps share."""

from __future__ import annotations

import pgtrigger.migrations
from django.db import connection
from django.db.migrations.state import ProjectState


def first_province() -> str:
    """The code of the province of the first policy that was loaded, "" without one: whose all rows are that name no province.

    As a column's one-off default it reaches rows that triggers keep from being updated.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT region_code FROM policy_document WHERE region_code <> '' ORDER BY id LIMIT 1")
        row = cursor.fetchone()
    return row[0] if row else ""


class AddTrigger(pgtrigger.migrations.AddTrigger):
    """pgtrigger's own, sparing what costs most: rendering all related models anew, which know nothing of triggers."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        model = state.models[app_label, self.model_name.lower()]
        model.options["triggers"] = [*model.options.get("triggers", []), self.trigger]
