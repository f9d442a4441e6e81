"""Reads of the catalogue."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from exchange import datasets
from exchange.catalogue.models import Listing, ListingVersion, VersionState
from exchange.core.errors import NotFound
from exchange.participants import Actor


@dataclass(frozen=True)
class PublishedListing:
    """A listed version, as buyers and the contract rooms see it."""

    id: str
    organisation_id: str
    dataset_id: str
    version: int
    revision_id: str
    digest: str
    content: dict[str, Any]
    #: Why its revision was withdrawn; None while it stands.
    revoked_reason: str | None = None


def get_listing(session: Session, listing_id: str) -> Listing:
    """One listing.

    Raises:
        NotFound: there is none with this id.
    """
    listing = session.get(Listing, listing_id)
    if listing is None:
        raise NotFound(f"there is no listing {listing_id}")
    return listing


def find_listings_of_dataset(session: Session, dataset_id: str) -> list[str]:
    """The ids of the listings that offer, or offered, a data set."""
    return list(session.scalars(select(Listing.id).where(Listing.dataset_id == dataset_id)))


def answer_on_offer(session: Session, enquiry: datasets.OnOffer) -> list[bool]:
    """Answer whether a data set is on offer to an organisation."""
    return [bool(_published(session, Listing.dataset_id == enquiry.dataset_id))]


def get_version(session: Session, listing_id: str, number: int) -> ListingVersion:
    """One version of a listing."""
    version = session.get(ListingVersion, (listing_id, number))
    if version is None:
        raise NotFound(f"listing {listing_id} has no version {number}")
    return version


def get_version_card(session: Session, listing_id: str, number: int) -> PublishedListing:
    """A version that was on offer once, whether it still is or not."""
    return _card(get_listing(session, listing_id), get_version(session, listing_id, number))


def newest_version_number(session: Session, listing_id: str) -> int:
    """The number of the newest version; 0 when there is none."""
    query = select(func.max(ListingVersion.number)).where(ListingVersion.listing_id == listing_id)
    return session.scalar(query) or 0


def get_published_listing(session: Session, listing_id: str) -> PublishedListing:
    """The version that is on offer now.

    Raises:
        NotFound: the listing is not on offer.
    """
    for found in _published(session, Listing.id == listing_id):
        return found
    raise NotFound(f"there is no listing {listing_id} on offer")


def find_published_listings(session: Session, *, sector: str | None = None) -> list[PublishedListing]:
    """Everything on offer, newest first, of one sector if given."""
    found = _published(session)
    return [item for item in found if sector is None or item.content["sector"] == sector]


def find_versions(session: Session, *, actor: Actor, state: str | None = None) -> list[ListingVersion]:
    """The versions an actor works on: a provider's own, or all of them for the operator and the regulator."""
    query = select(ListingVersion).join(Listing).order_by(ListingVersion.written_at.desc())
    if not actor.oversees:
        query = query.where(Listing.organisation_id == actor.organisation_id)
    if state is not None:
        query = query.where(ListingVersion.state == state)
    return list(session.scalars(query))


def _published(session: Session, *conditions: Any) -> list[PublishedListing]:
    rows = session.execute(
        select(Listing, ListingVersion)
        .join(
            ListingVersion,
            and_(ListingVersion.listing_id == Listing.id, ListingVersion.number == Listing.listed_version),
        )
        .where(ListingVersion.state == VersionState.LISTED, *conditions)
        .order_by(Listing.id.desc())
    ).all()
    revoked = datasets.find_revocations(session, {version.revision_id for _, version in rows})
    return [_card(listing, version, revoked.get(version.revision_id)) for listing, version in rows]


def _card(listing: Listing, version: ListingVersion, revocation: Any = None) -> PublishedListing:
    return PublishedListing(
        id=listing.id,
        organisation_id=listing.organisation_id,
        dataset_id=listing.dataset_id,
        version=version.number,
        revision_id=version.revision_id,
        digest=version.digest,
        content=version.content,
        revoked_reason=None if revocation is None else revocation.reason,
    )
