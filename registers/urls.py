"""Addresses of registers; names as in docs/architecture.md."""

from django.urls import path

from registers.views import enterprises, entries, registers, uploads

urlpatterns = [
    path("registers/", registers.register_list, name="register_list"),
    path("registers/<slug:code>/", registers.entry_list, name="entry_list"),
    path("registers/<slug:code>/count/", registers.entry_count, name="entry_count"),
    path("registers/<slug:code>/new/", entries.entry_new, name="entry_new"),
    path("registers/<slug:code>/export/", uploads.entry_export, name="entry_export"),
    path("registers/<slug:code>/template/", uploads.entry_template, name="entry_template"),
    path("registers/<slug:code>/upload/", uploads.register_upload, name="register_upload"),
    path("registers/<slug:code>/uploads/<int:pk>/", uploads.register_upload_detail, name="register_upload_detail"),
    path(
        "registers/<slug:code>/uploads/<int:pk>/confirm/",
        uploads.register_upload_confirm,
        name="register_upload_confirm",
    ),
    path(
        "registers/<slug:code>/uploads/<int:pk>/discard/",
        uploads.register_upload_discard,
        name="register_upload_discard",
    ),
    path("registers/<slug:code>/<int:pk>/", entries.entry_detail, name="entry_detail"),
    path("registers/<slug:code>/<int:pk>/edit/", entries.entry_edit, name="entry_edit"),
    path("registers/<slug:code>/<int:pk>/withdraw/", entries.entry_withdrawn, name="entry_withdraw"),
    path("registers/<slug:code>/<int:pk>/files/", entries.entry_file_new, name="entry_file_add"),
    path("registers/<slug:code>/<int:pk>/files/<int:file>/", entries.entry_file, name="entry_file"),
    path(
        "registers/<slug:code>/<int:pk>/files/<int:file>/remove/", entries.entry_file_removed, name="entry_file_remove"
    ),
    path("enterprises/", enterprises.enterprise_list, name="enterprise_list"),
    path("enterprises/new/", enterprises.enterprise_new, name="enterprise_new"),
    path("enterprises/<slug:code>/", enterprises.enterprise_detail, name="enterprise_detail"),
    path("enterprises/<slug:code>/edit/", enterprises.enterprise_edit, name="enterprise_edit"),
]
