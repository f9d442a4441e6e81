"""Keeps the search index: a listing enters or leaves it in the transaction that lists or delists it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from exchange import datasets, participants
from exchange.catalogue import queries
from exchange.catalogue.queries import PublishedListing
from exchange.catalogue.search.entry import IndexedListing, read_listing
from exchange.catalogue.search.models import SearchEntry, SearchIndex, SearchPosting
from exchange.catalogue.search.places import BLOCK, TITLE, empty_block, packed, unpacked, write_place
from exchange.catalogue.visibility import find_admissions
from exchange.core.identifiers import new_id

WORD = "word"
LIVE = "live"
#: The name of the one set of the numbers in force; everything the index says is cut to it.
ALL = "all"
#: The stamp of an index that nothing was ever written to; the migration sets it.
EMPTY = "empty"
#: Tokens asked for in one statement: SQLite takes at most 999 values in old builds.
_TOKENS_AT_ONCE = 400
#: Listings read at once when the index is made again; bounds the memory.
_LISTINGS_AT_ONCE = 500

Place = tuple[str, str]


def follow_listing(session: Session, event: Any, *, at: datetime) -> None:
    """Bring the index up to date with a listing that an event is about; the reaction to all such events."""
    refresh_listing(session, event.listing_id, at=at)


def follow_revision(session: Session, event: datasets.RevisionRevoked, *, at: datetime) -> None:
    """Take the listings of a revision that was revoked out of the index; the reaction to its revocation."""
    for listing_id in queries.find_listings_of_dataset(session, event.dataset_id):
        refresh_listing(session, listing_id, at=at)


def refresh_listing(session: Session, listing_id: str, *, at: datetime) -> None:
    """Make the index say of one listing what is on offer now: nothing, or its listed version.

    A version that the index holds already keeps its place among the newest.
    """
    index = _locked_index(session)
    session.flush()  # the event's listing is read as it is now
    old = session.scalar(select(SearchEntry).where(SearchEntry.listing_id == listing_id))
    offered = queries.find_on_offer(session, [listing_id], now=at)
    if old is None and not offered:
        return
    if old is not None:
        if offered and _is_version(old, offered[0]):
            return
        _write(session, old.number // BLOCK, {(LIVE, ALL): 0}, old.number)
        session.delete(old)
        session.flush()  # the new entry has the same listing
    index.stamp = new_id("idx")
    for listing, indexed in _read_all(session, offered, {}):
        index.last_number += 1
        session.add(SearchEntry(**_row(index.last_number, listing, indexed, at)))
        _write(session, index.last_number // BLOCK, _places_of(indexed), index.last_number)


def rebuild(session: Session, *, at: datetime) -> int:
    """Make the whole index again from what is on offer; returns how many listings it holds.

    One transaction: searches go on in the old index until it is committed, listings that are decided
    meanwhile wait.
    """
    index = _locked_index(session)
    session.execute(delete(SearchPosting))
    session.execute(delete(SearchEntry))
    number = 0
    block: dict[Place, list[tuple[int, int]]] = defaultdict(list)
    providers: dict[str, participants.OrganisationCard] = {}
    for part in _parts(list(queries.find_offer_times(session, now=at)), _LISTINGS_AT_ONCE):
        places = {listing_id: place for place, listing_id in enumerate(part)}
        offered = queries.find_on_offer(session, part, now=at)
        offered.sort(key=lambda listing, places=places: places[listing.id])  # type: ignore[misc]
        rows = []
        for listing, indexed in _read_all(session, offered, providers):
            number += 1
            if number % BLOCK == 0:
                _store_block(session, number // BLOCK - 1, block)
                block.clear()
            rows.append(_row(number, listing, indexed, at))
            for place, level in _places_of(indexed).items():
                block[place].append((number, level))
        session.execute(insert(SearchEntry), rows)
    _store_block(session, number // BLOCK, block)
    index.last_number, index.stamp = number, new_id("idx")
    return number


def rebuild_if_new(session: Session, *, at: datetime) -> None:
    """Fill the index of a database whose listings are older than the index."""
    if session.scalar(select(SearchIndex.stamp)) == EMPTY and queries.find_offer_times(session, now=at):
        rebuild(session, at=at)


def _locked_index(session: Session) -> SearchIndex:
    # Two listings decided at once share rows of the index: the second waits for the first.
    return session.execute(
        select(SearchIndex).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def _is_version(entry: SearchEntry, listing: PublishedListing) -> bool:
    return (entry.card["version"], entry.card["digest"]) == (listing.version, listing.digest)


def _read_all(
    session: Session,
    listings: Sequence[PublishedListing],
    providers: dict[str, participants.OrganisationCard],
) -> Iterator[tuple[PublishedListing, IndexedListing]]:
    admissions = find_admissions(session, [listing.id for listing in listings])
    for listing in listings:
        provider_id = listing.organisation_id
        if provider_id not in providers:
            providers[provider_id] = participants.get_organisation_card(session, provider_id)
        step = _found_step(session, listing)
        yield listing, read_listing(listing, providers[provider_id], admissions[listing.id], step=step)


def _found_step(session: Session, listing: PublishedListing) -> str | None:
    if listing.content["coverage"]["granularity"] or listing.revision_id is None:
        return None
    time = datasets.get_revision_card(session, listing.revision_id).profile.get("time") or {}
    return time.get("step")


def _places_of(indexed: IndexedListing) -> dict[Place, int]:
    places: dict[Place, int] = {(LIVE, ALL): TITLE}
    places.update({(WORD, token): level for token, level in indexed.words.items()})
    places.update({(facet, value): TITLE for facet, values in indexed.facets.items() for value in values})
    return places


def _row(number: int, listing: PublishedListing, indexed: IndexedListing, at: datetime) -> dict[str, Any]:
    return {
        "number": number,
        "listing_id": listing.id,
        "organisation_id": listing.organisation_id,
        "prices": indexed.prices,
        "expires_on": indexed.expires_on,
        "listed_at": listing.listed_at or at,
        "card": indexed.card,
    }


def _write(session: Session, block: int, places: dict[Place, int], number: int) -> None:
    tokens: dict[str, list[str]] = defaultdict(list)
    for kind, token in places:
        tokens[kind].append(token)
    for kind, wanted in tokens.items():
        for part in _parts(wanted, _TOKENS_AT_ONCE):
            found = _postings(session, kind, part, block)
            for token in part:
                posting = found.get(token)
                data = empty_block() if posting is None else unpacked(posting.places)
                write_place(data, number, places[kind, token])
                if posting is None:
                    session.add(SearchPosting(kind=kind, token=token, block=block, places=packed(data)))
                else:
                    posting.places = packed(data)


def _postings(session: Session, kind: str, tokens: Sequence[str], block: int) -> dict[str, SearchPosting]:
    rows = session.scalars(
        select(SearchPosting).where(
            SearchPosting.kind == kind, SearchPosting.block == block, SearchPosting.token.in_(tokens)
        )
    )
    return {row.token: row for row in rows}


def _store_block(session: Session, block: int, places: dict[Place, list[tuple[int, int]]]) -> None:
    rows = (
        {"kind": kind, "token": token, "block": block, "places": _packed_places(numbers)}
        for (kind, token), numbers in places.items()
    )
    for part in _parts(list(places), _LISTINGS_AT_ONCE):
        session.execute(insert(SearchPosting), [next(rows) for _ in part])


def _packed_places(numbers: list[tuple[int, int]]) -> bytes:
    data = empty_block()
    for number, level in numbers:
        write_place(data, number, level)
    return packed(data)


def _parts(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[at : at + size] for at in range(0, len(items), size))
