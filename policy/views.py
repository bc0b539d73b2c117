"""Pages of the policy: the reader, its open words, versions compared, export (政策页面)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Duty, Permission
from accounts.models import User
from common.access import LoginRequired, permission_required
from policy import exports, selectors, services
from policy.comparison import compare
from policy.exceptions import RulingRefused
from policy.filters import ProvisionFilter
from policy.models import Document, DocumentVersion, Provision, Term
from policy.words import Part, parts_faults, parts_offered, settings_elsewhere, term_lines

PART_ROWS = 6
FILTERS = ("q", "kind", "chapter", "carried", "status", "department", "document")


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


class PolicyReaderView(LoginRequired, View):
    """`/policy/` and `/policy/<code>/`; a click on a provision asks for its panel alone (htmx)."""

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        documents = list(Document.objects.order_by("-issued_on", "code"))
        if not documents:
            if code:
                raise Http404
            return render(request, "policy/reader.html", {"reader": None})
        document = _document(documents, request, code)
        provisions = selectors.provisions_of(document, _user(request))
        selected = next((provision for provision in provisions if provision.code == code.upper()), None)
        if code and selected is None:
            raise Http404
        context = self._context(request, document, provisions, selected) | {"documents": documents}
        partial = (
            request.headers.get("HX-Target") == "provision-panel"
            and "HX-History-Restore-Request" not in request.headers
        )
        response = render(request, "policy/_panel.html" if partial else "policy/reader.html", context)
        patch_vary_headers(response, ["HX-Target", "HX-History-Restore-Request"])
        return response

    def _context(
        self, request: HttpRequest, document: Document, provisions: list[Provision], selected: Provision | None
    ) -> dict[str, Any]:
        query = _query(request)
        states = {provision.pk: provision.state for provision in provisions}  # type: ignore[attr-defined]
        filterset = ProvisionFilter(query, queryset=document.provisions.all(), states=states)
        matched = set(filterset.qs.values_list("pk", flat=True)) if query else None
        search = filterset.form.cleaned_data.get("q", "") if query and filterset.is_valid() else ""
        page = selectors.reader(document, provisions, matched, search=search, selected=selected)
        _offer_chapters(filterset.form, page)
        return {
            "reader": page,
            "filter": filterset,
            "query": query.urlencode(),
            "selected": selected,
            "explained": selectors.explained(selected, provisions, page.matched) if selected else None,
            "may_assign": _user(request).may(Permission.TASK_ASSIGN),
            "duties": Duty.choices,
        }


def _query(request: HttpRequest) -> QueryDict:
    """The filters that are set, and nothing else of the address."""
    query = QueryDict(mutable=True)
    for name in FILTERS:
        if value := request.GET.get(name, "").strip():
            query[name] = value
    return query


def _document(documents: list[Document], request: HttpRequest, code: str) -> Document:
    """The one the provision stands in, else the one asked for, else the newest."""
    if len(documents) == 1:
        return documents[0]
    if code and (holder := Document.objects.filter(provisions__code=code.upper()).first()):
        return holder
    asked = request.GET.get("document", "")
    return next((document for document in documents if document.code == asked), documents[0])


def _offer_chapters(form: forms.Form, page: selectors.Reader) -> None:
    chapters = selectors.chapters_of(page.document)
    form.fields["chapter"].widget = forms.Select(choices=[("", _("全部章节")), *chapters])


# ---- export ---------------------------------------------------------------------------------------------------


@require_safe
@permission_required()
def provision_export(request: HttpRequest) -> HttpResponse:
    """The provisions as filtered, each with how it stands, as CSV, XLSX or JSON."""
    documents = list(Document.objects.order_by("-issued_on", "code"))
    if not documents:
        raise Http404
    document = _document(documents, request, "")
    provisions = selectors.provisions_of(document, _user(request))
    states = {provision.pk: provision.state for provision in provisions}  # type: ignore[attr-defined]
    query = _query(request)
    chosen = set(
        ProvisionFilter(query, queryset=document.provisions.all(), states=states).qs.values_list("pk", flat=True)
    )
    rows = [provision for provision in provisions if provision.pk in chosen]
    name = f"{document.code}-{timezone.localdate():%Y%m%d}"
    return exports.provisions_file(rows, name, request.GET.get("format", "csv"))


# ---- open words -----------------------------------------------------------------------------------------------


class RulingForm(forms.Form):
    value = forms.DecimalField(label=gettext_lazy("取值"), max_digits=16, decimal_places=4, required=False)
    text = forms.CharField(
        label=gettext_lazy("内容"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    base_year = forms.IntegerField(label=gettext_lazy("基年（指数为 100）"), required=False)
    basis = forms.CharField(label=gettext_lazy("依据文件或会议"), max_length=160)
    decided_on = forms.DateField(label=gettext_lazy("确定日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, term: Term, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not term.numeric:
            del self.fields["value"]
        if not term.composite:
            del self.fields["base_year"]
        else:
            self.fields["text"].help_text = _("不填则按分项和权重写成。")
            newest = term.rulings.order_by("-id").first()
            self.fields["base_year"].initial = newest.base_year if newest else None
        if term.numeric and term.unit:
            self.fields["value"].label = f"{self.fields['value'].label}（{term.unit}）"


class PartForm(forms.Form):
    """A part of a composite; an empty row counts for nothing."""

    indicator = forms.ChoiceField(label=gettext_lazy("分项"), required=False)
    weight = forms.DecimalField(
        label=gettext_lazy("权重（%）"),
        max_digits=6,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}),
    )

    def __init__(self, *args: Any, offered: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [("", "—"), *offered.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("indicator")) != (data.get("weight") is not None):
            raise forms.ValidationError(_("请同时选择分项和填写权重，或将这一行全部留空。"))
        return data


PartRows = forms.formset_factory(PartForm, extra=PART_ROWS)


def _part_rows(term: Term, data: QueryDict | None = None) -> Any:
    """The rows for the parts of a composite, filled with those of the newest decision; None of another word."""
    if not term.composite:
        return None
    newest = term.rulings.order_by("-id").first() if data is None else None
    known = [{"indicator": code, "weight": weight} for code, weight in newest.parts] if newest else []
    rows: Any = forms.formset_factory(PartForm, extra=max(PART_ROWS - len(known), 2)) if known else PartRows
    return rows(data, initial=known, prefix="parts", form_kwargs={"offered": parts_offered(term.document)})


@require_safe
@permission_required()
def term_list(request: HttpRequest) -> HttpResponse:
    """Every word the policy leaves open, with what counts today."""
    documents = list(Document.objects.order_by("-issued_on", "code"))
    document = _document(documents, request, "") if documents else None
    lines = term_lines(document) if document else []
    shown = request.GET.get("state", "")
    search = request.GET.get("q", "").strip()
    kept = [
        line
        for line in lines
        if shown in {"", line.state}
        and (not search or search in f"{line.term.word}{line.term.question_zh}{line.term.question_en}")
    ]
    counts = {
        state: sum(line.state == state for line in lines) for state in ("term_decided", "term_assumed", "term_open")
    }
    context = {
        "document": document,
        "documents": documents,
        "lines": kept,
        "counts": counts,
        "total": len(lines),
        "shown": shown,
        "search": search,
        "elsewhere": settings_elsewhere(document) if document else [],
    }
    return render(request, "policy/term_list.html", context)


def _term(document: str, key: str) -> Term:
    return get_object_or_404(Term.objects.select_related("document"), document__code=document, key=key)


def _term_page(
    request: HttpRequest, term: Term, form: RulingForm | None = None, rows: Any = None, status: int = 200
) -> HttpResponse:
    may = _user(request).may(Permission.POLICY_DECIDE)
    line = next(line for line in term_lines(term.document) if line.term.pk == term.pk)
    context = {
        "line": line,
        "term": term,
        "rulings": list(term.rulings.select_related("by")),
        "provisions": list(term.provisions.all()),
        "form": (form or RulingForm(term)) if may else None,
        "rows": (rows or _part_rows(term)) if may else None,
    }
    return render(request, "policy/term_detail.html", context, status=status)


@require_safe
@permission_required()
def term_detail(request: HttpRequest, document: str, key: str) -> HttpResponse:
    return _term_page(request, _term(document, key))


@require_POST
@permission_required(Permission.POLICY_DECIDE)
def ruling_record(request: HttpRequest, document: str, key: str) -> HttpResponse:
    term = _term(document, key)
    form, rows = RulingForm(term, request.POST), _part_rows(term, request.POST)
    parts = _parts_told(rows) if rows is not None and rows.is_valid() else None
    faults: dict[str, str] = {}
    if form.is_valid() and (rows is None or parts is not None):
        given = {"value": None} | form.cleaned_data | ({} if parts is None else {"parts": parts})
        try:
            services.ruling_record(by=_user(request), term=term, **given)
        except RulingRefused as refusal:
            faults = refusal.faults
        else:
            messages.success(request, _("已登记。依据它的规则在半分钟内重新检查。"))
            return redirect(term)
    elif parts is not None:  # what is wrong with the parts is told together with the rest
        faults = parts_faults(term, parts, form.cleaned_data.get("base_year"))
    for name, text in faults.items():
        if name not in form.errors:
            form.add_error(name if name in form.fields else None, text)
    return _term_page(request, term, form, rows, 422)


def _parts_told(rows: Any) -> list[Part]:
    told = [row.cleaned_data for row in rows if row.cleaned_data.get("indicator")]
    return [(row["indicator"], row["weight"]) for row in told]


# ---- versions -------------------------------------------------------------------------------------------------


@require_safe
@permission_required()
def policy_compare(request: HttpRequest) -> HttpResponse:
    """Two wordings side by side: which provisions are new, changed, gone."""
    versions = list(
        DocumentVersion.objects.select_related("document").order_by("document__issued_on", "document", "number")
    )

    def asked(name: str, otherwise: int) -> DocumentVersion | None:
        value = request.GET.get(name, "")
        found = next((version for version in versions if str(version.pk) == value), None)
        return found or (versions[otherwise] if len(versions) >= -otherwise else None)

    old, new = asked("old", -2), asked("new", -1)
    difference = compare(old, new) if old is not None and new is not None else None
    context = {"versions": versions, "old": old, "new": new, "difference": difference}
    return render(request, "policy/compare.html", context)
