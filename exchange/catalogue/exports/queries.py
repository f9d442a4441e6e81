"""Reads for the exports: what is on offer and visible to the one who asks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange import datasets, participants
from exchange.catalogue.disclosure.service import withheld_reason
from exchange.catalogue.exports.described import DescribedListing, Provider, in_order
from exchange.catalogue.exports.sample import public_sample
from exchange.catalogue.models import Listing, ListingVersion, VersionState
from exchange.catalogue.queries import PublishedListing, get_listing, is_on_offer, listed_versions
from exchange.catalogue.visibility import may_see
from exchange.core.errors import NotFound
from exchange.participants import Actor


def get_described(
    session: Session, listing_id: str, *, actor: Actor, now: datetime, base_url: str
) -> DescribedListing:
    """One listing on offer, with its open sample.

    Raises:
        NotFound: it is not on offer, or the actor may not know of it.
    """
    query = _on_offer(actor, now).where(Listing.id == listing_id)
    for listing in _described(session, session.execute(query).all(), base_url=base_url):
        return listing if listing.stays_at_provider else _with_rows(listing, _revision(session, listing))
    raise NotFound(f"there is no listing {listing_id} on offer")


def describe_published(
    session: Session,
    published: PublishedListing,
    *,
    provider: participants.OrganisationCard,
    revision: datasets.RevisionCard | None,
    base_url: str,
) -> DescribedListing:
    """What `get_described` gives for a listing on offer, for a caller that has read all of it."""
    row = get_listing(session, published.id)
    listing = DescribedListing(
        id=published.id,
        version=published.version,
        source_id=published.dataset_id or published.hosted_id or "",
        digest=published.digest,
        content=in_order(published.content),
        provider=provider_card(provider),
        created_at=row.created_at,
        listed_at=published.listed_at or row.created_at,
        previous_version=_versions_before(session, [published.id]).get(published.id),
        base_url=base_url,
    )
    return listing if revision is None else _with_rows(listing, revision)


def find_described(
    session: Session, *, actor: Actor, now: datetime, base_url: str, after: str, limit: int
) -> tuple[list[DescribedListing], str | None]:
    """The next listings in the order of their ids, and the id to go on after; None at the end."""
    query = _on_offer(actor, now).where(Listing.id > after).order_by(Listing.id).limit(limit + 1)
    rows = list(session.execute(query))
    more = rows[limit - 1][0].id if len(rows) > limit else None
    return _described(session, rows[:limit], base_url=base_url), more


def _on_offer(actor: Actor, now: datetime) -> Any:
    return listed_versions().where(may_see(actor), is_on_offer(now))


def _described(session: Session, rows: Sequence[Any], *, base_url: str) -> list[DescribedListing]:
    providers = {
        organisation_id: provider_card(participants.get_organisation_card(session, organisation_id))
        for organisation_id in sorted({listing.organisation_id for listing, _ in rows})
    }
    before = _versions_before(session, [listing.id for listing, _ in rows])
    return [
        DescribedListing(
            id=listing.id,
            version=version.number,
            source_id=listing.dataset_id or listing.hosted_id,
            digest=version.digest,
            content=in_order(version.content),
            provider=providers[listing.organisation_id],
            created_at=listing.created_at,
            listed_at=version.decided_at or version.written_at,
            previous_version=before.get(listing.id),
            base_url=base_url,
        )
        for listing, version in rows
    ]


def provider_card(card: participants.OrganisationCard) -> Provider:
    """What an export says of an organisation."""
    return Provider(card.id, card.name_zh, card.name_en, card.uscc)


def _versions_before(session: Session, listing_ids: list[str]) -> dict[str, int]:
    """The newest version that was on offer before the present one, by listing."""
    query = (
        select(ListingVersion.listing_id, func.max(ListingVersion.number).label("number"))
        .where(ListingVersion.listing_id.in_(listing_ids), ListingVersion.state == VersionState.SUPERSEDED)
        .group_by(ListingVersion.listing_id)
    )
    return {row.listing_id: row.number for row in session.execute(query)}


def _revision(session: Session, listing: DescribedListing) -> datasets.RevisionCard:
    return datasets.get_revision_card(session, listing.content["revision"]["id"])


def _with_rows(listing: DescribedListing, revision: datasets.RevisionCard) -> DescribedListing:
    # A licence without derivatives, or the provider's word: then the sample has columns and no row.
    rows = [] if withheld_reason(listing.content, revision.profile) else revision.sample
    return replace(
        listing,
        sample=public_sample(listing.fields, rows),
        nulls={column["name"]: column["nulls"] for column in revision.profile["columns"]},
    )
