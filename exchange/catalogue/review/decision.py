"""The operator's step: list, ask for a supplement, or reject."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from exchange.catalogue import queries
from exchange.catalogue.content import recheck_content
from exchange.catalogue.errors import ListingInvalid
from exchange.catalogue.events import ListingVersionDecided
from exchange.catalogue.models import (
    Listing,
    ListingAccess,
    ListingState,
    ListingVersion,
    ReviewStep,
    VersionState,
)
from exchange.catalogue.price_protection import early_increase, price_notice
from exchange.catalogue.review.steps import (
    add_step,
    require_all_ticked,
    require_sound_source,
    require_ticks,
)
from exchange.core.clock import day_of
from exchange.core.errors import Invalid, NotPermitted, WrongState
from exchange.core.events import record_event
from exchange.participants import Actor
from exchange.participants.actors import APPROVER, OPERATOR


def decide_version(
    session: Session,
    *,
    actor: Actor,
    listing_id: str,
    number: int,
    decision: str,
    reason: str,
    missing: list[str],
    checklist: list[str],
    notice_days: int,
    now: datetime,
) -> ListingVersion:
    """List a version that its organisation approved, ask for a supplement, or reject it.

    Listing supersedes the version listed before in the same step. Saying the same again changes nothing.

    Raises:
        NotPermitted: the reviewer belongs to the organisation that offers (GB/T 37932: no self-review).
        WrongState: the version does not wait for the operator.
        ListingInvalid: it cannot be listed any more, such as for an assessment that ended meanwhile.
        ConnectionNotTested: the provider's API has not passed a test as described of late.
        RevisionNotStanding: its revision was withdrawn meanwhile.
    """
    actor.require_role(OPERATOR)
    actor.require_duty(APPROVER)
    listing = queries.lock_listing(session, listing_id)
    if listing.organisation_id == actor.organisation_id:
        raise NotPermitted("nobody reviews a listing of their own organisation")
    version = queries.get_version(session, listing_id, number)
    if version.state == decision:
        return version
    if version.state != VersionState.PLATFORM_REVIEW:
        raise WrongState(f"version {number} is {version.state} and does not wait for the operator")
    require_ticks(checklist)
    _require_consistent(decision, missing)
    if decision == VersionState.LISTED:
        require_all_ticked(checklist)
        _list_version(session, listing, version, notice_days, now)
    version.state, version.due_at = decision, None
    if decision != VersionState.SUPPLEMENT:
        version.decided_at, version.decided_by, version.decision_reason = now, actor.person_id, reason
    add_step(
        session,
        actor,
        version,
        ReviewStep.PLATFORM,
        decision,
        reason=reason,
        missing=missing,
        checklist=checklist,
        now=now,
    )
    event = ListingVersionDecided(
        listing_id,
        number,
        actor.organisation_id,
        decision,
        reason,
        missing,
        sorted(checklist),
        version.price_notice,
    )
    record_event(session, event, subject=listing_id, actor=actor.person_id, at=now)
    return version


def _require_consistent(decision: str, missing: list[str]) -> None:
    if decision == VersionState.SUPPLEMENT and not missing:
        raise Invalid(
            "a supplement names what is missing", field="missing", remedy="Name each thing to bring."
        )
    if decision != VersionState.SUPPLEMENT and missing:
        raise Invalid(
            f"a version that is {decision} lacks nothing", field="missing", remedy="Leave it empty."
        )


def _list_version(
    session: Session, listing: Listing, version: ListingVersion, notice_days: int, now: datetime
) -> None:
    if listing.state == ListingState.DELISTED:
        raise WrongState("the listing is delisted", remedy="Reject the version.")
    require_sound_source(session, listing, version, now)
    content, today = version.content, day_of(now)
    problems = recheck_content(content, today=today)
    if history := queries.find_listed_versions(session, listing.id):
        on = date.fromisoformat(today)
        early = early_increase(history[0].content, content, on=on, notice_days=notice_days)
        problems += [early] if early else []
        told = [(item.content, item.price_notice) for item in history]
        version.price_notice = price_notice(told, content, on=on, notice_days=notice_days)
        history[0].state = VersionState.SUPERSEDED
    if problems:
        raise ListingInvalid(problems)
    listing.listed_version = version.number
    if listing.state in {ListingState.DRAFT, ListingState.EXPIRED}:
        listing.state, listing.state_changed_at = ListingState.LISTED, now
    listing.expires_on = content["valid_to"]
    admit(session, listing, content["visibility"])


def admit(session: Session, listing: Listing, visibility: dict[str, Any]) -> None:
    """Let those see the listing whom its listed content admits, and nobody else."""
    listing.audience = visibility["audience"]
    session.execute(delete(ListingAccess).where(ListingAccess.listing_id == listing.id))
    for is_allowed, named in ((True, visibility["allow"]), (False, visibility["deny"])):
        session.add_all(
            ListingAccess(listing_id=listing.id, organisation_id=organisation_id, is_allowed=is_allowed)
            for organisation_id in sorted(set(named))
        )
