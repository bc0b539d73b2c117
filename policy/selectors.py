"""The policy as it is read: the text cut at its provisions, and one provision explained (政策阅读)."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.utils.translation import get_language

from accounts.models import User
from policy import outline
from policy.declarations import Declaration, explain
from policy.enums import InstrumentKind, ProvisionStatus
from policy.models import Carrier, Document, Provision
from policy.outline import Line, LineKind
from policy.standing import ProvisionState, provision_states
from policy.terms import SUBJECTS

# The bar of coverage, from what is well to what is not there yet.
BAR = (
    ProvisionStatus.CARRIED,
    ProvisionStatus.NO_DATA,
    ProvisionStatus.UNDECIDED,
    ProvisionStatus.BEHIND,
    ProvisionStatus.BREACH,
    ProvisionStatus.OPEN,
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text that lies wholly inside or outside every provision.

    `provision` is the innermost one around it; `first` tells that it begins here; `opening` are wider ones that begin
    here too, `outer` all wider ones. `hit` marks what was searched for.
    """

    text: str
    provision: Provision | None = None
    first: bool = False
    opening: tuple[Provision, ...] = ()
    outer: tuple[Provision, ...] = ()
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the text with its heading apart, and the provisions that begin in it."""

    line: Line
    head: list[Segment]
    body: list[Segment]
    provisions: list[Provision]

    @property
    def anchor(self) -> str:
        return f"s-{self.line.section}" if self.line.kind in {LineKind.CHAPTER, LineKind.SECTION} else ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the table of contents; `provisions` and `carried` count what lies in the chapter."""

    anchor: str
    number: str
    title: str
    title_en: str
    provisions: int = 0
    carried: int = 0
    sections: list[Heading] = field(default_factory=list)

    @property
    def label(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.title_en if english and self.title_en else self.title


@dataclass(frozen=True, slots=True)
class KindCount:
    kind: InstrumentKind
    total: int
    carried: int
    matched: int


@dataclass(frozen=True, slots=True)
class Reader:
    """All that the page of a policy shows. `matched` are the provisions left by the filters, in order of the text."""

    document: Document
    paragraphs: list[Paragraph]
    contents: list[Heading]
    provisions: list[Provision]
    matched: list[Provision]
    kinds: list[KindCount]
    hits: int

    @property
    def statuses(self) -> list[tuple[ProvisionStatus, int]]:
        """How many provisions stand how, those that some stand so."""
        counted = Counter(provision.state.status for provision in self.provisions)  # type: ignore[attr-defined]
        return [(status, counted[status]) for status in BAR if counted[status]]

    @property
    def bar(self) -> list[tuple[ProvisionStatus, int, int]]:
        """The same as pieces of a bar: status, where it begins, how long it is."""
        ends = itertools.accumulate(number for _status, number in self.statuses)
        return [(status, end - number, number) for (status, number), end in zip(self.statuses, ends, strict=True)]

    @property
    def carried(self) -> int:
        return sum(provision.carried for provision in self.provisions)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Explained:
    """One provision with what it asks for and what carries it out."""

    provision: Provision
    subject: object
    declaration: Declaration
    carriers: list[Carrier]
    siblings: list[Provision]
    overlapping: list[Provision]
    previous: Provision | None
    following: Provision | None


def provisions_of(document: Document, user: User) -> list[Provision]:
    """All provisions in order of the text, each with its instrument, its `state` and whether it is `carried` out."""
    provisions = list(document.provisions.select_related("instrument"))
    states = provision_states(document, user, provisions)
    for provision in provisions:
        state: ProvisionState = states[provision.pk]
        provision.state, provision.carried = state, state.is_carried  # type: ignore[attr-defined]
    return provisions


def chapters_of(document: Document) -> list[tuple[str, str]]:
    """Number and heading of each chapter, for a list to choose from."""
    return [(heading.number.rstrip("、"), f"{heading.number}{heading.label}") for heading in _headings(document)]


def _headings(document: Document) -> list[Heading]:
    return _contents(document, outline.read(document.text), [])


def reader(
    document: Document,
    provisions: list[Provision],
    matched: Collection[int] | None = None,
    *,
    search: str = "",
    selected: Provision | None = None,
) -> Reader:
    """The document cut into paragraphs and segments.

    `matched`: primary keys left by the filters, None for all. The selected provision is marked even when filtered out.
    """
    kept = [provision for provision in provisions if matched is None or provision.pk in matched]
    marked = [provision for provision in provisions if provision in kept or provision == selected]
    hits = _hits(document.text, search)
    lines = outline.read(document.text)
    return Reader(
        document=document,
        paragraphs=[_paragraph(document.text, line, marked, hits) for line in lines],
        contents=_contents(document, lines, provisions),
        provisions=provisions,
        matched=kept,
        kinds=_kinds(provisions, kept),
        hits=len(hits),
    )


def explained(provision: Provision, provisions: list[Provision], matched: list[Provision]) -> Explained:
    """One of `provisions` with its neighbours among `matched`; one query, for the carriers."""
    before = [other for other in matched if _order(other) < _order(provision)]
    after = [other for other in matched if _order(other) > _order(provision)]
    others = [other for other in provisions if other.pk != provision.pk]
    return Explained(
        provision=provision,
        subject=SUBJECTS.get(provision.subject, provision.subject),
        declaration=explain(provision.instrument.kind, provision.instrument.fields),
        carriers=list(provision.instrument.carriers.all()),
        siblings=[other for other in others if other.instrument_id == provision.instrument_id],
        overlapping=[other for other in others if other.start < provision.end and other.end > provision.start],
        previous=before[-1] if before else None,
        following=after[0] if after else None,
    )


def _order(provision: Provision) -> tuple[int, int, str]:
    return provision.start, provision.end, provision.code


def _hits(text: str, search: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(re.escape(search), text, re.IGNORECASE)] if search else []


def _paragraph(text: str, line: Line, provisions: list[Provision], hits: list[tuple[int, int]]) -> Paragraph:
    inside = [provision for provision in provisions if line.start <= provision.start and provision.end <= line.end]
    found = [(start, end) for start, end in hits if start < line.end and end > line.start]
    return Paragraph(
        line=line,
        head=list(_segments(text, line.start, line.head_end, inside, found)),
        body=list(_segments(text, max(line.start, line.head_end), line.end, inside, found)),
        provisions=inside,
    )


def _segments(
    text: str, start: int, end: int, provisions: list[Provision], hits: list[tuple[int, int]]
) -> Iterator[Segment]:
    """Cut [start, end) wherever a provision or a hit begins or ends."""
    cuts = {start, end}
    for left, right in [(provision.start, provision.end) for provision in provisions] + hits:
        cuts |= {place for place in (left, right) if start < place < end}
    places = sorted(cuts)
    for left, right in itertools.pairwise(places):
        around = [provision for provision in provisions if provision.start <= left and right <= provision.end]
        around.sort(key=lambda provision: (provision.end - provision.start, provision.code))
        yield Segment(
            text=text[left:right],
            provision=around[0] if around else None,
            first=bool(around) and around[0].start == left,
            opening=tuple(provision for provision in around[1:] if provision.start == left),
            outer=tuple(around[1:]),
            hit=any(begin <= left and right <= finish for begin, finish in hits),
        )


def _contents(document: Document, lines: list[Line], provisions: list[Provision]) -> list[Heading]:
    totals = Counter(outline.chapter_of(provision.section) for provision in provisions)
    carried = Counter(
        outline.chapter_of(provision.section)
        for provision in provisions
        if provision.carried  # type: ignore[attr-defined]
    )
    chapters: list[Heading] = []
    for line in lines:
        if line.kind not in {LineKind.CHAPTER, LineKind.SECTION}:
            continue
        number, title = _split_heading(
            document.text[line.start : line.head_end] or document.text[line.start : line.end]
        )
        english = document.headings_en.get(line.section, "")
        if line.kind == LineKind.CHAPTER:
            key = line.chapter
            chapters.append(Heading(f"s-{line.section}", number, title, english, totals[key], carried[key]))
        elif chapters:
            chapters[-1].sections.append(Heading(f"s-{line.section}", number, title, english))
    return chapters


def _split_heading(heading: str) -> tuple[str, str]:
    match = re.match(r"([一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）])(.*)", heading.rstrip("。"))
    return (match[1], match[2]) if match else ("", heading)


def _kinds(provisions: list[Provision], matched: list[Provision]) -> list[KindCount]:
    totals = Counter(provision.kind for provision in provisions)
    kept = Counter(provision.kind for provision in matched)
    carried = Counter(provision.kind for provision in provisions if provision.carried)  # type: ignore[attr-defined]
    return [KindCount(kind, totals[kind], carried[kind], kept[kind]) for kind in InstrumentKind if totals[kind]]
