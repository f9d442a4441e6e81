"""Keeps the search index: a listing enters or leaves it in the transaction that lists or delists it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange import datasets, participants
from exchange.catalogue import queries
from exchange.catalogue.models import ListingState
from exchange.catalogue.queries import PublishedListing
from exchange.catalogue.search.entry import IndexedListing, read_listing
from exchange.catalogue.search.models import SearchEntry, SearchIndex, SearchPosting
from exchange.catalogue.search.places import BLOCK, TITLE, empty_block, packed, unpacked, write_place
from exchange.catalogue.visibility import find_admissions
from exchange.core.identifiers import new_id

WORD = "word"
LIVE = "live"
#: The name of the one set of the numbers on offer; everything the index says is cut to it.
ALL = "all"
#: In the notes of a session that changed the index: what it sees of it is not committed yet.
CHANGED_HERE = "search_index_changed"
#: Tokens asked for in one statement: SQLite takes at most 999 values in old builds.
_TOKENS_AT_ONCE = 400

Place = tuple[str, str]
Providers = dict[str, participants.OrganisationCard]


def follow_listing(session: Session, event: Any, *, at: datetime) -> None:
    """Bring the index up to date with a listing that an event is about; the reaction to all such events."""
    refresh_listing(session, event.listing_id, at=at)


def follow_revision(session: Session, event: datasets.RevisionRevoked, *, at: datetime) -> None:
    """Take the listings of a revision that was revoked out of the index; the reaction to its revocation."""
    for listing_id in queries.find_listings_of_dataset(session, event.dataset_id):
        refresh_listing(session, listing_id, at=at)


def refresh_listing(session: Session, listing_id: str, *, at: datetime) -> None:
    """Make the index say of one listing what is on offer now: nothing, or its listed version.

    A version that the index holds already keeps its place among the newest, also through a suspension,
    which only hides it.
    """
    index = lock_index(session)
    session.flush()  # the event's listing is read as it is now
    old = session.scalar(select(SearchEntry).where(SearchEntry.listing_id == listing_id))
    offered = queries.find_on_offer(session, [listing_id], now=at)
    if old is not None and offered and _is_version(old, offered[0]):
        _show(session, index, old.number, is_on_offer=True)
        return
    if old is not None:
        _show(session, index, old.number, is_on_offer=False)
        if queries.get_listing_state(session, listing_id) == ListingState.SUSPENDED:
            return
        session.delete(old)
        session.flush()  # the new entry has the same listing
    for listing, indexed in read_for_index(session, offered, {}):
        index.last_number += 1
        session.add(SearchEntry(**entry_row(index.last_number, listing, indexed, at)))
        _write(session, index.last_number // BLOCK, places_of(indexed), index.last_number)
        _show(session, index, index.last_number, is_on_offer=True)


def lock_index(session: Session) -> SearchIndex:
    """The row of the index, for a transaction that changes it."""
    # Two listings decided at once share rows of the index: the second waits for the first.
    return session.execute(
        select(SearchIndex).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def show_numbers(session: Session, index: SearchIndex, shown: Mapping[int, bool]) -> None:
    """Note which numbers are on offer, and tell every process when that changes anything."""
    blocks: dict[int, dict[int, bool]] = defaultdict(dict)
    for number, is_on_offer in shown.items():
        blocks[number // BLOCK][number] = is_on_offer
    for block, numbers in blocks.items():
        posting = session.get(SearchPosting, (LIVE, ALL, block))
        if posting is None:
            posting = SearchPosting(kind=LIVE, token=ALL, block=block, places=packed(empty_block()))
            session.add(posting)
        data = unpacked(posting.places)
        before = bytes(data)
        for number, is_on_offer in numbers.items():
            write_place(data, number, TITLE if is_on_offer else 0)
        if data != before:
            posting.places = packed(data)
            index.stamp = new_id("idx")
            session.info[CHANGED_HERE] = True


def read_for_index(
    session: Session, listings: Sequence[PublishedListing], providers: Providers
) -> Iterator[tuple[PublishedListing, IndexedListing]]:
    """Each listing with what the index takes of it; remembers the providers in the given dictionary."""
    admissions = find_admissions(session, [listing.id for listing in listings])
    for listing in listings:
        provider_id = listing.organisation_id
        if provider_id not in providers:
            providers[provider_id] = participants.get_organisation_card(session, provider_id)
        step = _found_step(session, listing)
        yield listing, read_listing(listing, providers[provider_id], admissions[listing.id], step=step)


def places_of(indexed: IndexedListing) -> dict[Place, int]:
    """The words and the facets' values of a listing with the level of each."""
    places: dict[Place, int] = {(WORD, token): level for token, level in indexed.words.items()}
    places.update({(facet, value): TITLE for facet, values in indexed.facets.items() for value in values})
    return places


def entry_row(
    number: int, listing: PublishedListing, indexed: IndexedListing, at: datetime
) -> dict[str, Any]:
    """The values of a `SearchEntry`."""
    return {
        "number": number,
        "listing_id": listing.id,
        "organisation_id": listing.organisation_id,
        "prices": indexed.prices,
        "expires_on": indexed.expires_on,
        "listed_at": listing.listed_at or at,
        "card": indexed.card,
    }


def _show(session: Session, index: SearchIndex, number: int, *, is_on_offer: bool) -> None:
    show_numbers(session, index, {number: is_on_offer})


def _is_version(entry: SearchEntry, listing: PublishedListing) -> bool:
    return (entry.card["version"], entry.card["digest"]) == (listing.version, listing.digest)


def _found_step(session: Session, listing: PublishedListing) -> str | None:
    if listing.content["coverage"]["granularity"] or listing.revision_id is None:
        return None
    time = datasets.get_revision_card(session, listing.revision_id).profile.get("time") or {}
    return time.get("step")


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


def _parts(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[at : at + size] for at in range(0, len(items), size))
