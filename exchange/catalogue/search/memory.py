"""What a process remembers of the index: facets and much-used words, right for one stamp of the index."""

import threading
from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from exchange.catalogue.search.facets import REMEMBERED_FACETS
from exchange.catalogue.search.index import ALL, LIVE, WORD
from exchange.catalogue.search.models import SearchEntry, SearchIndex, SearchPosting
from exchange.catalogue.search.places import COLUMNS, LEVELS, read_level, read_levels

#: Words of which the sets are kept; at 100,000 listings one takes 50 kB.
_MOST_WORDS = 500
#: Values of other facets of which the sets are kept: providers, and who may see what; 12 kB each.
_MOST_VALUES = 1_000
_NOWHERE = (0,) * len(LEVELS)

Levels = tuple[int, ...]


@dataclass
class Memory:
    """The index under one stamp. Sets only grow stale together: another stamp means another memory."""

    stamp: str
    facets: dict[str, dict[str, int]]
    #: By number: who offers.
    providers: list[str]
    #: By price model and number: at what price.
    prices: dict[str, dict[int, int]]
    #: The last day on offer with the numbers that have it, the earliest first; most listings have none.
    expiries: list[tuple[str, int]]
    words: dict[str, Levels] = field(default_factory=dict)
    values: dict[tuple[str, str], int] = field(default_factory=dict)

    def on_offer(self, today: str) -> int:
        """Every listing on offer on a day; the index keeps an expired one until the job notes it."""
        live = self.facets[LIVE].get(ALL, 0)
        for expires_on, number in self.expiries:
            if expires_on >= today:
                break
            live &= ~(1 << number)
        return live

    def with_value(self, session: Session, facet: str, value: str) -> int:
        """The listings with a facet's value."""
        if facet in REMEMBERED_FACETS:
            return self.facets[facet].get(value, 0)
        kept = self.values.get((facet, value))
        if kept is None:
            kept = _value_set(session, facet, value)
            if len(self.values) >= _MOST_VALUES:
                self.values.clear()
            self.values[facet, value] = kept
        return kept

    def levels_of(self, session: Session, tokens: set[str]) -> dict[str, Levels]:
        """For each token the sets of listings that have it, anywhere, and in each better part."""
        # Asked for one by one: another thread may empty the memory in between.
        found = {token: kept for token in tokens if (kept := self.words.get(token)) is not None}
        missing = tokens - found.keys()
        if missing:
            read = _read_words(session, missing)
            found |= read
            if len(self.words) + len(read) > _MOST_WORDS:
                self.words.clear()
            self.words.update(read)
        return found


# Built once: building a statement costs more than running it, and every search runs some of them.
_STAMP = select(SearchIndex.stamp)
_POSTINGS = select(SearchPosting.token, SearchPosting.block, SearchPosting.places).where(
    SearchPosting.kind == bindparam("kind"),
    SearchPosting.token.in_(bindparam("tokens", expanding=True)),
)
_lock = threading.Lock()
_remembered = Memory("", {}, [], {}, [])


def remember(session: Session) -> Memory:
    """The memory for the index as it is now; read anew when the index has changed."""
    global _remembered  # noqa: PLW0603 - one process, one memory
    stamp = session.connection().execute(_STAMP).scalar() or ""
    if _remembered.stamp != stamp:
        with _lock:  # of several threads one reads, the others find it done
            if _remembered.stamp != stamp:
                _remembered = _read_all(session, stamp)
    return _remembered


def _read_all(session: Session, stamp: str) -> Memory:
    facets: dict[str, dict[str, int]] = {kind: defaultdict(int) for kind in (LIVE, *REMEMBERED_FACETS)}
    rows = session.connection().execute(
        select(SearchPosting.kind, SearchPosting.token, SearchPosting.block, SearchPosting.places).where(
            SearchPosting.kind.in_(facets)
        )
    )
    for kind, value, block, places in rows:
        facets[kind][value] |= read_level(places, block, COLUMNS)
    providers: list[str] = []
    prices: dict[str, dict[int, int]] = defaultdict(dict)
    expiries: list[tuple[str, int]] = []
    columns = select(
        SearchEntry.number, SearchEntry.organisation_id, SearchEntry.prices, SearchEntry.expires_on
    )
    for number, provider, asked, expires_on in session.connection().execute(
        columns.order_by(SearchEntry.number)
    ):
        providers += [""] * (number - len(providers)) + [provider]
        for model, price in asked.items():
            prices[model][number] = price
        if expires_on is not None:
            expiries.append((expires_on, number))
    return Memory(stamp, facets, providers, prices, sorted(expiries))


def _read_words(session: Session, tokens: set[str]) -> dict[str, Levels]:
    rows = session.connection().execute(_POSTINGS, {"kind": WORD, "tokens": list(tokens)})
    found = dict.fromkeys(tokens, _NOWHERE)
    for token, block, places in rows:
        levels = zip(found[token], read_levels(places, block), strict=True)
        found[token] = tuple(known | new for known, new in levels)
    return found


def _value_set(session: Session, facet: str, value: str) -> int:
    rows = session.connection().execute(_POSTINGS, {"kind": facet, "tokens": [value]})
    found = 0
    for _, block, places in rows:
        found |= read_level(places, block, COLUMNS)
    return found
