"""Reads for the exports: what is on offer and visible to the one who asks."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from exchange import datasets, participants
from exchange.catalogue.exports.described import DescribedListing, Provider, complete, is_visible
from exchange.catalogue.exports.sample import public_sample
from exchange.catalogue.models import Listing, ListingVersion, VersionState
from exchange.core.errors import NotFound
from exchange.participants import Actor

_ON_OFFER = (
    select(Listing, ListingVersion)
    .join(
        ListingVersion,
        and_(ListingVersion.listing_id == Listing.id, ListingVersion.number == Listing.listed_version),
    )
    .where(ListingVersion.state == VersionState.LISTED)
)


def get_described(session: Session, listing_id: str, *, actor: Actor, base_url: str) -> DescribedListing:
    """One listing on offer, with its open sample.

    Raises:
        NotFound: it is not on offer, or the actor may not know of it.
    """
    found = session.execute(_ON_OFFER.where(Listing.id == listing_id)).one_or_none()
    for listing in _described(session, [found] if found else [], actor=actor, base_url=base_url):
        return _with_rows(session, listing)
    raise NotFound(f"there is no listing {listing_id} on offer")


def find_described(
    session: Session, *, actor: Actor, base_url: str, after: str, limit: int
) -> tuple[list[DescribedListing], str | None]:
    """The next listings in the order of their ids, and the id to go on after; None at the end."""
    rows = list(session.execute(_ON_OFFER.where(Listing.id > after).order_by(Listing.id).limit(limit + 1)))
    page = rows[:limit]
    more = page[-1][0].id if len(rows) > limit else None
    return _described(session, page, actor=actor, base_url=base_url), more


def _described(
    session: Session, rows: Iterable[Any], *, actor: Actor, base_url: str
) -> list[DescribedListing]:
    visible = [
        (listing, version, content)
        for listing, version in rows
        if is_visible(
            content := complete(version.content), provider_id=listing.organisation_id, actor=actor
        )
    ]
    providers = {
        organisation_id: provider_card(participants.get_organisation_card(session, organisation_id))
        for organisation_id in sorted({listing.organisation_id for listing, _, _ in visible})
    }
    before = _versions_before(session, [listing.id for listing, _, _ in visible])
    return [
        DescribedListing(
            id=listing.id,
            version=version.number,
            dataset_id=listing.dataset_id,
            digest=version.digest,
            content=content,
            provider=providers[listing.organisation_id],
            created_at=listing.created_at,
            listed_at=version.decided_at or version.written_at,
            previous_version=before.get(listing.id),
            base_url=base_url,
        )
        for listing, version, content in visible
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


def _with_rows(session: Session, listing: DescribedListing) -> DescribedListing:
    if listing.content["revision"] is None:
        return replace(listing, sample=public_sample(listing.fields, []))
    card = datasets.get_revision_card(session, listing.content["revision"]["id"])
    return replace(
        listing,
        sample=public_sample(listing.fields, card.sample),
        nulls={column["name"]: column["nulls"] for column in card.profile["columns"]},
    )
