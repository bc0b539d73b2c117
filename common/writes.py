"""What writes of the API share (接口写入公共部分): the version they rest on, trial runs, refusals with their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status

from common.api import Problem

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description=_('读取时得到的 ETag，例如 "3"；缺少为 428，已变化为 412'),
)
DRY_RUN = OpenApiParameter("dry_run", OpenApiTypes.BOOL, description=_("只校验和试算：答复会怎样，不保存"))


def refused(
    faults: Mapping[str, str | Iterable[str]], code: str, *, below: str = "", root: Iterable[str] = ()
) -> Problem:
    """A 422 with a pointer for each fault by field; "" stands for the whole body.

    `below`: under which part of the body the fields stand, but for those in `root`.
    """
    errors = []
    for name, told in faults.items():
        start = "" if name in root else below
        for sentence in [told] if isinstance(told, str) else told:
            pointer = f"{start}/{name}" if name else ""
            errors.append({"pointer": pointer, "code": "invalid", "detail": str(sentence)})
    return Problem(
        _("数据未通过校验，errors 逐条列出位置和原因。"),
        code=code,
        status_code=status.HTTP_422_UNPROCESSABLE_ENTITY,
        errors=errors,
    )
