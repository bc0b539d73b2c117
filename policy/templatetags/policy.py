"""Tags of the policy reader."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from common.statuses import look
from common.templatetags.portal import icon
from policy.enums import InstrumentKind
from policy.models import Provision
from policy.selectors import Segment
from policy.standing import ProvisionState, Standing

register = template.Library()


@register.simple_tag(takes_context=True)
def segments(context: RequestContext, pieces: list[Segment], break_before: str = "") -> SafeString:
    """`{% segments paragraph.body %}`: the text with its provisions marked, without a space between the pieces.

    A title may break before a word: `{% segments paragraph.body "关于" %}`.
    """
    html = "".join(_segment(piece, context) for piece in pieces)
    if break_before:
        html = html.replace(break_before, f"<wbr>{break_before}")
    return mark_safe(html)  # noqa: S308 - every part is escaped


@register.simple_tag
def kind_sign(kind: str) -> SafeString:
    """`{% kind_sign provision.kind %}`: the coloured sign of a kind, its words for screen readers."""
    known = InstrumentKind(kind)
    return format_html('<span class="kind kind-{}" title="{}">{}</span>', kind, known.label, known.letter)


@register.simple_tag(takes_context=True)
def provision_url(context: RequestContext, provision: Provision) -> str:
    """The provision's address with the filters of the page kept."""
    return _url(provision, context)


@register.simple_tag
def state_sign(state: ProvisionState) -> SafeString:
    """`{% state_sign provision.state %}`: the icon of a provision's state, its words for screen readers."""
    return _sign_of(state.look)


@register.simple_tag
def standing_sign(standing: Standing) -> SafeString:
    return _sign_of(f"provision_{standing.status}")


def _sign_of(name: str) -> SafeString:
    seen = look(name)
    return format_html('<span class="state-sign tone-{}">{}</span>', seen.tone, icon(seen.icon, str(seen.label)))


@register.simple_tag
def trend(standing: Standing) -> SafeString:
    """`{% trend standing %}`: its yearly figures as a small line, the words of it for screen readers."""
    if len(standing.series) < 3:
        return SafeString("")
    years = [year for year, _value in standing.series]
    values = [value for _year, value in standing.series]
    low, high = min(values), max(values)
    reach = (high - low) or 1
    step = 96 / (len(values) - 1)
    points = " ".join(f"{2 + n * step:.1f},{20 - 16 * (value - low) / reach:.1f}" for n, value in enumerate(values))
    last = points.rsplit(" ", 1)[-1].split(",")
    words = gettext("%(first)s–%(last)s 年走势") % {"first": years[0], "last": years[-1]}
    return format_html(
        '<svg class="trend" viewBox="0 0 100 24" role="img" aria-label="{}"><polyline points="{}"/>'
        '<circle cx="{}" cy="{}" r="2"/></svg>',
        words,
        points,
        *last,
    )


def _url(provision: Provision, context: RequestContext) -> str:
    query = context.get("query", "")
    return reverse("provision_detail", args=[provision.code]) + (f"?{query}" if query else "")


def _segment(piece: Segment, context: RequestContext) -> SafeString:
    text = format_html('<mark class="hit">{}</mark>', piece.text) if piece.hit else format_html("{}", piece.text)
    if piece.provision is None:
        return text
    opening = format_html_join("", "{}", ((_opening(provision, context),) for provision in piece.opening))
    return opening + _mark(piece, text, context)


def _opening(provision: Provision, context: RequestContext) -> SafeString:
    """The sign of a wider provision that begins where a narrower one does."""
    return format_html(
        '<a class="mark-sign" id="{0}" data-code="{0}" href="{1}" hx-get="{1}" title="{2}">{3}</a>',
        provision.code,
        _url(provision, context),
        _title(provision),
        _sign(provision),
    )


def _mark(piece: Segment, text: SafeString, context: RequestContext) -> SafeString:
    provision = piece.provision
    assert provision is not None
    selected = context.get("selected")
    chosen = selected is not None and selected.pk == provision.pk
    attributes = [
        ("class", " ".join(_classes(piece, chosen=chosen))),
        ("href", _url(provision, context)),
        ("hx-get", _url(provision, context)),
        ("data-code", provision.code),
    ]
    if piece.outer:
        attributes.append(("data-outer", " ".join(other.code for other in piece.outer)))
    if piece.first:
        attributes += [("id", provision.code), ("title", _title(provision))]
    else:
        attributes.append(("tabindex", "-1"))
    if chosen and piece.first:
        # Brings the provision into sight without a script; reader.js does the same after a click.
        attributes += [("aria-current", "true"), ("autofocus", "")]
    written = format_html_join("", ' {}="{}"', attributes)
    return format_html("<a{}>{}{}</a>", written, _sign(provision) if piece.first else "", text)


def _classes(piece: Segment, *, chosen: bool) -> list[str]:
    provision = piece.provision
    assert provision is not None
    state = provision.state  # type: ignore[attr-defined]
    names = ["mark", f"kind-{provision.kind}", "is-carried" if state.is_carried else "is-open", f"is-{state.status}"]
    return [*names, *(["has-outer"] if piece.outer else []), *(["is-selected"] if chosen else [])]


def _sign(provision: Provision) -> SafeString:
    letter = InstrumentKind(provision.kind).letter
    return format_html('<span class="kind kind-{}" aria-hidden="true">{}</span>', provision.kind, letter)


def _title(provision: Provision) -> str:
    state = provision.state  # type: ignore[attr-defined]
    return f"{provision.code} · {provision.get_kind_display()} · {state.status.label}"
