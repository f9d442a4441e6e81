"""Reads of listings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from exchange import datasets
from exchange.catalogue.errors import ListingNotOnOffer
from exchange.catalogue.models import (
    Listing,
    ListingReview,
    ListingState,
    ListingVersion,
    StopEffect,
    VersionState,
)
from exchange.catalogue.visibility import may_see
from exchange.core.clock import day_of
from exchange.core.errors import NotFound
from exchange.participants import Actor

#: Listings and versions of one answer; a longer list is asked for in pages.
PAGE = 100
MOST_PER_PAGE = 500
#: Versions of one listing that are shown at once.
MOST_VERSIONS = 500


@dataclass(frozen=True)
class PublishedListing:
    """A listed version, as buyers and the contract rooms see it."""

    id: str
    organisation_id: str
    #: None where the data stay with the provider.
    dataset_id: str | None
    hosted_id: str | None
    version: int
    revision_id: str | None
    digest: str
    content: dict[str, Any]
    #: `listed`, `suspended`, `delisted` or `expired`.
    state: str
    state_reason: str | None
    price_notice: dict[str, Any] | None
    listed_at: datetime | None
    #: Why its revision was withdrawn; None while it stands.
    revoked_reason: str | None

    @property
    def is_on_offer(self) -> bool:
        """Whether it takes new deals."""
        return self.state == ListingState.LISTED and self.revoked_reason is None


def get_listing(session: Session, listing_id: str) -> Listing:
    """One listing, for work that has checked who asks.

    Raises:
        NotFound: there is none with this id.
    """
    listing = session.get(Listing, listing_id)
    if listing is None:
        raise NotFound(f"there is no listing {listing_id}")
    return listing


def get_listing_state(session: Session, listing_id: str) -> str:
    """Where the listing stands, for those who have only its identifier."""
    return get_listing(session, listing_id).state


def get_provider_id(session: Session, listing_id: str) -> str:
    """The organisation whose listing it is."""
    return get_listing(session, listing_id).organisation_id


def lock_listing(session: Session, listing_id: str) -> Listing:
    """One listing that nobody else changes before this transaction ends."""
    # Two decisions at once would leave two versions on offer; the second waits, then sees the first.
    session.execute(select(Listing.id).where(Listing.id == listing_id).with_for_update(key_share=True))
    return _reread(session, listing_id)


def get_own_listing(session: Session, listing_id: str, *, actor: Actor) -> Listing:
    """A listing whose versions the actor works on: a provider's own, or any for an overseer.

    Raises:
        NotFound: there is none, or it is another provider's.
    """
    listing = session.get(Listing, listing_id)
    if listing is None or not (actor.oversees or listing.organisation_id == actor.organisation_id):
        raise NotFound(f"there is no listing {listing_id}")
    return listing


def find_listings_of_dataset(session: Session, dataset_id: str) -> list[str]:
    """The ids of the listings that offer, or offered, a data set."""
    return list(session.scalars(select(Listing.id).where(Listing.dataset_id == dataset_id)))


def get_version(session: Session, listing_id: str, number: int) -> ListingVersion:
    """One version of a listing."""
    version = session.get(ListingVersion, (listing_id, number))
    if version is None:
        raise NotFound(f"listing {listing_id} has no version {number}")
    return version


def get_own_version(session: Session, listing_id: str, number: int, *, actor: Actor) -> ListingVersion:
    """One version of a listing that the actor works on."""
    get_own_listing(session, listing_id, actor=actor)
    return get_version(session, listing_id, number)


def get_version_card(session: Session, listing_id: str, number: int) -> PublishedListing:
    """A version that was on offer once, whether it still is or not, for rooms that checked who asks."""
    listing, version = get_listing(session, listing_id), get_version(session, listing_id, number)
    return _cards(session, [(listing, version, listing.state)])[0]


def get_newest_card(session: Session, listing_id: str) -> PublishedListing:
    """The version on offer, for rooms that checked who asks.

    Raises:
        NotFound: no version was ever listed.
    """
    for version in find_listed_versions(session, listing_id)[:1]:
        return get_version_card(session, listing_id, version.number)
    raise NotFound(f"there is no listing {listing_id} on offer")


def newest_version_number(session: Session, listing_id: str) -> int:
    """The number of the newest version; 0 when there is none."""
    query = select(func.max(ListingVersion.number)).where(ListingVersion.listing_id == listing_id)
    return session.scalar(query) or 0


def get_published_listing(
    session: Session, listing_id: str, *, actor: Actor, now: datetime
) -> PublishedListing:
    """The listed version with the state of its listing; also when it is suspended, delisted or expired.

    Raises:
        NotFound: no version was ever listed, or the actor may not know of it.
    """
    for found in _published(session, now, may_see(actor), Listing.id == listing_id, limit=1):
        return found
    raise NotFound(f"there is no listing {listing_id} on offer")


def find_on_offer(
    session: Session, listing_ids: Collection[str], *, now: datetime
) -> list[PublishedListing]:
    """Those of the listings that are on offer, for work that has checked who asks; a list of a page's size."""
    return _published(session, now, Listing.id.in_(listing_ids), is_on_offer(now), limit=len(listing_ids))


def find_kept(session: Session, listing_ids: Collection[str], *, now: datetime) -> list[PublishedListing]:
    """Those of the listings that are on offer or may be again, for an index that only hides a suspended one."""
    return _published(session, now, Listing.id.in_(listing_ids), is_kept(now), limit=len(listing_ids))


def is_kept(now: datetime) -> Any:
    """The condition that a listing with its listed version is on offer, or suspended."""
    return or_(is_on_offer(now), Listing.state == ListingState.SUSPENDED)


def is_on_offer(now: datetime) -> Any:
    """The condition that a listing with its listed version (`listed_versions`) takes new deals."""
    return is_on_offer_on(day_of(now))


def is_on_offer_on(day: str) -> Any:
    """The condition of `is_on_offer`, for a whole day: until its end nothing runs out by itself."""
    return and_(
        Listing.state == ListingState.LISTED,
        or_(Listing.expires_on.is_(None), Listing.expires_on >= day),
        datasets.is_standing(ListingVersion.revision_id),
    )


def require_on_offer(session: Session, listing_id: str, *, now: datetime) -> None:
    """Refuse a new deal on a listing that takes none, and keep it from being stopped before the commit.

    Raises:
        ListingNotOnOffer: it is suspended, delisted or expired.
    """
    listing = _share_listing(session, listing_id)
    state = _state_at(listing, now)
    if state != ListingState.LISTED:
        raise ListingNotOnOffer(
            f"the listing is {state} and takes no new deals",
            remedy=f"Its reason: {listing.state_reason}" if listing.state_reason else None,
        )


def are_deliveries_stopped(session: Session, listing_id: str) -> bool:
    """Whether a suspension or a delisting stops every delivery; it stays so until the commit."""
    return _share_listing(session, listing_id).stop_effect == StopEffect.STOP_DELIVERIES


def find_versions(
    session: Session,
    *,
    actor: Actor,
    state: str | None = None,
    overdue_at: datetime | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> list[ListingVersion]:
    """The versions an actor works on: a provider's own, or all of them for the operator and the regulator.

    Args:
        overdue_at: only versions whose review should have ended by then, the longest overdue first.
    """
    query = select(ListingVersion).join(Listing)
    if not actor.oversees:
        query = query.where(Listing.organisation_id == actor.organisation_id)
    if state is not None:
        query = query.where(ListingVersion.state == state)
    if overdue_at is not None:
        query = query.where(
            ListingVersion.state == VersionState.PLATFORM_REVIEW, ListingVersion.due_at < overdue_at
        ).order_by(ListingVersion.due_at)
    query = query.order_by(ListingVersion.written_at.desc(), ListingVersion.number.desc())
    return list(session.scalars(query.offset(offset).limit(min(limit, MOST_PER_PAGE))))


def find_versions_of(session: Session, listing_id: str, *, actor: Actor) -> list[ListingVersion]:
    """The versions of a listing that the actor works on, newest first."""
    get_own_listing(session, listing_id, actor=actor)
    query = select(ListingVersion).where(ListingVersion.listing_id == listing_id)
    return list(session.scalars(query.order_by(ListingVersion.number.desc()).limit(MOST_VERSIONS)))


def find_version_in(session: Session, listing_id: str, states: set[VersionState]) -> ListingVersion | None:
    """The newest version of a listing in one of the states."""
    query = (
        select(ListingVersion)
        .where(ListingVersion.listing_id == listing_id, ListingVersion.state.in_(states))
        .order_by(ListingVersion.number.desc())
    )
    return session.scalars(query.limit(1)).one_or_none()


def find_reviews(session: Session, listing_id: str, number: int) -> list[ListingReview]:
    """The steps of a version's review in their order, for work that has checked who asks."""
    return list(
        session.scalars(
            select(ListingReview)
            .where(ListingReview.listing_id == listing_id, ListingReview.version == number)
            .order_by(ListingReview.number)
        )
    )


def find_price_history(
    session: Session, listing_id: str, *, actor: Actor, now: datetime
) -> list[PublishedListing]:
    """Every version that was listed, newest first: what was asked for since when."""
    listing = get_published_listing(session, listing_id, actor=actor, now=now)
    row = get_listing(session, listing.id)
    versions = find_listed_versions(session, listing_id)
    return _cards(session, [(row, version, listing.state) for version in versions])


def find_listed_versions(session: Session, listing_id: str) -> list[ListingVersion]:
    """The versions that are or were on offer, newest first, for work that has checked who asks."""
    query = (
        select(ListingVersion)
        .where(
            ListingVersion.listing_id == listing_id,
            ListingVersion.state.in_([VersionState.LISTED, VersionState.SUPERSEDED]),
            ListingVersion.decided_at.is_not(None),
        )
        .order_by(ListingVersion.number.desc())
        .limit(MOST_VERSIONS)
    )
    return list(session.scalars(query))


def find_levels(session: Session, listing_ids: list[str], *, actor: Actor) -> dict[str, str]:
    """The highest level of each listing that the actor may see; what is not there is left out."""
    rows = session.execute(
        listed_versions().where(Listing.id.in_(listing_ids), may_see(actor)).limit(len(listing_ids))
    )
    return {listing.id: version.content["highest_level"] for listing, version in rows}


def find_expired_ids(session: Session, *, today: str) -> list[str]:
    """Listings whose last day is past and that still count as listed."""
    query = select(Listing.id).where(Listing.state == ListingState.LISTED, Listing.expires_on < today)
    return list(session.scalars(query.order_by(Listing.id).limit(MOST_PER_PAGE)))


def _share_listing(session: Session, listing_id: str) -> Listing:
    # Shared by everybody who makes a deal, waited for by whoever stops the listing.
    session.execute(select(Listing.id).where(Listing.id == listing_id).with_for_update(read=True))
    return _reread(session, listing_id)


def _reread(session: Session, listing_id: str) -> Listing:
    listing = session.get(Listing, listing_id, populate_existing=True)  # read before the lock it may be old
    if listing is None:
        raise NotFound(f"there is no listing {listing_id}")
    return listing


def listed_versions() -> Any:
    """Every listing with the version that is, or was last, on offer."""
    return select(Listing, ListingVersion).join(
        ListingVersion,
        and_(ListingVersion.listing_id == Listing.id, ListingVersion.number == Listing.listed_version),
    )


def _published(session: Session, now: datetime, *conditions: Any, limit: int) -> list[PublishedListing]:
    rows = session.execute(listed_versions().where(*conditions).order_by(Listing.id.desc()).limit(limit))
    return _cards(session, [(listing, version, _state_at(listing, now)) for listing, version in rows])


def _state_at(listing: Listing, now: datetime) -> str:
    is_past = listing.expires_on is not None and listing.expires_on < day_of(now)
    return ListingState.EXPIRED.value if listing.state == ListingState.LISTED and is_past else listing.state


def _cards(session: Session, found: list[tuple[Listing, ListingVersion, str]]) -> list[PublishedListing]:
    revisions = {version.revision_id for _, version, _ in found if version.revision_id is not None}
    revoked = datasets.find_revocations(session, revisions)
    return [
        _card(listing, version, state, revoked.get(version.revision_id or ""))
        for listing, version, state in found
    ]


def _card(listing: Listing, version: ListingVersion, state: str, revocation: Any) -> PublishedListing:
    return PublishedListing(
        id=listing.id,
        organisation_id=listing.organisation_id,
        dataset_id=listing.dataset_id,
        hosted_id=listing.hosted_id,
        version=version.number,
        revision_id=version.revision_id,
        digest=version.digest,
        content=version.content,
        state=state,
        state_reason=listing.state_reason,
        price_notice=version.price_notice,
        listed_at=version.decided_at,
        revoked_reason=None if revocation is None else revocation.reason,
    )
