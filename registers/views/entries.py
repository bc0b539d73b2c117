"""One entry: reading it with its life, registering, changing, withdrawing (条目页面)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from common.access import permission_required
from common.attachments import ACCEPT, LARGEST, file_response
from registers.exceptions import EntriesInvalid, EntryConflict
from registers.files import MOST_FILES, entry_file_add, entry_file_remove
from registers.forms import EntryForm, WithdrawForm
from registers.models import Entry, Register
from registers.rights import may_keep
from registers.selectors import answers_of, entry_history
from registers.services import entry_change, entry_create, entry_withdraw
from registers.views.common import find_entry, find_register, linked, require_keeping, user_of


@require_safe
@permission_required(Permission.REGISTER_VIEW)
def entry_detail(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    return _detail(request, find_entry(request, code, pk), WithdrawForm())


def _detail(
    request: HttpRequest, entry: Entry, withdraw: WithdrawForm, status: int = 200, file_fault: str = ""
) -> HttpResponse:
    keeps = may_keep(user_of(request), entry.register.spec, entry.organisation.path) and entry.register.active
    withdraw.initial.setdefault("base_revision", entry.revision)
    answers = linked(answers_of(entry))
    context = {
        "register": entry.register,
        "entry": entry,
        "answers": [pair for pair in answers if not pair[0].former and not pair[0].derived],
        "derived": [pair[0] for pair in answers if pair[0].derived],
        "former": [pair[0] for pair in answers if pair[0].former],
        "history": entry_history(entry),
        "may_change": keeps and entry.withdrawn_at is None,
        "withdraw": withdraw,
        "older": entry.version < entry.register.version,
        "files": entry.files.standing().select_related("uploaded_by"),
        "file_fault": file_fault,
        "accept": ACCEPT,
        "largest": LARGEST // 1024 // 1024,
        "most_files": MOST_FILES,
    }
    return render(request, "registers/entry_detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.REGISTER_KEEP)
def entry_new(request: HttpRequest, code: str) -> HttpResponseBase:
    register, user = find_register(code), user_of(request)
    require_keeping(request, register)
    place = {register.place: request.GET.get(register.place, "")}
    form = EntryForm(register, user, None, request.POST or None, initial=place)
    if request.method == "POST" and form.is_valid():
        try:
            chosen = form.cleaned_data[register.place]
            entry = entry_create(by=user, register=register, place=chosen, given=form.given)
        except EntriesInvalid as invalid:
            form.refuse(invalid.errors[0])
        else:
            messages.success(request, _("已登记“%(title)s”。") % {"title": entry})
            return redirect("entry_new", register.code) if "again" in request.POST else redirect(entry)
    return _form(request, register, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.REGISTER_KEEP)
def entry_edit(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    entry, user = find_entry(request, code, pk), user_of(request)
    require_keeping(request, entry.register, entry)
    form = EntryForm(entry.register, user, entry, request.POST or None)
    current = None
    if request.method == "POST" and form.is_valid():
        base = form.cleaned_data["base_revision"]
        try:
            entry = entry_change(by=user, entry_id=entry.pk, given=form.given, base_revision=base)
        except EntriesInvalid as invalid:
            form.refuse(invalid.errors[0])
        except EntryConflict as conflict:
            form.add_error(None, str(conflict))
            current = find_entry(request, code, pk)
        else:
            messages.success(request, _("已保存“%(title)s”。") % {"title": entry})
            return redirect(entry)
    return _form(request, entry.register, form, entry, current)


def _form(
    request: HttpRequest, register: Register, form: EntryForm, entry: Entry | None, current: Entry | None = None
) -> HttpResponse:
    status = 200 if request.method != "POST" else 409 if current else 422
    context = {
        "register": register,
        "spec": register.spec,
        "entry": entry,
        "form": form,
        "current": linked(answers_of(current)) if current else [],
        "title": _("修改条目") if entry else _("登记一条"),
    }
    return render(request, "registers/entry_form.html", context, status=status)


@require_POST
@permission_required(Permission.REGISTER_KEEP)
def entry_withdrawn(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Take an entry back with a reason; it stays readable and counts no more."""
    entry = find_entry(request, code, pk)
    require_keeping(request, entry.register, entry)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _detail(request, entry, form, 422)
    try:
        data = form.cleaned_data
        entry_withdraw(by=user_of(request), entry_id=pk, reason=data["reason"], base_revision=data["base_revision"])
    except EntriesInvalid as invalid:
        form.add_error("reason", str(invalid))
        return _detail(request, entry, form, 422)
    except EntryConflict as conflict:
        form.add_error(None, str(conflict))
        return _detail(request, entry, form, 409)
    messages.success(request, _("已撤销，历史中仍有记载。"))
    return redirect("entry_detail", code, pk)


@require_POST
@permission_required(Permission.REGISTER_KEEP)
def entry_file_new(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Put a file beside an entry."""
    entry = find_entry(request, code, pk)
    require_keeping(request, entry.register, entry)
    upload = request.FILES.get("file")
    if upload is None:
        return _detail(request, entry, WithdrawForm(), 422, _("请先选择文件。"))
    try:
        kept = entry_file_add(by=user_of(request), entry_id=pk, file=upload)
    except EntriesInvalid as invalid:
        return _detail(request, entry, WithdrawForm(), 422, str(invalid))
    messages.success(request, _("已附“%(name)s”。") % {"name": kept.name})
    return redirect(entry)


@require_safe
@permission_required(Permission.REGISTER_VIEW)
def entry_file(request: HttpRequest, code: str, pk: int, file: int) -> HttpResponseBase:
    """The file itself, to be saved."""
    kept = get_object_or_404(find_entry(request, code, pk).files.standing(), pk=file)
    return file_response(kept.file, kept.name, kept.content_type)


@require_POST
@permission_required(Permission.REGISTER_KEEP)
def entry_file_removed(request: HttpRequest, code: str, pk: int, file: int) -> HttpResponseBase:
    """Take a file back; it is kept."""
    entry = find_entry(request, code, pk)
    require_keeping(request, entry.register, entry)
    kept = entry_file_remove(by=user_of(request), entry_id=pk, file_id=file)
    messages.success(request, _("已撤下“%(name)s”。") % {"name": kept.name})
    return redirect(entry)
