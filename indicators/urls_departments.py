"""Addresses of departments' data and its reconciliation (部门数据与核对)."""

from django.urls import path

from indicators.views import departments, reconciliation

urlpatterns = [
    path("departments/", departments.department_home, name="department_home"),
    path("departments/template/", departments.department_template, name="department_template"),
    path("departments/upload/", departments.department_upload, name="department_upload"),
    path("departments/uploads/<int:pk>/", departments.department_check, name="department_check"),
    path("departments/loads/<int:pk>/", departments.department_load, name="department_load"),
    path("reconciliation/", reconciliation.reconciliation_list, name="reconciliation_list"),
    path("reconciliation/export/", reconciliation.reconciliation_export, name="reconciliation_export"),
    path("reconciliation/decide/", reconciliation.reconciliation_bulk, name="reconciliation_bulk"),
    path("reconciliation/items/<slug:code>/", reconciliation.reconciliation_item, name="reconciliation_item"),
    path("reconciliation/items/<slug:code>/tolerance/", reconciliation.tolerance_save, name="tolerance_save"),
    path("reconciliation/zones/<slug:zone>/", reconciliation.reconciliation_zone, name="reconciliation_zone"),
    path(
        "reconciliation/zones/<slug:zone>/<slug:code>/<slug:period>/",
        reconciliation.reconciliation_detail,
        name="reconciliation_detail",
    ),
]
