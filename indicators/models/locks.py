"""Locks that the database holds itself (数据库锁定): what is accepted, decided or recorded stands, on every path.

No session variable puts them out of force: the library's triggers stand aside where `pgtrigger.ignore` names them; a
`Lock` clears that first, and with it the same for the history triggers that fire afterwards.
"""

from __future__ import annotations

from typing import Any, cast

import pgtrigger
from django.db import models

from indicators.enums import CORRECTION_MOVES, Channel, CorrectionStatus, ReturnStatus, ValueSource

LOCKED_MESSAGE = "yuanqu: an accepted return is locked"
REFUSE = f"RAISE EXCEPTION '{LOCKED_MESSAGE}' USING ERRCODE = 'restrict_violation';"


class Lock(pgtrigger.Trigger):
    """A trigger that no session variable puts out of force."""

    when = pgtrigger.Before

    def get_declare(self, model: type[models.Model]) -> list[tuple[str, str]]:  # type: ignore[override]
        return [
            ("shield", "TEXT := set_config('pgtrigger.ignore', '{}', true)"),
            *super().get_declare(cast("models.Model", model)),
        ]


def refuse(message: str) -> str:
    return f"RAISE EXCEPTION 'yuanqu: {message}' USING ERRCODE = 'restrict_violation';"


def no_truncate(name: str) -> Lock:
    """Emptying a table at once would pass by the row triggers."""
    return Lock(name=name, level=pgtrigger.Statement, operation=pgtrigger.Truncate, func=REFUSE)


def append_only(name: str = "append_only") -> Lock:
    """Rows are added and never touched again."""
    return Lock(
        name=name, operation=pgtrigger.Update | pgtrigger.Delete, func=refuse("Cannot change rows that only grow")
    )


def history_kept() -> dict[str, Any]:
    """For `pghistory.track(meta=…)`: the trail is written by its triggers alone, and never changed or emptied."""
    written_by_trigger = Lock(
        name="history_kept",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        # Depth 1 is this trigger; one more means that the row comes from the trigger on the table that is followed.
        func=f"""
            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;
            {refuse("history is written by triggers alone")}
        """,
    )
    return {"triggers": [written_by_trigger, no_truncate("history_no_truncate")]}


# A correction being applied writes these of a value, and of a return its revision.
_WRITTEN = "ARRAY['number','absence','comment','channel','change_note','revision','updated_by_id','updated_at']"

# FOR SHARE: a write waits for an acceptance under way and then sees it.
VALUE_LOCK = f"""
    FOREACH holder IN ARRAY ARRAY[
        CASE WHEN TG_OP <> 'INSERT' THEN OLD.return_ref_id END,
        CASE WHEN TG_OP <> 'DELETE' THEN NEW.return_ref_id END
    ] LOOP
        SELECT status INTO held FROM indicators_return WHERE id = holder FOR SHARE;
        IF held = '{ReturnStatus.ACCEPTED}' THEN
            applying := NULL;
            SELECT item.id INTO applying
            FROM indicators_correctionitem AS item
            JOIN indicators_correction AS correction ON correction.id = item.correction_id
            JOIN indicators_return AS place ON place.id = correction.return_ref_id
            JOIN indicators_round AS round ON round.id = place.round_id
            WHERE correction.status = '{CorrectionStatus.APPLYING}' AND correction.return_ref_id = holder
              AND TG_OP <> 'DELETE' AND NEW.return_ref_id = holder AND item.indicator_id = NEW.indicator_id
              AND item.old_number IS NOT DISTINCT FROM OLD.number AND item.old_absence = COALESCE(OLD.absence, '')
              AND item.new_number IS NOT DISTINCT FROM NEW.number AND item.new_absence = NEW.absence
              AND NEW.comment = COALESCE(NULLIF(item.comment, ''), OLD.comment, '')
              AND NEW.channel = '{Channel.CORRECTION}' AND NEW.updated_by_id = correction.requested_by_id
              AND CASE TG_OP
                  WHEN 'UPDATE' THEN
                      to_jsonb(NEW) - {_WRITTEN} = to_jsonb(OLD) - {_WRITTEN} AND NEW.revision = OLD.revision + 1
                  ELSE
                      (NEW.zone_id, NEW.year, NEW.period, NEW.source, NEW.department, NEW.synthetic, NEW.revision)
                      = (place.zone_id, round.year, round.period, '{ValueSource.PARK}', '', place.synthetic, 1)
                      AND (NEW.source_note, NEW.certainty) = ('', '') AND NEW.load_id IS NULL
                  END;
            IF applying IS NULL THEN {REFUSE} END IF;
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF EXISTS (SELECT FROM indicators_return WHERE id = NEW.return_ref_id AND zone_id <> NEW.zone_id) THEN
        {refuse("a figure lies in the zone of its return")}
    END IF;
    RETURN NEW;
"""  # noqa: S608 - only names of statuses are put in

# A correction being applied may raise the revision, and nothing else.
RETURN_LOCK = f"""
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'revision' = to_jsonb(OLD) - 'revision'
       AND NEW.revision > OLD.revision AND EXISTS (
           SELECT FROM indicators_correction
           WHERE return_ref_id = OLD.id AND status = '{CorrectionStatus.APPLYING}')
    THEN RETURN NEW; END IF;
    {REFUSE}
"""

_MOVES = ", ".join(f"('{old}', '{new}')" for old, moves in CORRECTION_MOVES.items() for new in sorted(moves))
_DECISION = "ARRAY['status','decided_by_id','decided_at','decision_reason']"

CORRECTION_LOCK = f"""
    IF TG_OP = 'DELETE' THEN {refuse("a correction is kept")} END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT status INTO held FROM indicators_return WHERE id = NEW.return_ref_id FOR SHARE;
        IF NEW.status <> '{CorrectionStatus.PROPOSED}' OR NEW.decided_by_id IS NOT NULL
           OR held IS DISTINCT FROM '{ReturnStatus.ACCEPTED}' THEN
            {refuse("a correction begins as a request about an accepted return")}
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.status, NEW.status) NOT IN ({_MOVES}) OR to_jsonb(NEW) - {_DECISION} <> to_jsonb(OLD) - {_DECISION}
       OR (OLD.status = '{CorrectionStatus.APPLYING}' AND to_jsonb(NEW) - 'status' <> to_jsonb(OLD) - 'status') THEN
        {refuse("a correction is decided once")}
    END IF;
    IF NEW.status = '{CorrectionStatus.APPLIED}' AND EXISTS (
        SELECT FROM indicators_correctionitem AS item
        LEFT JOIN indicators_value AS value
          ON value.return_ref_id = NEW.return_ref_id AND value.indicator_id = item.indicator_id
         AND value.number IS NOT DISTINCT FROM item.new_number AND value.absence = item.new_absence
        WHERE item.correction_id = NEW.id AND value.id IS NULL
    ) THEN
        {refuse("a correction is applied when its figures stand")}
    END IF;
    RETURN NEW;
"""  # noqa: S608

NOT_LEFT_APPLYING = f"""
    IF EXISTS (SELECT FROM indicators_correction WHERE id = NEW.id AND status = '{CorrectionStatus.APPLYING}') THEN
        {refuse("a correction is applied in one transaction")}
    END IF;
    RETURN NULL;
"""

ITEM_LOCK = f"""
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM indicators_correction
        WHERE id = NEW.correction_id AND status = '{CorrectionStatus.PROPOSED}' FOR SHARE
    ) THEN
        RETURN NEW;
    END IF;
    {refuse("Cannot change what a correction asks for")}
"""

# Once the return is accepted: files come with an open correction of that very return, and only those can be taken back.
EVIDENCE_LOCK = f"""
    IF TG_OP = 'DELETE' THEN {REFUSE} END IF;
    FOREACH holder IN ARRAY ARRAY[CASE WHEN TG_OP = 'UPDATE' THEN OLD.return_ref_id END, NEW.return_ref_id] LOOP
        SELECT status INTO held FROM indicators_return WHERE id = holder FOR SHARE;
        IF held = '{ReturnStatus.ACCEPTED}' AND (
            (TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['removed_by_id','removed_at']
                                  <> to_jsonb(OLD) - ARRAY['removed_by_id','removed_at'])
            OR NOT EXISTS (
                SELECT FROM indicators_correction
                WHERE id = NEW.correction_id AND return_ref_id = holder AND status = '{CorrectionStatus.PROPOSED}')
        ) THEN
            {REFUSE}
        END IF;
    END LOOP;
    RETURN NEW;
"""  # noqa: S608

# Every service raises the revision and the time; a change that does not came past them, and its history says so.
_FACTS = (
    "number", "absence", "comment", "return_ref_id", "zone_id", "indicator_id", "year", "period", "source",
    "source_note", "department", "load_id", "certainty", "synthetic", "channel", "change_note", "updated_by_id",
)  # fmt: skip
PAST_THE_SERVICES = (
    "((NEW.revision = OLD.revision OR NEW.updated_at = OLD.updated_at) AND "
    f"({', '.join(f'NEW.{name}' for name in _FACTS)}) IS DISTINCT FROM ({', '.join(f'OLD.{name}' for name in _FACTS)}))"
)
MARK_PAST_THE_SERVICES = f"""
    NEW.revision := OLD.revision + 1;
    NEW.channel := '{Channel.DATABASE}';
    RETURN NEW;
"""
