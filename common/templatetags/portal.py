"""Tags and filters of every page; catalogue with examples in docs/reference/components.md (页面组件)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template.context import RequestContext
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from common import charts
from common.numbers import MISSING, format_number, scale_money, to_decimal
from common.statuses import CERTAINTY, look

register = template.Library()
_HAN = re.compile("[\u4e00-\u9fff]")


# ---- icons, badges, marks -------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """`{% icon "send" %}`: one icon of static/img/icons.svg; with a label it speaks to screen readers, else it is silent."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    href = f"{static('img/icons.svg')}#{name}"
    return format_html('<svg class="icon {}" {}><use href="{}"></use></svg>', css, role, href)


@register.simple_tag
def status(value: object, label: str = "") -> SafeString:
    """`{% status return.status %}`: badge of a status with icon and words (see common/statuses.py)."""
    if value in (None, ""):
        return SafeString("")
    shown = look(value)
    words = label or getattr(value, "label", None) or shown.label
    return format_html('<span class="state tone-{}">{}{}</span>', shown.tone, icon(shown.icon), words)


@register.simple_tag
def synthetic_mark(shown: object = True) -> SafeString:
    """`{% synthetic_mark value.synthetic %}`: the mark 演示数据; nothing when the figure is real."""
    if not shown:
        return SafeString("")
    title = gettext("演示用的合成数据，不是真实统计")
    return format_html('<span class="synthetic-mark" title="{}">{}{}</span>', title, icon("flask"), gettext("演示数据"))


@register.simple_tag
def certainty(mark: str) -> SafeString:
    """`{% certainty zone.certainty %}`: A, B or C with its meaning on hover and for screen readers."""
    key = (mark or "").upper()[:1]
    if key not in CERTAINTY:
        return SafeString("")
    meaning = CERTAINTY[key]
    return format_html(
        '<span class="certainty certainty-{}" role="img" title="{}" aria-label="{}">{}</span>',
        key.lower(),
        meaning,
        gettext("可信度 %(mark)s：%(meaning)s") % {"mark": key, "meaning": meaning},
        key,
    )


@register.simple_tag
def provision(code: str) -> SafeString:
    """`{% provision "P146" %}`: chip that leads to the clause in the policy reader."""
    if not code:
        return SafeString("")
    try:
        url = reverse("provision_detail", args=[code])
    except NoReverseMatch:
        return format_html('<span class="provision">{}</span>', code)
    title = gettext("查看政策条款")
    return format_html('<a class="provision" href="{}" title="{}">{}{}</a>', url, title, icon("quote"), code)


@register.simple_tag
def crumb(label: object, url_name: str = "", *args: object) -> SafeString:
    """`{% crumb _("园区") "zone_list" %}`: one step of the breadcrumbs; the last one has no URL."""
    if not url_name:
        return format_html('<li class="breadcrumb-item active" aria-current="page">{}</li>', label)
    return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', reverse(url_name, args=args), label)


@register.filter
def zh(value: object) -> SafeString | str:
    """`{{ zone.name|zh }}`: text that stays Chinese in every language, marked so that it is read and set as Chinese."""
    text = str(value)
    if (get_language() or "").startswith("zh") or not _HAN.search(text):
        return text
    return format_html('<span lang="zh-Hans">{}</span>', value)


# ---- numbers --------------------------------------------------------------------------------------------------


@register.filter
def num(value: object, digits: int | None = None) -> SafeString | str:
    """`{{ value|num:2 }}` → 1,234.50; missing → a grey dash, never 0."""
    text = format_number(value, digits)
    return _missing() if text == MISSING else text


@register.filter
def pct(value: object, digits: int = 1) -> SafeString | str:
    """`{{ 12.5|pct:1 }}` → 12.5%: the value already counts in percent."""
    text = format_number(value, digits)
    return _missing() if text == MISSING else f"{text}%"


@register.filter
def share(value: object, digits: int = 1) -> SafeString | str:
    """`{{ 0.125|share:1 }}` → 12.5%: the value is a fraction of 1."""
    number = to_decimal(value)
    return _missing() if number is None else pct(number * 100, digits)


@register.filter
def change(value: object, digits: int = 1) -> SafeString:
    """`{{ 3.2|change:1 }}` → ↑ 3.2%: a growth in percent, its direction in arrow, words and colour."""
    number = to_decimal(value)
    if number is None:
        return _missing()
    text = format_number(abs(number), digits)
    if to_decimal(text) == 0:
        return format_html('<span class="change change-flat">{}%</span>', text)
    kind, arrow, words = ("up", "arrow-up", gettext("上升")) if number > 0 else ("down", "arrow-down", gettext("下降"))
    return format_html('<span class="change change-{}">{}{}%</span>', kind, icon(arrow, words), text)


@register.filter
def points(value: object, digits: int = 1) -> SafeString:
    """`{{ 1.2|points:1 }}` → ↑ 1.2 个百分点: how far a rate in percent moved."""
    number = to_decimal(value)
    if number is None:
        return _missing()
    text = gettext("%(n)s 个百分点") % {"n": format_number(abs(number), digits)}
    if to_decimal(format_number(abs(number), digits)) == 0:
        return format_html('<span class="change change-flat">{}</span>', text)
    kind, arrow, words = ("up", "arrow-up", gettext("上升")) if number > 0 else ("down", "arrow-down", gettext("下降"))
    return format_html('<span class="change change-{}">{}{}</span>', kind, icon(arrow, words), text)


@register.filter
def money_yi(wan: object, digits: int = 2) -> SafeString:
    """`{{ value|money_yi }}`: 万元 shown as 亿元 when large (million or billion yuan in English), exact 万元 on hover."""
    number = to_decimal(wan)
    if number is None:
        return _missing()
    scaled, unit = scale_money(number, english=(get_language() or "").startswith("en"))
    units = {
        "yi": "亿元",
        "wan": "万元",
        "billion": "bn yuan",
        "million": "m yuan",
        "thousand": "thousand yuan",
    }
    exact = f"{format_number(number)} {pgettext('unit', '万元')}"
    shown = format_number(scaled, digits)
    return format_html(
        '<data value="{}" title="{}">{} <span class="unit">{}</span></data>', number, exact, shown, units[unit]
    )


def _missing() -> SafeString:
    return format_html('<span class="missing" title="{}">{}</span>', gettext("无数据"), MISSING)


# ---- tables ---------------------------------------------------------------------------------------------------


@register.inclusion_tag("_components/sort_header.html", takes_context=True)
def sort_header(context: RequestContext, key: str, label: str, css: str = "", param: str = "sort") -> dict[str, Any]:
    """`{% sort_header "name" _("名称") "num" %}`: a <th> whose link sorts, then reverses; the other filters stay."""
    query = context["request"].GET.copy()
    now = query.get(param, "")
    direction = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    query[param] = f"-{key}" if now == key else key
    query.pop("page", None)
    return {"label": label, "css": css, "key": key, "direction": direction, "href": f"?{query.urlencode()}"}


@register.inclusion_tag("_components/pager.html", takes_context=True)
def pager(context: RequestContext, page: Page[Any], param: str = "page") -> dict[str, Any]:
    """`{% pager page_obj %}`: total and page links; the other query parameters stay."""
    query = context["request"].GET.copy()

    def href(number: int) -> str:
        query[param] = str(number)
        return f"?{query.urlencode()}"

    shown = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    links = [{"text": number, "href": href(number) if isinstance(number, int) else ""} for number in shown]
    return {
        "page": page,
        "links": links,
        "previous": href(page.previous_page_number()) if page.has_previous() else "",
        "next": href(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("_components/progress.html")
def progress(value: object, total: object = 100, label: str = "", tone: str = "", text: str = "") -> dict[str, Any]:
    """`{% progress done total _("完成率") %}`: a bar with its words; tone as in common/statuses.py."""
    number, whole = to_decimal(value), to_decimal(total)
    if number is None or not whole:
        return {"label": label, "missing": True}
    percent = number / whole * 100
    words = text or f"{format_number(percent, 0)}%"
    return {"value": min(max(percent, 0), 100), "label": label, "tone": tone, "text": words, "missing": False}


# ---- forms ----------------------------------------------------------------------------------------------------


@register.inclusion_tag("_components/field.html")
def field(bound: BoundField, css: str = "", *, hint: bool = True) -> dict[str, Any]:
    """`{% field form.name %}`: label, control, hint and errors of one form field in the look of the portal.

    `hint=False` leaves the form's own hint out.
    """
    if not hint:
        bound.help_text = ""
    widget = bound.field.widget
    checkbox = isinstance(widget, CheckboxInput)
    group = isinstance(widget, (RadioSelect, CheckboxSelectMultiple))
    plain = "form-select" if isinstance(widget, Select) else "form-control"
    own = "form-check-input" if checkbox or group else plain
    classes = [own, str(widget.attrs.get("class", "")), "is-invalid" if bound.errors else ""]
    control = bound.as_widget(attrs={"class": " ".join(filter(None, classes))})
    return {"field": bound, "control": control, "checkbox": checkbox, "group": group, "css": css}


# ---- charts ---------------------------------------------------------------------------------------------------


@register.inclusion_tag("_components/chart.html")
def chart(spec: Mapping[str, Any], chart_id: str, title: str = "", size: str = "") -> dict[str, Any]:
    """`{% chart spec "output-by-city" _("各市主营业务收入") %}`: figure with chart, and the table it was drawn from.

    `spec` is described in common/charts.py; `size` is "", "short" or "tall".
    """
    charts.check(spec)
    return {
        "id": chart_id,
        "title": title or spec.get("title", ""),
        "size": size,
        "spec": spec,
        "is_map": spec["kind"] == "map",
        "json": charts.embed(charts.option(spec)),
        "table": charts.table(spec),
    }


@register.simple_tag
def json_block(value: object, element_id: str) -> SafeString:
    """`{% json_block data "x" %}`: data for a script, as a JSON block that no browser executes."""
    body = charts.embed(value)
    return format_html('<script type="application/json" id="{}">{}</script>', element_id, body)


@register.filter
def json_attr(value: object) -> str:
    """`data-x="{{ value|json_attr }}"`: a value as JSON text for an attribute."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@register.simple_tag
def tags(values: list[str]) -> SafeString:
    """`{% tags zone.classes %}`: short neutral labels, one after another."""
    return format_html_join(" ", '<span class="tag">{}</span>', ((value,) for value in values))
