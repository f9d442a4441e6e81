"""What a process remembers of the index: facets and much-used words, right for one stamp of the index.

A number is given once, and what the index says about it never changes, except whether it is on offer and
which words it has. So after a change only the numbers that are new to the process are read.
"""

import threading
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, bindparam, select
from sqlalchemy.orm import Session

from exchange.catalogue.search.facets import AUDIENCE, FACETS, PROVIDER, REMEMBERED_FACETS
from exchange.catalogue.search.index import ALL, CHANGED_HERE, LIVE, WORD
from exchange.catalogue.search.models import SearchEntry, SearchIndex, SearchPosting
from exchange.catalogue.search.places import (
    BLOCK,
    COLUMNS,
    LEVELS,
    newest_first,
    read_level,
    read_levels,
    set_of,
)

#: Words of which the sets are kept; at 100,000 listings one takes 50 kB.
_MOST_WORDS = 500
#: Values of other facets of which the sets are kept: providers, and who may see what; 12 kB each.
_MOST_VALUES = 1_000
#: New numbers that are read one by one; for more of them reading everything is as fast.
_MOST_NEW = 5_000
#: Numbers asked for in one statement: SQLite takes at most 999 values in old builds.
_NUMBERS_AT_ONCE = 900
_NOWHERE = (0,) * len(LEVELS)

Levels = tuple[int, ...]


@dataclass
class Memory:
    """The index under one stamp. Numbers in sets and lists count from the beginning of the first block."""

    stamp: str
    #: The first block with a number on offer; making the index anew leaves nothing in those before.
    first_block: int = 0
    #: The numbers of which everything is known.
    known: int = 0
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    #: By number: who offers. This and the prices only grow, so that one memory hands them to the next.
    providers: list[str] = field(default_factory=list)
    #: By price model and number: at what price.
    prices: dict[str, dict[int, int]] = field(default_factory=dict)
    #: The last day on offer with the numbers that have it, the earliest first; most listings have none.
    expiries: list[tuple[str, int]] = field(default_factory=list)
    words: dict[str, Levels] = field(default_factory=dict)
    values: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def first_number(self) -> int:
        """What the numbers of the index count on from."""
        return self.first_block * BLOCK

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
            kept = _value_set(session, self.first_block, facet, value)
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
            read = _read_words(session, self.first_block, missing)
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
    SearchPosting.block >= bindparam("first_block"),
)
_OF_KINDS = select(
    SearchPosting.kind, SearchPosting.token, SearchPosting.block, SearchPosting.places
).where(
    SearchPosting.kind.in_(bindparam("kinds", expanding=True)),
    SearchPosting.block >= bindparam("first_block"),
)
_ENTRIES = select(
    SearchEntry.number, SearchEntry.organisation_id, SearchEntry.prices, SearchEntry.expires_on
).where(SearchEntry.number >= bindparam("first_number"))
_CARDS = select(
    SearchEntry.number,
    SearchEntry.organisation_id,
    SearchEntry.prices,
    SearchEntry.expires_on,
    SearchEntry.card,
).where(SearchEntry.number.in_(bindparam("numbers", expanding=True)))
_lock = threading.Lock()
#: By the connections of a database: a process that opens two (tests do) must not mix their numbers.
_memories: "WeakKeyDictionary[Pool, Memory]" = WeakKeyDictionary()


def remember(session: Session) -> Memory:
    """The memory for the index as it is now; when the index has changed, brought up to date."""
    stamp = session.connection().execute(_STAMP).scalar() or ""
    if CHANGED_HERE in session.info:
        # Should this transaction be undone, its numbers are given to other listings: not for others to remember.
        session.flush()
        return _read_all(session, stamp, _read_live(session))
    pool = session.get_bind().engine.pool
    memory = _memories.get(pool)
    if memory is None or memory.stamp != stamp:
        with _lock:  # of several threads one reads, the others find it done
            memory = _memories.get(pool)
            if memory is None or memory.stamp != stamp:
                memory = _memories[pool] = _renewed(session, memory, stamp)
    return memory


def _renewed(session: Session, old: Memory | None, stamp: str) -> Memory:
    blocks = _read_live(session)
    if old is None or min(blocks, default=0) != old.first_block:
        return _read_all(session, stamp, blocks)
    live = _joined(blocks, old.first_block)
    new = live & ~old.known
    if new.bit_count() > _MOST_NEW:
        return _read_all(session, stamp, blocks)
    memory = replace(
        old,
        stamp=stamp,
        facets={kind: defaultdict(int, sets) for kind, sets in old.facets.items()},
        expiries=list(old.expiries),
        words={},
        values={},
    )
    memory.facets[LIVE] = {ALL: live}
    _read_facets(session, memory, (AUDIENCE,))  # a card does not say who may see it
    numbers = [number + old.first_number for number in newest_first(new)]
    for at in range(0, len(numbers), _NUMBERS_AT_ONCE):
        part = {"numbers": numbers[at : at + _NUMBERS_AT_ONCE]}
        for number, provider, prices, expires_on, card in session.connection().execute(_CARDS, part):
            _note(memory, number, provider, prices, expires_on)
            _note_facets(memory, number, card)
    memory.known |= new
    memory.expiries.sort()
    return memory


def _read_all(session: Session, stamp: str, blocks: dict[int, int]) -> Memory:
    memory = Memory(stamp, first_block=min(blocks, default=0))
    memory.facets = {kind: defaultdict(int) for kind in (LIVE, *REMEMBERED_FACETS)}
    # Before the facets: of a listing that comes in between nothing may count as known.
    places = [
        _note(memory, *row)
        for row in session.connection().execute(_ENTRIES, {"first_number": memory.first_number})
    ]
    memory.known = set_of(places)
    memory.expiries.sort()
    _read_facets(session, memory, REMEMBERED_FACETS)
    memory.facets[LIVE] = {ALL: _joined(blocks, memory.first_block)}
    return memory


def _note(
    memory: Memory, number: int, provider: str, prices: dict[str, int], expires_on: str | None
) -> int:
    """Note what an entry says; returns its number as the memory counts."""
    place = number - memory.first_number
    memory.providers += [""] * (place + 1 - len(memory.providers))
    memory.providers[place] = provider
    for model, price in prices.items():
        memory.prices.setdefault(model, {})[place] = price
    if expires_on is not None:
        memory.expiries.append((expires_on, place))
    return place


def _note_facets(memory: Memory, number: int, card: dict[str, Any]) -> None:
    bit = 1 << (number - memory.first_number)
    for facet in FACETS:
        if facet != PROVIDER:
            for value in card[facet]:
                memory.facets[facet][value] |= bit


def _read_live(session: Session) -> dict[int, int]:
    """The numbers on offer by block, for blocks that have any."""
    rows = session.connection().execute(_POSTINGS, {"kind": LIVE, "tokens": [ALL], "first_block": 0})
    return {block: live for _, block, places in rows if (live := read_level(places, 0, COLUMNS))}


def _joined(blocks: dict[int, int], first_block: int) -> int:
    return sum(live << ((block - first_block) * BLOCK) for block, live in blocks.items())


def _read_facets(session: Session, memory: Memory, kinds: tuple[str, ...]) -> None:
    rows = session.connection().execute(
        _OF_KINDS, {"kinds": list(kinds), "first_block": memory.first_block}
    )
    for kind, value, block, places in rows:
        memory.facets[kind][value] |= read_level(places, block - memory.first_block, COLUMNS)


def _read_words(session: Session, first_block: int, tokens: set[str]) -> dict[str, Levels]:
    rows = session.connection().execute(
        _POSTINGS, {"kind": WORD, "tokens": list(tokens), "first_block": first_block}
    )
    found = dict.fromkeys(tokens, _NOWHERE)
    for token, block, places in rows:
        levels = zip(found[token], read_levels(places, block - first_block), strict=True)
        found[token] = tuple(known | new for known, new in levels)
    return found


def _value_set(session: Session, first_block: int, facet: str, value: str) -> int:
    rows = session.connection().execute(
        _POSTINGS, {"kind": facet, "tokens": [value], "first_block": first_block}
    )
    found = 0
    for _, block, places in rows:
        found |= read_level(places, block - first_block, COLUMNS)
    return found
