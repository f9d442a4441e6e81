"""What can be done with a listing."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange import datasets
from exchange.catalogue import queries
from exchange.catalogue.events import ListingVersionDecided, ListingVersionSubmitted, ListingVersionWritten
from exchange.catalogue.models import Listing, ListingVersion, VersionState
from exchange.core import canonical
from exchange.core.errors import Invalid, NotFound, NotPermitted, WrongState
from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.participants import Actor
from exchange.participants.actors import OPERATOR, PROVIDER
from exchange.pricing import PricePlan


def create_listing(
    session: Session, *, actor: Actor, dataset_id: str, offer: dict[str, Any], now: datetime
) -> ListingVersion:
    """Offer a data set: makes the listing and the draft of its first version."""
    actor.require_role(PROVIDER)
    revision = datasets.get_newest_revision(session, actor=actor, dataset_id=dataset_id)
    listing = Listing(
        id=new_id("lst"), organisation_id=actor.organisation_id, dataset_id=dataset_id, created_at=now
    )
    session.add(listing)
    session.flush()  # the version's foreign key needs the listing's row
    return _write_version(session, actor, listing, revision, offer, now)


def edit_listing(
    session: Session, *, actor: Actor, listing_id: str, offer: dict[str, Any], now: datetime
) -> ListingVersion:
    """Write the next version; the one on offer stays on offer until this one has passed review."""
    listing = _own_listing(session, actor, listing_id)
    revision = datasets.get_newest_revision(session, actor=actor, dataset_id=listing.dataset_id)
    return _write_version(session, actor, listing, revision, offer, now)


def submit_version(
    session: Session, *, actor: Actor, listing_id: str, number: int, now: datetime
) -> ListingVersion:
    """Ask the operator for review; asking again changes nothing."""
    _own_listing(session, actor, listing_id)
    version = queries.get_version(session, listing_id, number)
    if version.state == VersionState.SUBMITTED:
        return version
    _require_state(version, VersionState.DRAFT)
    datasets.require_standing(session, version.revision_id)
    version.state, version.submitted_at = VersionState.SUBMITTED, now
    record_event(
        session,
        ListingVersionSubmitted(listing_id, number),
        subject=listing_id,
        actor=actor.person_id,
        at=now,
    )
    return version


def decide_version(
    session: Session,
    *,
    actor: Actor,
    listing_id: str,
    number: int,
    decision: str,
    reason: str,
    now: datetime,
) -> ListingVersion:
    """List or reject a submitted version; the version listed before is superseded in the same step.

    Raises:
        NotPermitted: the reviewer belongs to the organisation that offers (GB/T 37932: no self-review).
        WrongState: the version is not waiting for review.
        RevisionRevoked: its revision was withdrawn meanwhile; it can only be rejected.
    """
    actor.require_role(OPERATOR)
    listing = _locked_listing(session, listing_id)
    if listing.organisation_id == actor.organisation_id:
        raise NotPermitted("nobody reviews a listing of their own organisation")
    version = queries.get_version(session, listing_id, number)
    if version.state == decision:
        return version
    _require_state(version, VersionState.SUBMITTED)
    version.state, version.decided_at = decision, now
    version.decided_by, version.decision_reason = actor.person_id, reason
    if decision == VersionState.LISTED:
        datasets.require_standing(session, version.revision_id)
        if listing.listed_version is not None:
            queries.get_version(session, listing_id, listing.listed_version).state = VersionState.SUPERSEDED
        listing.listed_version = number
    record_event(
        session,
        ListingVersionDecided(listing_id, number, decision, reason),
        subject=listing_id,
        actor=actor.person_id,
        at=now,
    )
    return version


def _write_version(
    session: Session,
    actor: Actor,
    listing: Listing,
    revision: datasets.RevisionCard,
    offer: dict[str, Any],
    now: datetime,
) -> ListingVersion:
    content = _content(offer, revision)
    digest = hashlib.sha256(canonical.to_bytes(content)).hexdigest()
    version = ListingVersion(
        listing_id=listing.id,
        number=queries.newest_version_number(session, listing.id) + 1,
        revision_id=revision.id,
        content=content,
        digest=digest,
        state=VersionState.DRAFT,
        written_by=actor.person_id,
        written_at=now,
    )
    session.add(version)
    record_event(
        session,
        ListingVersionWritten(listing.id, version.number, revision.id, digest, content),
        subject=listing.id,
        actor=actor.person_id,
        at=now,
    )
    return version


def _content(offer: dict[str, Any], revision: datasets.RevisionCard) -> dict[str, Any]:
    """What the buyer reads: the provider's words and the facts of the revision they are about."""
    if not offer["scenarios"]:
        raise Invalid(
            "a listing names at least one scenario",
            field="scenarios",
            remedy="No scenario, no trade 无场景不交易.",
        )
    return {
        **offer,
        "price_plan": PricePlan.from_json(offer["price_plan"]).to_json(),
        "schema": revision.schema,
        "schema_digest": revision.schema_digest,
        "revision": {
            "id": revision.id,
            "number": revision.number,
            "sha256": revision.sha256,
            "rows": revision.rows,
            "time_from": revision.time_from,
            "time_to": revision.time_to,
        },
    }


def _own_listing(session: Session, actor: Actor, listing_id: str) -> Listing:
    actor.require_role(PROVIDER)
    listing = _locked_listing(session, listing_id)
    if listing.organisation_id != actor.organisation_id:
        raise NotFound(f"there is no listing {listing_id}")
    return listing


def _locked_listing(session: Session, listing_id: str) -> Listing:
    # Two decisions at once would leave two versions on offer; the second waits, then sees the first.
    session.execute(select(Listing.id).where(Listing.id == listing_id).with_for_update(key_share=True))
    return queries.get_listing(session, listing_id)


def _require_state(version: ListingVersion, state: VersionState) -> None:
    if version.state != state:
        raise WrongState(f"version {version.number} is {version.state}, not {state.value}")
