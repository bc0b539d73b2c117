"""The policy reader: the whole text, each provision marked in place, one of them explained (政策阅读)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views import View

from common.access import LoginRequired
from policy import selectors
from policy.filters import ProvisionFilter
from policy.models import Document, Provision

FILTERS = ("q", "kind", "chapter", "carried", "document")


class PolicyReaderView(LoginRequired, View):
    """`/policy/` and `/policy/<code>/`; a click on a provision asks for its panel alone (htmx)."""

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        documents = list(Document.objects.order_by("-issued_on", "code"))
        if not documents:
            if code:
                raise Http404
            return render(request, "policy/reader.html", {"reader": None})
        document = _document(documents, request, code)
        provisions = selectors.provisions_of(document)
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
        filterset = ProvisionFilter(query, queryset=document.provisions.with_carried())
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
    chapters = [(heading.number.rstrip("、"), f"{heading.number}{heading.label}") for heading in page.contents]
    form.fields["chapter"].widget = forms.Select(choices=[("", _("全部章节")), *chapters])
