"""The number of queries of every page and list: the same when the rows double, and the one in tests/query_counts.yaml.

After a change that is meant: UPDATE_QUERY_COUNTS=1 pytest tests/test_query_counts.py, and look at the difference.
"""

import os
from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import world as worlds
from tests.api.test_access_matrix import names

BASELINE = Path(__file__).resolve().parent / "query_counts.yaml"
API_LISTS = sorted({name for name in names() if name.endswith("-list")})
BELOW = {"entry-list": "{register}"}
"""Lists of the API that hang below something."""
# URL name → who asks, arguments. Pages that list nothing of the portal's own (log-in, health) are not here.
PAGES: dict[str, tuple[str, str]] = {
    "home": ("office", ""),
    "dashboard": ("office", ""),
    "zone_list": ("office", ""),
    "zone_by_city": ("office", ""),
    "axis_list": ("office", ""),
    "axis_edit": ("office", "longhai"),
    "zone_export": ("office", ""),
    "zone_detail": ("office", "{zone}"),
    "register_list": ("office", ""),
    "entry_list": ("office", "{register}"),
    "entry_detail": ("office", "{register} {entry}"),
    "entry_edit": ("office", "{register} {entry}"),
    "entry_export": ("office", "{register}"),
    "register_upload": ("parkA1", "{register}"),
    "register_upload_detail": ("parkA1", "{register} {register_upload}"),
    "entry_file": ("office", "{register} {entry} {entry_file}"),
    "enterprise_list": ("office", ""),
    "evaluation_list": ("office", ""),
    "evaluation_detail": ("office", "{evaluation}"),
    "evaluation_export": ("office", "{evaluation}"),
    "evaluation_result": ("office", "{evaluation} {evaluated_firm}"),
    "enterprise_evaluations": ("office", "{evaluated_firm}"),
    "enterprise_detail": ("office", "{firm}"),
    "policy_reader": ("office", ""),
    "provision_detail": ("office", "{provision}"),
    "provision_export": ("office", ""),
    "term_list": ("office", ""),
    "term_detail": ("office", "test {term}"),
    "term_figures": ("office", "test {composite}"),
    "policy_compare": ("office", ""),
    "breach_list": ("office", ""),
    "breach_export": ("office", ""),
    "breach_detail": ("office", "{breach}"),
    "rule_check_list": ("office", ""),
    "rule_check": ("office", "{checked_rule}"),
    "zone_breaches": ("office", "{zone}"),
    "task_list": ("office", ""),
    "task_export": ("office", ""),
    "task_assign": ("office", ""),
    "task_detail": ("office", "{task}"),
    "department_policy": ("office", "coordination"),
    "city_policy": ("office", "{region}"),
    "indicator_list": ("office", ""),
    "rule_list": ("office", ""),
    "indicator_detail": ("office", "{indicator}"),
    "round_list": ("office", ""),
    "round_detail": ("office", "{round}"),
    "round_create": ("office", ""),
    "round_change": ("office", "{planned_round}"),
    "round_close": ("office", "{round}"),
    "round_remind": ("office", "{round}"),
    "round_extend": ("office", "{round}"),
    "round_export": ("office", "{round}"),
    "return_form": ("parkA1", "{draft}"),
    "return_news": ("parkA1", "{draft}"),
    "return_download": ("parkA1", "{draft}"),
    "return_upload": ("fillerA1", "{draft}"),
    "round_download": ("proxyA", "{round}"),
    "round_upload": ("proxyA", "{round}"),
    "upload_list": ("fillerA1", ""),
    "upload_detail": ("fillerA1", "{upload}"),
    "upload_file": ("fillerA1", "{upload}"),
    "evidence_file": ("parkA1", "{evidence}"),
    "return_review": ("cityA", "{submitted}"),
    "review_queue": ("office", ""),
    "review_bulk": ("office", ""),
    "review_batch": ("office", "{batch}"),
    "department_home": ("statistics", ""),
    "department_check": ("statistics", "{department_upload}"),
    "department_load": ("office", "{department_load}"),
    "reconciliation_list": ("office", ""),
    "reconciliation_export": ("office", ""),
    "reconciliation_bulk": ("office", ""),
    "reconciliation_item": ("office", "{indicator}"),
    "reconciliation_zone": ("office", "{zone}"),
    "reconciliation_detail": ("office", "{zone} {indicator} {period}"),
    "figure_list": ("office", ""),
    "figure_export": ("office", ""),
    "zone_succession": ("office", "{zone}"),
    "zone_shares": ("office", "{zone}"),
    "province_series": ("office", ""),
    "correction_list": ("office", ""),
    "correction_detail": ("office", "{correction}"),
    "correction_impact": ("office", "{correction}"),
    "correction_new": ("office", "{accepted}"),
    "value_history": ("parkA1", "{draft} {indicator}"),
    "figure_history": ("office", "{zone} {indicator} 2023"),
    "target_list": ("office", ""),
    "target_detail": ("office", "{counted_target}"),
    "target_report": ("office", ""),
    "target_quotas": ("office", "{counted_target}"),
    "target_export": ("office", ""),
    "judgement_file": ("office", "{judgement}"),
    "target_cities_export": ("office", "{counted_target}"),
    "scheme_list": ("office", ""),
    "scheme_detail": ("office", "{scheme}"),
    "run_compare": ("office", ""),
    "result_file": ("office", "{run} {zone}"),
    "result_file_docx": ("office", "{run} {zone}"),
    "measure_list": ("office", ""),
    "measure_detail": ("office", "{measure}"),
    "measure_order_list": ("office", ""),
    "measure_order_new": ("office", ""),
    "measure_order": ("office", "{measure_order}"),
    "measure_order_file": ("office", "{measure_order_file}"),
    "designation_changes": ("office", ""),
    "designation_change": ("office", "{change}"),
    "consequence_settings": ("office", ""),
    "zone_standing": ("office", "{zone}"),
    "bulletin_list": ("office", ""),
    "bulletin_file": ("office", "{bulletin} docx"),
    "scheme_edit": ("office", "{draft_scheme}"),
    "scheme_changes": ("office", "{draft_scheme}"),
    "scheme_effect": ("office", "{draft_scheme}"),
    "simulation": ("office", ""),
    "simulation_weights": ("office", ""),
    "run_list": ("office", ""),
    "run_detail": ("office", "{run}"),
    "run_export": ("office", "{run}"),
    "run_bundle": ("office", "{run}"),
    "result_detail": ("office", "{run} {zone}"),
    "incident_list": ("office", ""),
    "standing_list": ("office", ""),
    "incident_detail": ("office", "{incident}"),
    "incident_new": ("office", ""),
    "incident_file": ("office", "{incident_file}"),
    "incident_upload": ("office", ""),
    "incident_upload_detail": ("office", "{incident_upload}"),
    "incident_export": ("office", ""),
    "proceeding_list": ("office", ""),
    "proceeding_detail": ("office", "{proceeding}"),
    "proceeding_replace": ("office", "{proceeding}"),
    "proceeding_preview": ("office", "{proceeding}"),
    "publication_list": ("parkA1", ""),
    "publication_detail": ("parkA1", "{publication}"),
    "publication_zone": ("parkA1", "{publication} {zone}"),
    "objection_list": ("office", ""),
    "objection_detail": ("office", "{objection}"),
    "objection_attachment": ("parkA1", "{objection_file}"),
    "calendar": ("office", ""),
    "apikey_list": ("office", ""),
    "notice_list": ("office", ""),
    "api_docs": ("office", ""),
}


@pytest.fixture
def world(db):
    return worlds.build()


def count(world: worlds.World, name: str, who: str, arguments: str) -> int:
    """Queries of a second request: the first fills caches of types, sites and templates."""
    client = Client()
    client.force_login(world.people[who])
    url = reverse(name, args=arguments.format(**world.names).split())
    for _warm in range(2):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
            body = response.getvalue()
        assert response.status_code == 200, (name, body[:300])
    return len(queries)


def counts(world: worlds.World) -> dict[str, int]:
    found = {name: count(world, name, who, arguments) for name, (who, arguments) in PAGES.items()}
    return found | {name: count(world, name, "office", BELOW.get(name, "")) for name in API_LISTS}


def test_every_page_of_the_portal_is_counted():
    pages = {name for name in names() if not name.startswith(("admin:", "account_", "mfa_")) and "-" not in name}
    acts = {"round_open", "round_copy", "round_discard", "value_save", "evidence_add",
            "evidence_remove", "return_submit", "return_return", "return_accept", "upload_answer",
            "upload_confirm", "upload_discard", "question_ask",
            "question_answer", "question_close", "run_start", "run_cancel",
            "run_progress", "scheme_clone", "scheme_submit", "scheme_hand_back", "scheme_publish", "scheme_discard",
            "simulation_weights_save", "apikey_create", "apikey_revoke", "notice_open", "notices_read",
            "department_upload", "tolerance_save", "correction_decide",
            "target_withdraw", "target_restore",
            "correction_withdraw", "correction_evidence", "incident_withdraw", "incident_upload_confirm", "incident_upload_discard",
            "standing_opening",
            "succession_withdraw", "set_language", "measure_lift", "run_compare_export", "result_file_pdf",
            "measure_escalate", "measure_execute", "measure_order_confirm", "measure_order_refuse", "measure_order_withdraw",
            "change_record", "change_drop", "entry_withdraw",
            "ruling_record", "exemption_grant", "exemption_withdraw", "task_report", "task_extend",
            "register_upload_confirm", "register_upload_discard", "entry_file_add", "entry_file_remove",
            "evaluation_start", "evaluation_finalise",
            "proceeding_open", "decisions_save", "decisions_adopt", "proceeding_submit", "proceeding_abandon",
            "proceeding_confirm", "proceeding_hand_back", "proceeding_reopen", "proceeding_finalise",
            "objection_answer", "objection_withdraw", "calendar_save", "calendar_remove", "calendar_import"}  # fmt: skip
    without_lists = {
        "standing_detail",
        "target_new",
        "target_edit",
        "target_settings",
        "target_judge",
        "standing_improvements",
        "healthz",
        "readyz",
        "api_schema",
        "api_not_found",
        "zone_profile",
        "department_template",
        "scheme_text",
        "entry_count",
        "entry_new",
        "entry_template",
        "incident_template",
        "enterprise_new",
        "enterprise_edit",
    }
    assert pages - acts - without_lists == set(PAGES)


@pytest.mark.long
def test_counts_stay_when_rows_double_and_equal_the_baseline(world):
    before = counts(world)
    world.grow()
    after = counts(world)
    assert after == before, "more rows, more queries: a relation is read row by row"
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        BASELINE.write_text(yaml.safe_dump(after, sort_keys=True), encoding="utf-8")
    assert after == yaml.safe_load(BASELINE.read_text(encoding="utf-8"))
