"""Addresses of schemes, runs and results (考核); included at the root by config.urls."""

from django.urls import path

from assessments.views import (
    bulletins,
    calendar,
    compare,
    consequences,
    evaluations,
    files,
    incident_uploads,
    incidents,
    objections,
    orders,
    proceedings,
    publicity,
    results,
    runs,
    schemes,
    simulation,
    standing,
)
from assessments.views.acts import ACTS

urlpatterns = [
    path("schemes/", schemes.SchemeList.as_view(), name="scheme_list"),
    path("schemes/<int:pk>/", schemes.SchemeDetail.as_view(), name="scheme_detail"),
    path("schemes/<int:pk>/text/", schemes.text, name="scheme_text"),
    path("schemes/<int:pk>/clone/", schemes.clone, name="scheme_clone"),
    path("schemes/<int:pk>/edit/", schemes.edit, name="scheme_edit"),
    path("schemes/<int:pk>/changes/", schemes.changes, name="scheme_changes"),
    path("schemes/<int:pk>/effect/", schemes.effect, name="scheme_effect"),
    path("schemes/<int:pk>/submit/", schemes.submit, name="scheme_submit"),
    path("schemes/<int:pk>/hand-back/", schemes.hand_back, name="scheme_hand_back"),
    path("schemes/<int:pk>/publish/", schemes.publish, name="scheme_publish"),
    path("schemes/<int:pk>/discard/", schemes.discard, name="scheme_discard"),
    path("simulation/", simulation.simulate, name="simulation"),
    path("simulation/weights/", simulation.weights, name="simulation_weights"),
    path("simulation/weights/save/", simulation.weights_save, name="simulation_weights_save"),
    path("assessments/", runs.RunList.as_view(), name="run_list"),
    path("assessments/start/", runs.start, name="run_start"),
    path("assessments/<int:pk>/", runs.RunDetail.as_view(), name="run_detail"),
    path("assessments/<int:pk>/progress/", runs.progress, name="run_progress"),
    path("assessments/<int:pk>/cancel/", runs.cancel, name="run_cancel"),
    path("assessments/<int:pk>/export/", runs.export, name="run_export"),
    path("assessments/<int:pk>/bundle/", runs.bundle, name="run_bundle"),
    path("evaluations/", evaluations.evaluation_list, name="evaluation_list"),
    path("evaluations/start/", evaluations.evaluation_start, name="evaluation_start"),
    path("evaluations/<int:pk>/", evaluations.evaluation_detail, name="evaluation_detail"),
    path("evaluations/<int:pk>/export/", evaluations.evaluation_export, name="evaluation_export"),
    path("evaluations/<int:pk>/finalise/", evaluations.evaluation_finalise, name="evaluation_finalise"),
    path("evaluations/<int:pk>/<slug:code>/", evaluations.evaluation_result, name="evaluation_result"),
    path("enterprises/<slug:code>/evaluations/", evaluations.enterprise_evaluations, name="enterprise_evaluations"),
    path("proceedings/", proceedings.proceeding_list, name="proceeding_list"),
    path("proceedings/open/", proceedings.proceeding_open, name="proceeding_open"),
    path("proceedings/<int:pk>/", proceedings.proceeding_detail, name="proceeding_detail"),
    path("proceedings/<int:pk>/decisions/", proceedings.decisions_save, name="decisions_save"),
    path("proceedings/<int:pk>/adopt/", proceedings.decisions_adopt, name="decisions_adopt"),
    path("proceedings/<int:pk>/replace/", proceedings.proceeding_replace, name="proceeding_replace"),
    path("proceedings/<int:pk>/preview/", publicity.proceeding_preview, name="proceeding_preview"),
    path("publicity/", publicity.publication_list, name="publication_list"),
    path("publicity/<int:pk>/", publicity.publication_detail, name="publication_detail"),
    path("publicity/<int:pk>/zones/<str:code>/", objections.publication_zone, name="publication_zone"),
    path("objections/", objections.objection_list, name="objection_list"),
    path("objections/<int:pk>/", objections.objection_detail, name="objection_detail"),
    path("objections/<int:pk>/answer/", objections.objection_answer, name="objection_answer"),
    path("objections/<int:pk>/withdraw/", objections.objection_withdraw, name="objection_withdraw"),
    path("objections/files/<int:pk>/", objections.objection_attachment, name="objection_attachment"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/save/", calendar.calendar_save, name="calendar_save"),
    path("calendar/remove/", calendar.calendar_remove, name="calendar_remove"),
    path("calendar/import/", calendar.calendar_import, name="calendar_import"),
    *(
        path(
            f"proceedings/<int:pk>/{name}/",
            proceedings.proceeding_act,
            {"name": name},
            name=f"proceeding_{name.replace('-', '_')}",
        )
        for name in ACTS
    ),
    path("assessments/<int:pk>/<str:code>/file/", files.result_file, name="result_file"),
    *(
        path(
            f"assessments/<int:pk>/<str:code>/file.{kind}",
            files.result_file,
            {"kind": kind},
            name=f"result_file_{kind}",
        )
        for kind in ("pdf", "docx")
    ),
    path("assessments/<int:pk>/<str:code>/", results.ResultDetail.as_view(), name="result_detail"),
    path("standing/", standing.standing_list, name="standing_list"),
    path("standing/opening/", standing.standing_opening, name="standing_opening"),
    path("standing/<int:scheme>/<int:year>/<str:code>/", standing.standing_detail, name="standing_detail"),
    path(
        "standing/<int:scheme>/<int:year>/<str:code>/improvements/",
        standing.standing_improvements,
        name="standing_improvements",
    ),
    path("incidents/", incidents.incident_list, name="incident_list"),
    path("incidents/new/", incidents.incident_new, name="incident_new"),
    path("incidents/export/", incidents.incident_export, name="incident_export"),
    path("incidents/template/", incident_uploads.incident_template, name="incident_template"),
    path("incidents/upload/", incident_uploads.incident_upload, name="incident_upload"),
    path("incidents/uploads/<int:pk>/", incident_uploads.incident_upload_detail, name="incident_upload_detail"),
    path(
        "incidents/uploads/<int:pk>/confirm/", incident_uploads.incident_upload_confirm, name="incident_upload_confirm"
    ),
    path(
        "incidents/uploads/<int:pk>/discard/", incident_uploads.incident_upload_discard, name="incident_upload_discard"
    ),
    path("incidents/<int:pk>/", incidents.incident_detail, name="incident_detail"),
    path("incidents/<int:pk>/withdraw/", incidents.incident_withdraw, name="incident_withdraw"),
    path("incidents/files/<int:pk>/", incidents.incident_file, name="incident_file"),
    path("assessments/compare/", compare.run_compare, name="run_compare"),
    path("assessments/compare/export/", compare.run_compare_export, name="run_compare_export"),
    path("measures/", consequences.measure_list, name="measure_list"),
    path("measures/settings/", consequences.consequence_settings, name="consequence_settings"),
    path("measures/orders/", orders.measure_order_list, name="measure_order_list"),
    path("measures/orders/new/", orders.measure_order_new, name="measure_order_new"),
    path("measures/orders/<int:pk>/", orders.measure_order, name="measure_order"),
    *(
        path(f"measures/orders/<int:pk>/{act}/", orders.measure_order_act, {"act": act}, name=f"measure_order_{act}")
        for act in orders.ACTS
    ),
    path("measures/orders/files/<int:pk>/", orders.measure_order_file, name="measure_order_file"),
    path("measures/<int:pk>/", consequences.measure_detail, name="measure_detail"),
    *(
        path(f"measures/<int:pk>/{act}/", consequences.measure_act, {"act": act}, name=f"measure_{act}")
        for act in ("lift", "escalate", "execute")
    ),
    path("bulletins/", bulletins.bulletin_list, name="bulletin_list"),
    path("bulletins/<int:pk>.<str:kind>", bulletins.bulletin_file, name="bulletin_file"),
    path("designation-changes/", consequences.change_list, name="designation_changes"),
    path("designation-changes/<int:pk>/", consequences.change_detail, name="designation_change"),
    *(
        path(f"designation-changes/<int:pk>/{act}/", consequences.change_settle, {"act": act}, name=f"change_{act}")
        for act in ("record", "drop")
    ),
    path("zones/<slug:code>/standing/", consequences.zone_standing, name="zone_standing"),
]
