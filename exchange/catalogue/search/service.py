"""Finding listings: what may be seen, what has the words, what the filters leave, in which order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from heapq import nsmallest
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from exchange import participants
from exchange.catalogue.models import Listing
from exchange.catalogue.queries import is_on_offer_on, listed_versions
from exchange.catalogue.search.facets import AUDIENCE, PROVIDER, Facet, Narrowing
from exchange.catalogue.search.memory import Levels, Memory, remember
from exchange.catalogue.search.models import SearchEntry
from exchange.catalogue.search.places import Scores, newest_first
from exchange.catalogue.search.question import Term, terms_of
from exchange.catalogue.visibility import may_see
from exchange.core.clock import day_of
from exchange.core.errors import Invalid
from exchange.participants import Actor

RELEVANCE, NEWEST, PRICE = "relevance", "newest", "price"
SORTS = (RELEVANCE, NEWEST, PRICE)
#: Nobody reads on for longer, and every page costs the pages before it.
DEEPEST = 1_000
#: A word of at most one listing in a hundred says more than one of every second; each step doubles its weight.
_RARE_BELOW = (100, 10)


# Built once, as in `memory`.
_ENTRIES = select(
    SearchEntry.number,
    SearchEntry.listing_id,
    SearchEntry.organisation_id,
    SearchEntry.listed_at,
    SearchEntry.card,
).where(SearchEntry.number.in_(bindparam("numbers", expanding=True)))


@dataclass(frozen=True)
class Wish:
    """What somebody looks for; without text everything, the newest first."""

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = RELEVANCE
    page: int = 1
    size: int = 20
    #: A listing with half of the words is found too; for questions longer than people type.
    half_suffices: bool = False
    #: Words that lift a listing which has them, and that no listing needs.
    lifting: str = ""
    #: Whether to count what every facet's values would leave; for those who show none.
    with_facets: bool = True


@dataclass(frozen=True)
class FoundListing:
    """A listing as a list shows it."""

    id: str
    organisation_id: str
    listed_at: datetime
    card: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """One page of what was found, and the facets of all of it."""

    items: list[FoundListing]
    total: int
    #: No listing has all the words; these have some, those with the most first.
    relaxed: bool
    facets: list[Facet]
    terms: tuple[Term, ...]


def search_listings(session: Session, *, actor: Actor, wish: Wish, now: datetime) -> Found:
    """Find the listings on offer that the actor may see.

    Raises:
        Invalid: the page is too deep, or prices are compared across price models.
    """
    return search_for_each(session, actor=actor, wishes=[wish], now=now)[0]


def search_for_each(
    session: Session, *, actor: Actor, wishes: Sequence[Wish], now: datetime
) -> list[Found]:
    """Several searches of one actor that ask the database as often as one.

    Raises:
        Invalid: a page is too deep, or prices are compared across price models.
    """
    for wish in wishes:
        _require_answerable(wish)
    memory = remember(session)
    visible = _visible(session, memory, actor, memory.on_offer(day_of(now)))
    terms = [(terms_of(wish.text), terms_of(wish.lifting)) for wish in wishes]
    known = _known_words(session, memory, (term for pair in terms for part in pair for term in part))
    matched = [
        _match(session, memory, wish, *pair, known=known, visible=visible)
        for wish, pair in zip(wishes, terms, strict=True)
    ]
    numbers = [number for match in matched for number in match.numbers]
    cards = _cards(session, numbers, actor=actor, now=now)
    return [
        Found([cards[number] for number in match.numbers if number in cards], *match.rest)
        for match in matched
    ]


@dataclass(frozen=True)
class _Match:
    """What a wish found, before any card is read."""

    numbers: list[int]
    #: The members of `Found` after its items.
    rest: tuple[int, bool, list[Facet], tuple[Term, ...]]


def _match(
    session: Session,
    memory: Memory,
    wish: Wish,
    terms: tuple[Term, ...],
    lifting: tuple[Term, ...],
    *,
    known: dict[str, Levels],
    visible: int,
) -> _Match:
    scores = Scores()
    for term in lifting:
        _add(scores, _levels_of_term(term, known), visible)
    levels = [_levels_of_term(term, known) for term in terms]
    found, relaxed = _matching(levels, scores, visible, wish)
    narrowing = Narrowing(found, wish.filters, lambda *value: memory.with_value(session, *value))
    result = narrowing.result()
    first = (wish.page - 1) * wish.size
    places = islice(_ordered(result, wish, scores, memory), first, first + wish.size)
    facets = narrowing.facets(memory.facets, memory.providers) if wish.with_facets else []
    numbers = [place + memory.first_number for place in places]
    return _Match(numbers, (result.bit_count(), relaxed, facets, terms))


def _require_answerable(wish: Wish) -> None:
    if wish.page * wish.size > DEEPEST:
        raise Invalid(
            f"a search shows its first {DEEPEST} listings",
            field="page",
            remedy="Narrow it by more words or by a facet.",
        )
    if wish.sort == PRICE and len(wish.filters.get("price_model", ())) != 1:
        raise Invalid(
            "prices of different price models cannot be compared",
            field="sort",
            remedy="Choose exactly one price_model.",
        )


def _visible(session: Session, memory: Memory, actor: Actor, on_offer: int) -> int:
    """What `visibility.may_see` says of every listing, as a set."""
    if actor.oversees:
        return on_offer
    own = actor.organisation_id
    visible = memory.with_value(session, AUDIENCE, "public")
    if actor.is_verified:
        visible |= memory.with_value(session, AUDIENCE, "certified")
    visible |= memory.with_value(session, "allow", own)
    visible &= ~memory.with_value(session, "deny", own)
    return (visible | memory.with_value(session, PROVIDER, own)) & on_offer


def _matching(terms: list[Levels], scores: Scores, visible: int, wish: Wish) -> tuple[int, bool]:
    """The listings with all terms, or where there are none those with some; adds to the scores."""
    counts = Scores()
    for levels in terms:
        _add(scores, levels, visible)
        counts.add(levels[0] & visible)
    if wish.half_suffices:
        return counts.at_least((len(terms) + 1) // 2, visible), False
    together = counts.at_least(len(terms), visible)
    if together or len(terms) < 2:
        return together, False
    return counts.at_least(1, visible), True


def _known_words(session: Session, memory: Memory, terms: Iterable[Term]) -> dict[str, Levels]:
    return memory.levels_of(
        session, {token for term in terms for tokens in term.alternatives for token in tokens}
    )


def _levels_of_term(term: Term, known: dict[str, Levels]) -> Levels:
    levels = [0, 0, 0, 0]
    for tokens in term.alternatives:
        first, *others = (known[token] for token in tokens)
        whole = list(first)
        for other in others:
            whole = [one & two for one, two in zip(whole, other, strict=True)]
        levels = [one | two for one, two in zip(levels, whole, strict=True)]
    return tuple(levels)


def _add(scores: Scores, levels: Levels, visible: int) -> None:
    """Give points for a term: 8 in the title, 4 in the keywords, 2 in the summary, 1 in the columns."""
    everywhere, summary, keywords, title = (level & visible for level in levels)
    total, having = visible.bit_count(), everywhere.bit_count()
    rarity = sum(having * share < total for share in _RARE_BELOW)
    for listings, doublings in ((everywhere, 0), (summary, 0), (keywords, 1), (title, 2)):
        scores.add(listings, doublings=doublings + rarity)


def _ordered(result: int, wish: Wish, scores: Scores, memory: Memory) -> Iterator[int]:
    if wish.sort == PRICE:
        return iter(_cheapest_first(result, wish, memory))
    if wish.sort == NEWEST:
        return newest_first(result)
    return (number for group in scores.groups(result) for number in newest_first(group))


def _cheapest_first(result: int, wish: Wish, memory: Memory) -> list[int]:
    """As many as the page needs, by what the one chosen price model costs."""
    prices = memory.prices.get(wish.filters["price_model"][0], {})
    # All of the result have that model; a number without a price was delisted since the memory was read.
    return nsmallest(
        wish.page * wish.size, newest_first(result), key=lambda number: (prices.get(number, 0), -number)
    )


def _cards(session: Session, numbers: list[int], *, actor: Actor, now: datetime) -> dict[int, FoundListing]:
    """What is shown of the numbers; the listings' own rows have the last word on who sees what."""
    cards = {
        number: FoundListing(*values)
        for number, *values in session.connection().execute(_ENTRIES, {"numbers": numbers})
    }
    # Asked apart: as one join it took SQLite three times as long.
    ids = [card.id for card in cards.values()]
    admitted = set(session.connection().execute(_admitted(actor, day_of(now)), {"ids": ids}).scalars())
    # One that was stopped since the memory was read is not there any more.
    shown = {number: card for number, card in cards.items() if card.id in admitted}
    _name_providers(session, list(shown.values()))
    return shown


# Building this statement took a fifth of a search; few people search at once.
@lru_cache(maxsize=256)
def _admitted(actor: Actor, day: str) -> Any:
    """Which of some listings are on offer on the day and may be seen by the actor."""
    wanted = Listing.id.in_(bindparam("ids", expanding=True))
    return (
        listed_versions().where(wanted, is_on_offer_on(day), may_see(actor)).with_only_columns(Listing.id)
    )


def _name_providers(session: Session, listings: list[FoundListing]) -> None:
    """Providers by the names they have now, whenever the listing was indexed."""
    ids = {listing.organisation_id for listing in listings}
    names = {card.id: card for card in participants.find_organisation_cards(session, ids)}
    for listing in listings:
        provider = names[listing.organisation_id]
        listing.card.update(provider_zh=provider.name_zh, provider_en=provider.name_en)
