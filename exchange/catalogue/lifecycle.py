"""What becomes of a listing: suspended, resumed, delisted, expired, each with its effect on running agreements."""

from datetime import datetime

from sqlalchemy.orm import Session

from exchange.catalogue import queries
from exchange.catalogue.events import ListingDelisted, ListingExpired, ListingResumed, ListingSuspended
from exchange.catalogue.models import Listing, ListingState, StopEffect
from exchange.core.clock import day_of
from exchange.core.errors import NotFound, NotPermitted, WrongState
from exchange.core.events import EXCHANGE, record_event
from exchange.participants import Actor
from exchange.participants.actors import APPROVER, OPERATOR, PROVIDER

_WAS_LISTED = {ListingState.LISTED, ListingState.SUSPENDED, ListingState.EXPIRED}


def suspend_listing(
    session: Session, *, actor: Actor, listing_id: str, effect: str, reason: str, now: datetime
) -> Listing:
    """Take no new deals on a listing for now 停牌; with `stop_deliveries` the gate refuses from this instant.

    Saying the same effect again changes nothing, another effect replaces the one before.

    Raises:
        WrongState: nothing of it was ever on offer, or it is delisted.
    """
    actor.require_role(OPERATOR)
    actor.require_duty(APPROVER)
    listing = queries.lock_listing(session, listing_id)
    if (listing.state, listing.stop_effect) == (ListingState.SUSPENDED, effect):
        return listing
    if listing.state not in _WAS_LISTED:
        raise WrongState(f"the listing is {listing.state} and cannot be suspended")
    _stop(listing, ListingState.SUSPENDED, effect, reason, now)
    event = ListingSuspended(listing_id, actor.organisation_id, effect, reason)
    record_event(session, event, subject=listing_id, actor=actor.person_id, at=now)
    return listing


def resume_listing(
    session: Session, *, actor: Actor, listing_id: str, reason: str, now: datetime
) -> Listing:
    """End a suspension 复牌; stopped deliveries go on. A listing that is on offer stays as it is.

    Raises:
        WrongState: the listing is not suspended.
    """
    actor.require_role(OPERATOR)
    actor.require_duty(APPROVER)
    listing = queries.lock_listing(session, listing_id)
    if listing.state == ListingState.LISTED:
        return listing
    if listing.state != ListingState.SUSPENDED:
        raise WrongState(f"the listing is {listing.state}, not suspended")
    listing.state, listing.stop_effect = ListingState.LISTED, None
    listing.state_reason, listing.state_changed_at = None, now
    session.flush()  # reactions read the listing as it is now
    event = ListingResumed(listing_id, actor.organisation_id, reason)
    record_event(session, event, subject=listing_id, actor=actor.person_id, at=now)
    return listing


def delist_listing(
    session: Session, *, actor: Actor, listing_id: str, effect: str, reason: str, now: datetime
) -> Listing:
    """End a listing for good 摘牌, as its provider or as the operator; its name still resolves.

    Saying the same effect again changes nothing; the operator may change the effect.

    Raises:
        NotPermitted: a provider would lift a stop that the operator has ordered.
        WrongState: nothing of it was ever on offer.
    """
    actor.require_role(OPERATOR, PROVIDER)
    actor.require_duty(APPROVER)
    listing = queries.lock_listing(session, listing_id)
    if not actor.has_role(OPERATOR) and listing.organisation_id != actor.organisation_id:
        raise NotFound(f"there is no listing {listing_id}")
    if (listing.state, listing.stop_effect) == (ListingState.DELISTED, effect):
        return listing
    if listing.state not in {*_WAS_LISTED, ListingState.DELISTED}:
        raise WrongState(f"the listing is {listing.state} and cannot be delisted")
    lifts_stop = (listing.stop_effect, effect) == (StopEffect.STOP_DELIVERIES, StopEffect.NEW_DEALS_ONLY)
    if lifts_stop and not actor.has_role(OPERATOR):
        raise NotPermitted(
            "deliveries are stopped, and only the operator lets them go on",
            remedy="Delist with the effect stop_deliveries, or ask the operator.",
        )
    _stop(listing, ListingState.DELISTED, effect, reason, now)
    event = ListingDelisted(listing_id, actor.organisation_id, effect, reason)
    record_event(session, event, subject=listing_id, actor=actor.person_id, at=now)
    return listing


def expire_listing(session: Session, *, listing_id: str, now: datetime) -> bool:
    """Note that a listing's last day is past; says whether there was something to note."""
    listing = queries.lock_listing(session, listing_id)
    if listing.state != ListingState.LISTED or not listing.expires_on or listing.expires_on >= day_of(now):
        return False
    listing.state, listing.state_changed_at = ListingState.EXPIRED, now
    event = ListingExpired(listing_id, listing.expires_on)
    record_event(session, event, subject=listing_id, actor=EXCHANGE, at=now)
    return True


def _stop(listing: Listing, state: ListingState, effect: str, reason: str, now: datetime) -> None:
    listing.state, listing.stop_effect = state, StopEffect(effect).value
    listing.state_reason, listing.state_changed_at = reason, now
