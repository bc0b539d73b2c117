"""How every provision stands now (条款现状): the apps that know register here; this floor looks up to none of them.

A provider is called once for a whole document, whatever its number of provisions, so that the number of queries stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import User
from policy.enums import CARRIED_OUT, InstrumentKind, ProvisionStatus
from policy.models import Carrier, Document, Provision, Term
from policy.words import open_terms


@dataclass(frozen=True, slots=True)
class Standing:
    """One live thing that carries an instrument out: its state, a few words with the figure, and where to see it.

    `series` are the figures of earlier years with the newest last, for a line of dots; None where there is none.
    """

    status: ProvisionStatus
    words: str
    url: str = ""
    series: tuple[tuple[int, float], ...] = ()
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class ProvisionState:
    """How one provision stands: its one status, what shows it, why nothing carries it out, which words are open."""

    status: ProvisionStatus
    standings: tuple[Standing, ...] = ()
    why: str = ""
    terms: tuple[Term, ...] = ()
    departments: frozenset[str] = frozenset()
    """Duties of the departments that lead a target or a task of it, or watch over its register."""

    @property
    def look(self) -> str:
        return f"provision_{self.status}"

    @property
    def is_carried(self) -> bool:
        return self.status in CARRIED_OUT

    @property
    def synthetic(self) -> bool:
        return any(standing.synthetic for standing in self.standings)

    @property
    def words(self) -> str:
        """The most pressing words, for a line of a list."""
        if self.why or not self.standings:
            return self.why
        return min(self.standings, key=lambda each: ORDER.index(each.status)).words


Provider = Callable[[Document], "Provided"]


@dataclass
class Provided:
    """What a provider knows, by key of the instrument or, for a single provision, by its code."""

    by_instrument: dict[str, list[Standing]] = field(default_factory=lambda: defaultdict(list))
    by_provision: dict[str, list[Standing]] = field(default_factory=lambda: defaultdict(list))
    reasons: dict[str, str] = field(default_factory=dict)
    """Why an instrument counts as not carried out although a page cites it, by its key."""
    departments: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Duties, by key of the instrument or code of the provision."""


ORDER: tuple[ProvisionStatus, ...] = tuple(ProvisionStatus)
_PROVIDERS: dict[str, tuple[Provider, str]] = {}


def provider_register(name: str, provider: Provider, *, permission: str = "") -> None:
    """Have `provider` asked for every document; its figures are shown to those who hold `permission` anywhere."""
    _PROVIDERS[name] = (provider, permission)


def provision_states(
    document: Document, user: User, provisions: Sequence[Provision] | None = None
) -> dict[int, ProvisionState]:
    """The state of every provision of a document, by its key (条款现状).

    The number of queries depends on how many providers there are, not on how much they know. Figures that the user has no
    right to see are left out: the provision is then shown as carried out by the page, without words.
    """
    if provisions is None:
        provisions = list(document.provisions.select_related("instrument"))
    known = [provider(document) for provider, permission in _PROVIDERS.values() if _may(user, permission)]
    carried = set(Carrier.objects.filter(instrument__document=document).values_list("instrument_id", flat=True))
    terms = open_terms(document)
    return {each.pk: _state(each, known, terms.get(each.pk, ()), each.instrument_id in carried) for each in provisions}


def _may(user: User, permission: str) -> bool:
    return not permission or user.may(permission)


def _state(provision: Provision, known: Collection[Provided], terms: Sequence[Term], carried: bool) -> ProvisionState:
    key, code = provision.instrument.key, provision.code
    standings = tuple(
        standing for each in known for standing in (*each.by_instrument.get(key, ()), *each.by_provision.get(code, ()))
    )
    departments = frozenset(duty for each in known for name in (key, code) for duty in each.departments.get(name, ()))
    reason = next((each.reasons[key] for each in known if key in each.reasons), "")
    if reason or not carried:
        why = reason or provision.instrument.why
        if not why and provision.kind == InstrumentKind.REGISTER:
            why = _("还没有建立这本台账。")
        return ProvisionState(ProvisionStatus.OPEN, standings, why, tuple(terms), departments)
    # A page carries it out; without a standing nobody told how, or the reader may not see the figures.
    status = min((standing.status for standing in standings), key=ORDER.index, default=ProvisionStatus.CARRIED)
    return ProvisionState(status, standings, "", tuple(terms), departments)
