"""Requests too large to be taken: refused by their announced length, before a byte of the body is read or stored (请求上限)."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from common.api import PROBLEM_JSON, TITLES

API_ROOT = "/api/"
# What a form holds besides its file.
_REST = 1024 * 1024


def most_bytes() -> int:
    """The largest body of a request: one file at its limit, and the form around it."""
    return int(settings.UPLOAD_MAX_BYTES) + _REST


class RequestSizeMiddleware:
    """Answers 413 to a body beyond `most_bytes`, as a page or as a problem.

    The announced length is what Django reads at most; a body without one (chunked) is read as empty.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > most_bytes():
            return self._refuse(request, int(length))
        return self.get_response(request)

    def _refuse(self, request: HttpRequest, length: int) -> HttpResponseBase:
        facts = {"size": f"{length / 1024 / 1024:,.0f}", "most": settings.UPLOAD_MAX_BYTES // 1024 // 1024}
        detail = _(
            "这次上传有 %(size)s MB，超过上限 %(most)d MB，没有接收。请只保留数据，去掉图片和大片空白格式，或分几次上传。"
        )
        if not request.path.startswith(API_ROOT):
            return render(request, "413.html", {"detail": detail % facts}, status=413)
        body = {
            "type": "urn:yuanqu:problem:too_large",
            "title": str(_(TITLES[413])),
            "status": 413,
            "detail": detail % facts,
            "instance": request.get_full_path(),
        }
        return HttpResponse(json.dumps(body, ensure_ascii=False), status=413, content_type=PROBLEM_JSON)
