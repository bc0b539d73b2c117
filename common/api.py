"""What every REST resource shares (接口公共部分): problem+json, cursor paging, ETag and If-Match, rights and scopes.

An app's `api.py` has its viewsets, built on `ReadViewSet`, and a function `register(router)`, which
`config/api_urls.py` calls.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.signals import got_request_exception
from django.db import models
from django.http import Http404
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, mixins, serializers, status
from rest_framework.pagination import CursorPagination as BaseCursorPagination
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView, set_rollback
from rest_framework.viewsets import GenericViewSet

log = structlog.get_logger(__name__)

PROBLEM_JSON = "application/problem+json"
SYNTHETIC_MARK = "演示数据"  # the mark itself is a fixed word of the interface, not a translation


# ---- problems -------------------------------------------------------------------------------------------------


class Problem(exceptions.APIException):
    """An error with its own status, code and, where places in the body are meant, a list of `errors`.

    Raised by viewsets; `errors` are dicts with `pointer` (JSON Pointer) or `parameter`, `code` and `detail`.
    """

    status_code: int = status.HTTP_400_BAD_REQUEST
    default_code = "invalid"
    default_detail = _("请求有误。")

    def __init__(
        self,
        detail: Any = None,
        *,
        code: str | None = None,
        status_code: int | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(detail, code)
        self.status_code = status_code or self.status_code
        self.code = code or self.default_code
        self.errors = errors or []


class PreconditionRequired(Problem):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "precondition_required"
    default_detail = _('写入须带 If-Match 请求头，值为读取时得到的 ETag，例如 If-Match: "3"。')


class PreconditionFailed(Problem):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"
    default_detail = _("内容在您读取之后已被修改。请重新读取，核对后用新的 ETag 再次提交。")


TITLES: Mapping[int, str] = {
    400: gettext_noop("请求有误"),
    401: gettext_noop("需要身份验证"),
    403: gettext_noop("没有权限"),
    404: gettext_noop("未找到"),
    405: gettext_noop("不支持的方法"),
    406: gettext_noop("不支持的返回格式"),
    409: gettext_noop("与当前状态冲突"),
    412: gettext_noop("版本已变化"),
    413: gettext_noop("请求过大"),
    415: gettext_noop("不支持的内容类型"),
    422: gettext_noop("数据未通过校验"),
    428: gettext_noop("缺少 If-Match"),
    429: gettext_noop("请求过于频繁"),
    500: gettext_noop("服务器错误"),
}


def problem_response(
    request: Any,
    *,
    status_code: int,
    code: str,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """An answer of RFC 9457: type, title, status, detail, instance; `errors` and `request_id` as extensions."""
    body: dict[str, Any] = {
        "type": f"urn:yuanqu:problem:{code}",
        "title": gettext(TITLES.get(status_code, TITLES[400])),
        "status": status_code,
        "detail": detail,
        "instance": request.get_full_path() if request is not None else "",
    }
    if errors:
        body["errors"] = errors
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id:
        body["request_id"] = request_id
    return Response(body, status=status_code, headers=headers, content_type=PROBLEM_JSON)


def problem_exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Every error of the API as problem+json; one of ours is logged and told without its inner text."""
    request = context.get("request")
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, DjangoPermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    elif isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(serializers.as_serializer_error(error))
    if not isinstance(error, exceptions.APIException):
        return _unexpected(error, context)
    set_rollback()
    return problem_response(
        request,
        status_code=error.status_code,
        code=_code(error),
        detail=_detail(error),
        errors=getattr(error, "errors", None) or list(_flatten(error.detail, "") if _structured(error) else []),
        headers=_headers(error),
    )


def _unexpected(error: Exception, context: Mapping[str, Any]) -> Response | None:
    if settings.DEBUG:
        return None
    request = context.get("request")
    log.error("api_error", exc_info=error)
    # Django's own machinery (error mails, the test client) hears of it as of any other error of a view.
    got_request_exception.send(sender=None, request=getattr(request, "_request", None))
    set_rollback()
    detail = gettext("服务器没能完成请求，错误已记录。请稍后再试；若仍不行，请把 request_id 告诉管理员。")
    return problem_response(request, status_code=500, code="server_error", detail=detail)


def _structured(error: exceptions.APIException) -> bool:
    return isinstance(error.detail, (dict, list))


def _code(error: exceptions.APIException) -> str:
    if isinstance(error, Problem):
        return error.code
    if isinstance(error, exceptions.ValidationError):
        return "validation"
    return str(getattr(error.detail, "code", error.default_code))


def _detail(error: exceptions.APIException) -> str:
    if _structured(error):
        return gettext("数据未通过校验，errors 逐条列出位置和原因。")
    return str(error.detail)


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _flatten(detail: Any, pointer: str) -> Iterable[dict[str, str]]:
    """The nested errors of a serializer as a flat list, each with a JSON Pointer into the body."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            step = "" if key == "non_field_errors" else f"/{str(key).replace('~', '~0').replace('/', '~1')}"
            yield from _flatten(inner, pointer + step)
    elif isinstance(detail, (list, tuple)):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, (dict, list))
            yield from _flatten(inner, f"{pointer}/{index}" if nested else pointer)
    else:
        yield {"pointer": pointer, "code": str(getattr(detail, "code", "invalid")), "detail": str(detail)}


# ---- paging ---------------------------------------------------------------------------------------------------


class CursorPagination(BaseCursorPagination):
    """Pages by cursor, stable under insertion; up to 500 rows. The viewset's `cursor_ordering` must be unique."""

    page_size = 100
    max_page_size = 500
    page_size_query_param = "page_size"
    page_size_query_description = _("每页条数，最多 500。")  # type: ignore[assignment]
    cursor_query_description = _("游标：取自上一页答复的 next 或 previous，不要自行构造。")  # type: ignore[assignment]
    template = None

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        return tuple(getattr(view, "cursor_ordering", ("pk",)))

    def get_page_size(self, request: Any) -> int:
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not re.fullmatch(r"[0-9]{1,9}", asked) or int(asked) == 0:
            raise _bad_parameter("page_size", _("须为 1 至 500 的整数。"))
        return min(int(asked), self.max_page_size)

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (exceptions.NotFound, ValueError, OverflowError, DjangoValidationError) as error:
            # A cursor made up by hand may hold anything, down to a position of the wrong type.
            raise _bad_parameter("cursor", _("游标无效。请从列表首页重新开始，或使用答复中的 next 链接。")) from error


def _bad_parameter(name: str, detail: object) -> Problem:
    return Problem(
        _("查询参数有误，errors 逐条列出。"),
        code="invalid_parameter",
        errors=[{"parameter": name, "code": "invalid", "detail": str(detail)}],
    )


# ---- versions -------------------------------------------------------------------------------------------------


def etag_for_revision(revision: int) -> str:
    """The strong ETag of something that counts its revisions."""
    return f'"{revision}"'


def etag_for_data(data: Any) -> str:
    """A strong ETag of what a single read answers."""
    body = JSONEncoder(sort_keys=True, ensure_ascii=False).encode(data)
    return f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'


def if_match_revision(request: Request) -> int:
    """The revision a write is based on, from `If-Match: "<revision>"`.

    Raises:
        PreconditionRequired: the header is missing (428).
        PreconditionFailed: it is not the ETag of any revision (412).
    """
    header = request.headers.get("If-Match")
    if header is None or not header.strip():
        raise PreconditionRequired
    match = re.fullmatch(r'\s*"([0-9]{1,9})"\s*', header)
    if match is None:
        raise PreconditionFailed
    return int(match.group(1))


def is_not_modified(request: Request, etag: str) -> bool:
    """Whether the client already has what bears this ETag (`If-None-Match`)."""
    header = request.headers.get("If-None-Match", "")
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return etag in tags or "*" in tags


# ---- rights ---------------------------------------------------------------------------------------------------


class HasPermission(BasePermission):
    """The named permission of the view (`permission = "zone.view"`, or a mapping by method), held anywhere."""

    message = _("您的角色没有进行此项操作的权限。")

    def has_permission(self, request: Any, view: Any) -> bool:
        needed = view.permission
        if isinstance(needed, Mapping):
            needed = needed.get("GET" if request.method in SAFE_METHODS else request.method)
            if needed is None:  # a method the mapping forgot is closed; one that the view lacks answers 405
                return not hasattr(view, request.method.lower())
        return not needed or request.user.may(needed)


class HasScope(BasePermission):
    """The scope of the API key: `read` for reads; for a write the one in the view's `write_scopes`, else refused.

    A session has no key and is bound by the user's permissions alone.
    """

    message = _("接口密钥的范围不含此操作。请用范围合适的密钥，或在“接口密钥”页另建一个。")
    code = "scope"

    def has_permission(self, request: Any, view: Any) -> bool:
        scopes = getattr(request.auth, "scopes", None)
        if scopes is None:
            return True
        needed = "read" if request.method in SAFE_METHODS else getattr(view, "write_scopes", {}).get(request.method)
        return needed in scopes


# ---- resources ------------------------------------------------------------------------------------------------


class SyntheticSerializer(serializers.Serializer[Any]):
    """Adds `synthetic` and its visible `mark` to what may be demonstration data (演示数据)."""

    synthetic = serializers.BooleanField(read_only=True, help_text=_("是否为演示用的合成数据"))
    mark = serializers.SerializerMethodField(help_text=_("合成数据为“演示数据”，真实数据为空"))

    def get_mark(self, row: Any) -> str:
        synthetic = row["synthetic"] if isinstance(row, Mapping) else row.synthetic
        return SYNTHETIC_MARK if synthetic else ""


def dry_run(request: Request) -> bool:
    """Whether a write only previews: `?dry_run=true`. Raises Problem (400) for what is neither true nor false."""
    asked = request.query_params.get("dry_run", "false").lower()
    if asked not in {"true", "1", "false", "0"}:
        fault = {"parameter": "dry_run", "code": "invalid", "detail": gettext("须为 true 或 false。")}
        raise Problem(_("查询参数有误，errors 逐条列出。"), code="invalid_parameter", errors=[fault])
    return asked in {"true", "1"}


class StrictWrites(APIView):
    """A write takes no parameters in its address but those of its action: one that knows no `dry_run` must not write on it.

    `write_parameters`: names by action.
    """

    write_parameters: ClassVar[Mapping[str, Collection[str]]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS:
            _refuse_others(request, self.write_parameters.get(getattr(self, "action", None) or "", ()))


class ListViewSet(StrictWrites, mixins.ListModelMixin, GenericViewSet[Any]):
    """A read-only list.

    `permission`: the named permission a reader needs ("" for everyone logged in). `territorial`: whether the queryset
    is narrowed by `visible_to(user)`; what lies outside one's territory is then not found. `cursor_ordering`: unique.
    """

    permission: str | Mapping[str, str] = ""
    territorial: ClassVar[bool] = True
    write_scopes: ClassVar[Mapping[str, str]] = {}
    cursor_ordering: ClassVar[tuple[str, ...]] = ("pk",)
    pagination_class = CursorPagination
    permission_classes: Any = (IsAuthenticated, HasScope, HasPermission)
    lookup_value_regex = r"[\w-]+"

    def get_queryset(self) -> models.QuerySet[Any]:
        queryset: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a user
            return queryset.none()  # type: ignore[no-any-return]
        return queryset.visible_to(self.request.user) if self.territorial else queryset  # type: ignore[no-any-return]

    def filter_queryset(self, queryset: Any) -> Any:
        if self.action == "list":
            refuse_unknown_parameters(self, queryset)
        return super().filter_queryset(queryset)


class ReadViewSet(mixins.RetrieveModelMixin, ListViewSet):
    """A read-only resource: list and single read; see ListViewSet for what a subclass sets."""

    def etag(self, instance: Any, data: Any) -> str:
        """The ETag of a single read; something with a revision overrides this by `etag_for_revision`."""
        return etag_for_data(data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        instance = self.get_object()
        data = self.get_serializer(instance).data
        etag = self.etag(instance, data)
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if is_not_modified(request, etag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(data, headers=headers)


def refuse_unknown_parameters(view: GenericViewSet[Any], queryset: Any) -> None:
    """A misspelt filter must not answer with everything."""
    known = {"cursor", "page_size"}
    for backend in view.filter_backends:
        filterset_class = getattr(backend(), "get_filterset_class", lambda *_: None)(view, queryset)
        if filterset_class is not None:
            for name, field in filterset_class(queryset=queryset).form.fields.items():
                suffixes = getattr(field.widget, "suffixes", None)
                known |= {name} if suffixes is None else {f"{name}_{suffix}" if suffix else name for suffix in suffixes}
    _refuse_others(view.request, known)


def _refuse_others(request: Request, known: Collection[str]) -> None:
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        listed = ", ".join(sorted(known)) or gettext("无")
        raise Problem(
            _("查询参数有误，errors 逐条列出。"),
            code="invalid_parameter",
            errors=[
                {
                    "parameter": name,
                    "code": "unknown",
                    "detail": gettext("没有这个参数。可用：%(known)s") % {"known": listed},
                }
                for name in unknown
            ],
        )


class NotFoundView(APIView):
    """Any other address below the API's root: a problem, not a page."""

    permission_classes: Any = ()
    schema = None

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        raise Http404
