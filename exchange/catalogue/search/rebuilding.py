"""Makes the search index anew while it goes on answering: in short transactions, and again after a kill.

Every listing gets another number, the newest listing the highest. First the words of a block of numbers are
written; nobody sees them, because none of the numbers is on offer yet. Then the listings move to their new
numbers, the newest first, so that the order of all of them is right at every moment. What stands under the
old numbers goes last. Whatever is left half done by a kill is below the numbers of the next attempt.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, tuple_
from sqlalchemy.orm import Session

from exchange.catalogue import queries
from exchange.catalogue.models import Listing, ListingState, ListingVersion
from exchange.catalogue.search.index import (
    Place,
    Providers,
    entry_row,
    lock_index,
    places_of,
    read_for_index,
    show_numbers,
)
from exchange.catalogue.search.models import SearchEntry, SearchPosting
from exchange.catalogue.search.places import BLOCK, empty_block, packed, write_place
from exchange.core.database import Database

#: Listings read in one transaction, which holds nobody up.
_LISTINGS_AT_ONCE = 500
#: Listings moved, and rows of words written or taken away, in one transaction; others that write wait for it.
_MOVED_AT_ONCE = 100
_ROWS_AT_ONCE = 500
#: A place in a block and its level share one number.
_LEVELS = 8


@dataclass(frozen=True)
class Plan:
    """The listings to number anew, the oldest first, and the first of their numbers, which follow each other."""

    listing_ids: Sequence[str]
    first_number: int

    @property
    def first_block(self) -> int:
        """Everything in earlier blocks is of the index as it was."""
        return self.first_number // BLOCK

    @property
    def end(self) -> int:
        """The number after the last of the plan; a listing with this one or a higher has changed since."""
        return self.first_number + len(self.listing_ids)


def reindex(database: Database, *, at: datetime) -> int:
    """Make the whole index again from what is on offer; returns how many listings it holds.

    Searches and decisions go on meanwhile. After a kill the index is right, and this may simply run again.
    """
    plan = _plan(database, at)
    providers: Providers = {}
    moved = 0
    for first in reversed(range(plan.first_block * BLOCK, plan.end, BLOCK)):
        numbers = range(max(first, plan.first_number), min(first + BLOCK, plan.end))
        moved += _renumber_block(database, plan, numbers, providers, at)
    _drop_old(database, plan)
    return moved


def fill_gaps(database: Database, *, at: datetime) -> None:
    """Make the index anew when a listing on offer is not in it: it is older than the index, or a fill was cut off."""
    with database.reading() as session:
        missing = (
            queries.listed_versions()
            .where(queries.is_on_offer(at), ~exists().where(SearchEntry.listing_id == Listing.id))
            .with_only_columns(Listing.id)
        )
        has_gaps = session.scalar(missing.limit(1)) is not None
    if has_gaps:
        reindex(database, at=at)


def _plan(database: Database, at: datetime) -> Plan:
    end = database.write(_reserve_numbers)
    query = (
        queries.listed_versions()
        .outerjoin(SearchEntry, SearchEntry.listing_id == Listing.id)
        .where(queries.is_kept(at))
        .with_only_columns(Listing.id)
        .order_by(ListingVersion.decided_at, SearchEntry.number.nulls_last(), Listing.id)
    )
    with database.reading() as session:
        ids = list(session.scalars(query))
    return Plan(ids, end - len(ids))


def _reserve_numbers(session: Session) -> int:
    """Keep blocks of numbers free for all listings; returns the number after the last of them.

    Twice as many as there are, for listings that are made before they are read.
    """
    index = lock_index(session)
    count = session.scalar(select(func.count()).select_from(Listing)) or 0
    index.last_number = (index.last_number // BLOCK + 2 + 2 * count // BLOCK) * BLOCK - 1
    return index.last_number + 1


def _renumber_block(
    database: Database, plan: Plan, numbers: range, providers: Providers, at: datetime
) -> int:
    """Give a block of numbers to their listings; returns how many of them took theirs."""
    places: dict[Place, array[int]] = defaultdict(lambda: array("I"))
    rows: list[dict[str, Any]] = []
    for part in _parts(numbers, _LISTINGS_AT_ONCE):
        with database.reading() as session:
            rows += _read_part(session, plan, part, providers, places, at)
    _store_places(database, numbers[0] // BLOCK, places)
    places.clear()
    return sum(
        database.write(lambda session, part=part: _move(session, plan, part, at))  # type: ignore[misc]
        for part in _parts(rows[::-1], _MOVED_AT_ONCE)
    )


def _read_part(
    session: Session,
    plan: Plan,
    numbers: range,
    providers: Providers,
    places: dict[Place, "array[int]"],
    at: datetime,
) -> list[dict[str, Any]]:
    """Note the words of some listings under their new numbers; returns the rows of those that are there."""
    by_id = {plan.listing_ids[number - plan.first_number]: number for number in numbers}
    rows = []
    for listing, indexed in read_for_index(session, queries.find_kept(session, by_id, now=at), providers):
        number = by_id[listing.id]
        for place, level in places_of(indexed).items():
            places[place].append(number % BLOCK * _LEVELS + level)
        rows.append(entry_row(number, listing, indexed, at))
    return sorted(rows, key=lambda row: int(row["number"]))


def _store_places(database: Database, block: int, places: dict[Place, "array[int]"]) -> None:
    for part in _parts(list(places), _ROWS_AT_ONCE):
        rows = [
            {"kind": kind, "token": token, "block": block, "places": _packed(places[kind, token])}
            for kind, token in part
        ]
        database.write(lambda session, rows=rows: session.execute(insert(SearchPosting), rows))  # type: ignore[misc]


def _packed(noted: "array[int]") -> bytes:
    data = empty_block()
    for item in noted:
        write_place(data, item // _LEVELS, item % _LEVELS)
    return packed(data)


def _move(session: Session, plan: Plan, rows: Sequence[dict[str, Any]], at: datetime) -> int:
    """Let listings take their new numbers, except those that changed since they were read."""
    index = lock_index(session)
    ids = [row["listing_id"] for row in rows]
    standing = _standing(session, ids, at)
    entries = select(SearchEntry.listing_id, SearchEntry.number).where(SearchEntry.listing_id.in_(ids))
    old = {entry.listing_id: entry.number for entry in session.execute(entries)}
    taken = [
        row
        for row in rows
        if standing.get(row["listing_id"], (0, False))[0] == row["card"]["version"]
        and old.get(row["listing_id"], 0) < plan.end
    ]
    moving = [row["listing_id"] for row in taken]
    session.execute(delete(SearchEntry).where(SearchEntry.listing_id.in_(moving)))
    if taken:
        session.execute(insert(SearchEntry), taken)
    shown = {old[listing_id]: False for listing_id in moving if listing_id in old}
    shown |= {row["number"]: standing[row["listing_id"]][1] for row in taken}
    show_numbers(session, index, shown)
    return len(taken)


def _standing(session: Session, listing_ids: Sequence[str], at: datetime) -> dict[str, tuple[int, bool]]:
    """The listed version of each listing that the index keeps, and whether it is on offer."""
    query = (
        queries.listed_versions()
        .where(Listing.id.in_(listing_ids), queries.is_kept(at))
        .with_only_columns(Listing.id, Listing.listed_version, Listing.state)
    )
    return {
        row.id: (row.listed_version or 0, row.state == ListingState.LISTED)
        for row in session.execute(query)
    }


def _drop_old(database: Database, plan: Plan) -> None:
    """Take away what stands under earlier numbers; no listing on offer is left there."""
    old = plan.first_block * BLOCK
    database.write(lambda session: session.execute(delete(SearchEntry).where(SearchEntry.number < old)))
    after: tuple[str, str] | None = ("", "")
    while after is not None:
        after = database.write(lambda session, after=after: _drop_part(session, plan, after))  # type: ignore[misc]


def _drop_part(session: Session, plan: Plan, after: tuple[str, str]) -> tuple[str, str] | None:
    """Take away the old rows of the next tokens; returns the last of them, None at the end."""
    key = tuple_(SearchPosting.kind, SearchPosting.token)
    tokens = select(SearchPosting.kind, SearchPosting.token).distinct().where(key > after)
    found = session.execute(
        tokens.order_by(SearchPosting.kind, SearchPosting.token).limit(_ROWS_AT_ONCE)
    ).all()
    if not found:
        return None
    last = (found[-1].kind, found[-1].token)
    session.execute(
        delete(SearchPosting).where(key > after, key <= last, SearchPosting.block < plan.first_block)
    )
    return last


def _parts(items: Any, size: int) -> Iterable[Any]:
    return (items[at : at + size] for at in range(0, len(items), size))
