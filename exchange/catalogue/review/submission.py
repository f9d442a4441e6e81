"""The provider's own steps: submit, approve or return, withdraw."""

from datetime import datetime

from sqlalchemy.orm import Session

from exchange.catalogue import queries
from exchange.catalogue.content import recheck_content
from exchange.catalogue.errors import ListingInvalid
from exchange.catalogue.events import (
    ListingVersionApproved,
    ListingVersionSubmitted,
    ListingVersionWithdrawn,
)
from exchange.catalogue.models import Listing, ListingState, ListingVersion, ReviewStep, VersionState
from exchange.catalogue.review.deadlines import ReviewDays, due_at
from exchange.catalogue.review.steps import (
    add_step,
    require_all_ticked,
    require_sound_source,
    require_ticks,
)
from exchange.core.clock import day_of, to_millis
from exchange.core.errors import NotFound, NotPermitted, WrongState
from exchange.core.events import record_event
from exchange.participants import Actor
from exchange.participants.actors import APPROVER, EDITOR, PROVIDER

APPROVED, RETURNED = "approved", "returned"
_UNDER_REVIEW = {VersionState.ORG_REVIEW, VersionState.PLATFORM_REVIEW}


def submit_version(
    session: Session, *, actor: Actor, listing_id: str, number: int, note: str = "", now: datetime
) -> ListingVersion:
    """Hand a draft, or a version that was to be supplemented, to the own organisation's approver.

    Asking again changes nothing. An older version that waits for a supplement is withdrawn: the new one
    answers it.

    Raises:
        WrongState: another version of the listing is under review, or this one is past it.
        ListingInvalid: something has become wrong since it was written, such as an assessment that ended.
        ConnectionNotTested: the data stay with the provider, and its API has not passed a test as described.
        RevisionNotStanding: its revision was withdrawn since.
    """
    actor.require_duty(EDITOR)
    listing = _own_listing(session, actor, listing_id)
    version = queries.get_version(session, listing_id, number)
    if version.state == VersionState.ORG_REVIEW:
        return version
    if version.state not in {VersionState.DRAFT, VersionState.SUPPLEMENT}:
        raise WrongState(f"version {number} is {version.state}, neither draft nor to be supplemented")
    if listing.state == ListingState.DELISTED:
        raise WrongState("the listing is delisted", remedy="Make a new listing.")
    require_sound_source(session, listing, version, now)
    if problems := recheck_content(version.content, today=day_of(now)):
        raise ListingInvalid(problems)
    _make_way(session, actor, listing, version, now)
    version.state = VersionState.ORG_REVIEW
    version.submitted_at = version.submitted_at or now
    version.due_at = None
    add_step(session, actor, version, ReviewStep.SUBMISSION, "submitted", reason=note, now=now)
    event = ListingVersionSubmitted(listing_id, number, actor.organisation_id, note)
    record_event(session, event, subject=listing_id, actor=actor.person_id, at=now)
    return version


def approve_version(
    session: Session,
    *,
    actor: Actor,
    listing_id: str,
    number: int,
    decision: str,
    reason: str,
    checklist: list[str],
    review_days: ReviewDays,
    now: datetime,
) -> ListingVersion:
    """Approve a version for the organisation, or return it to its editor; approving starts the operator's clock.

    Raises:
        NotPermitted: the actor wrote or submitted the version; nobody approves their own work.
        WrongState: the version does not wait for the organisation.
    """
    actor.require_duty(APPROVER)
    _own_listing(session, actor, listing_id)
    version = queries.get_version(session, listing_id, number)
    require_ticks(checklist)
    if _is_said_already(session, version, actor, decision):
        return version
    if version.state != VersionState.ORG_REVIEW:
        raise WrongState(f"version {number} is {version.state} and does not wait for your organisation")
    _require_second_person(session, version, actor)
    version.state, version.due_at = VersionState.DRAFT, None
    if decision == APPROVED:
        require_all_ticked(checklist)
        version.state = VersionState.PLATFORM_REVIEW
        version.due_at = due_at(now, review_days.of(version.content["product_kind"]))
    add_step(
        session,
        actor,
        version,
        ReviewStep.ORGANISATION,
        decision,
        reason=reason,
        checklist=checklist,
        now=now,
    )
    event = ListingVersionApproved(
        listing_id,
        number,
        actor.organisation_id,
        decision,
        reason,
        sorted(checklist),
        to_millis(version.due_at) if version.due_at else None,
    )
    record_event(session, event, subject=listing_id, actor=actor.person_id, at=now)
    return version


def withdraw_version(
    session: Session, *, actor: Actor, listing_id: str, number: int, reason: str, now: datetime
) -> ListingVersion:
    """Take a version out of the review for good; withdrawing it again changes nothing."""
    actor.require_duty(EDITOR)
    _own_listing(session, actor, listing_id)
    version = queries.get_version(session, listing_id, number)
    if version.state == VersionState.WITHDRAWN:
        return version
    if version.state not in {VersionState.DRAFT, VersionState.SUPPLEMENT, *_UNDER_REVIEW}:
        raise WrongState(f"version {number} is {version.state} and cannot be withdrawn")
    _withdraw(session, actor, version, reason, now)
    return version


def _own_listing(session: Session, actor: Actor, listing_id: str) -> Listing:
    actor.require_role(PROVIDER)
    listing = queries.lock_listing(session, listing_id)
    if listing.organisation_id != actor.organisation_id:
        raise NotFound(f"there is no listing {listing_id}")
    return listing


def _make_way(
    session: Session, actor: Actor, listing: Listing, version: ListingVersion, now: datetime
) -> None:
    other = queries.find_version_in(session, listing.id, _UNDER_REVIEW)
    if other is not None:
        raise WrongState(
            f"version {other.number} is under review", remedy="Withdraw it first, or wait for its decision."
        )
    waiting = queries.find_version_in(session, listing.id, {VersionState.SUPPLEMENT})
    if waiting is not None and waiting.number != version.number:
        _withdraw(session, actor, waiting, f"replaced by version {version.number}", now)


def _withdraw(session: Session, actor: Actor, version: ListingVersion, reason: str, now: datetime) -> None:
    version.state, version.due_at = VersionState.WITHDRAWN, None
    add_step(session, actor, version, ReviewStep.SUBMISSION, "withdrawn", reason=reason, now=now)
    event = ListingVersionWithdrawn(version.listing_id, version.number, reason)
    record_event(session, event, subject=version.listing_id, actor=actor.person_id, at=now)


def _require_second_person(session: Session, version: ListingVersion, actor: Actor) -> None:
    # Whoever had a hand in the version, now or in an earlier round, is not the second pair of eyes.
    hands = {version.written_by}
    hands |= {
        step.person_id
        for step in queries.find_reviews(session, version.listing_id, version.number)
        if step.step == ReviewStep.SUBMISSION
    }
    if actor.person_id in hands:
        raise NotPermitted(
            "nobody approves a version that they wrote or submitted",
            remedy="Another person of your organisation with the duty of approver approves it.",
        )


def _is_said_already(session: Session, version: ListingVersion, actor: Actor, decision: str) -> bool:
    steps = queries.find_reviews(session, version.listing_id, version.number)
    return bool(
        steps
        and steps[-1].step == ReviewStep.ORGANISATION
        and (steps[-1].decision, steps[-1].person_id) == (decision, actor.person_id)
    )
