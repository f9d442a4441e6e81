"""What can be done with a demand: write, review, claim, confirm; each step is an event."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange import catalogue
from exchange.core import canonical
from exchange.core.clock import SHANGHAI, to_millis
from exchange.core.errors import Invalid, NotFound, NotPermitted, WrongState
from exchange.core.events import EXCHANGE, record_event
from exchange.core.identifiers import new_id
from exchange.demands import events
from exchange.demands.models import CLAIMABLE, UNFULFILLED, ClaimState, Demand, DemandClaim, DemandState
from exchange.participants import Actor
from exchange.participants.actors import BUYER, OPERATOR, PROVIDER

#: Unclaimed for more than so many days, a demand becomes the operator's concern too.
UNCLAIMED_DAYS = 7


def write_demand(session: Session, *, actor: Actor, content: dict[str, Any], now: datetime) -> Demand:
    """Draft what the actor's organisation needs; nobody else sees it before the review."""
    actor.require_role(BUYER)
    demand = Demand(
        id=new_id("dem"), organisation_id=actor.organisation_id, state=DemandState.DRAFT, written_at=now
    )
    _fill(demand, actor, content, now)
    session.add(demand)
    _record_words(session, demand, actor, now)
    return demand


def rewrite_demand(
    session: Session, *, actor: Actor, demand_id: str, content: dict[str, Any], now: datetime
) -> Demand:
    """Write a draft anew, for instance one that the operator returned."""
    demand = _own(session, actor, demand_id)
    _require_state(demand, DemandState.DRAFT)
    _fill(demand, actor, content, now)
    _record_words(session, demand, actor, now)
    return demand


def submit_demand(session: Session, *, actor: Actor, demand_id: str, now: datetime) -> Demand:
    """Ask the operator for review; asking again changes nothing."""
    demand = _own(session, actor, demand_id)
    if demand.state == DemandState.PENDING:
        return demand
    _require_state(demand, DemandState.DRAFT)
    _require_not_over(demand.valid_to, now)
    demand.state = DemandState.PENDING
    _record(session, demand, events.DemandSubmitted(demand.id), actor.person_id, now)
    return demand


def review_demand(
    session: Session, *, actor: Actor, demand_id: str, decision: str, reason: str, now: datetime
) -> Demand:
    """Open a demand for claims, or return it to its buyer as a draft.

    Args:
        decision: `open` or `return`.

    Raises:
        NotPermitted: the reviewer belongs to the organisation that wrote it.
    """
    actor.require_role(OPERATOR)
    demand = _locked(session, demand_id)
    if demand.organisation_id == actor.organisation_id:
        raise NotPermitted("nobody reviews a demand of their own organisation")
    _require_state(demand, DemandState.PENDING)
    if decision == "open":
        _require_not_over(demand.valid_to, now)
        demand.state, demand.opened_at, demand.return_reason = DemandState.OPEN, now, None
    else:
        demand.state, demand.return_reason = DemandState.DRAFT, reason
    _record(session, demand, events.DemandReviewed(demand.id, decision, reason), actor.person_id, now)
    return demand


def claim_demand(
    session: Session,
    *,
    actor: Actor,
    demand_id: str,
    message: str,
    listing_id: str | None,
    now: datetime,
) -> DemandClaim:
    """Say that the actor's organisation can fulfil a demand, with one of its listings or with one to come.

    Raises:
        Invalid: the listing is not on offer by the actor's organisation.
        WrongState: somebody claimed it before, or it is not on the board any more.
    """
    actor.require_role(PROVIDER)
    demand = _locked(session, demand_id)
    if demand.organisation_id == actor.organisation_id:
        raise NotPermitted("an organisation does not claim its own demand")
    if demand.state in {DemandState.DRAFT, DemandState.PENDING}:
        raise NotFound(f"there is no demand {demand_id}")  # nobody else knows of it yet
    _require_state(demand, *CLAIMABLE)
    _require_not_over(demand.valid_to, now)
    _require_own_listing(session, actor, listing_id, now)
    claim = DemandClaim(
        id=new_id("clm"),
        demand_id=demand.id,
        provider_id=actor.organisation_id,
        listing_id=listing_id,
        message=message,
        state=ClaimState.WAITING,
        claimed_by=actor.person_id,
        claimed_at=now,
    )
    session.add(claim)
    demand.state = DemandState.CLAIMED
    event = events.DemandClaimed(demand.id, claim.id, claim.provider_id, listing_id, message)
    _record(session, demand, event, actor.person_id, now)
    return claim


def confirm_claim(session: Session, *, actor: Actor, demand_id: str, now: datetime) -> Demand:
    """Take up the claim on one's demand; the next step is to ask that provider for the data."""
    demand = _own(session, actor, demand_id)
    _require_state(demand, DemandState.CLAIMED)
    claim = _waiting_claim(session, demand)
    claim.state, claim.answered_at = ClaimState.CONFIRMED, now
    demand.state = DemandState.CONFIRMED
    _record(session, demand, events.DemandConfirmed(demand.id, claim.id), actor.person_id, now)
    return demand


def decline_claim(session: Session, *, actor: Actor, demand_id: str, reason: str, now: datetime) -> Demand:
    """Do not take up the claim; the demand returns to the board and its seven days begin again."""
    demand = _own(session, actor, demand_id)
    _require_state(demand, DemandState.CLAIMED)
    claim = _waiting_claim(session, demand)
    claim.state, claim.answered_at = ClaimState.DECLINED, now
    demand.state, demand.opened_at, demand.unclaimed_at = DemandState.OPEN, now, None
    event = events.DemandClaimDeclined(demand.id, claim.id, reason)
    _record(session, demand, event, actor.person_id, now)
    return demand


def withdraw_demand(
    session: Session, *, actor: Actor, demand_id: str, reason: str, now: datetime
) -> Demand:
    """Take one's demand back; doing it again changes nothing.

    Raises:
        WrongState: a claim was confirmed, so the provider relies on it; end the negotiation instead.
    """
    demand = _own(session, actor, demand_id)
    if demand.state == DemandState.WITHDRAWN:
        return demand
    _require_state(demand, *UNFULFILLED)
    _end(session, demand, DemandState.WITHDRAWN, now)
    _record(session, demand, events.DemandWithdrawn(demand.id, reason), actor.person_id, now)
    return demand


def intervene(session: Session, *, actor: Actor, demand_id: str, note: str, now: datetime) -> Demand:
    """Step in as the operator: the demand shows what is being done, and may still be claimed.

    Raises:
        WrongState: it has not been unclaimed for more than seven days.
    """
    actor.require_role(OPERATOR)
    demand = _locked(session, demand_id)
    _require_state(demand, DemandState.OPEN)
    if not _is_unclaimed_too_long(demand, now):
        raise WrongState(
            f"the demand is on the board for no more than {UNCLAIMED_DAYS} days",
            remedy="Until then it is the providers' turn.",
        )
    demand.state = DemandState.OPERATOR_INTERVENED
    _record(session, demand, events.DemandIntervened(demand.id, note), actor.person_id, now)
    return demand


def mark_unclaimed(session: Session, *, demand_id: str, now: datetime) -> bool:
    """Note once that a demand waits for more than seven days; says whether it did."""
    demand = _locked(session, demand_id)
    if demand.state != DemandState.OPEN or demand.unclaimed_at or not _is_unclaimed_too_long(demand, now):
        return False
    opened_at = demand.opened_at or now
    demand.unclaimed_at = now
    _record(session, demand, events.DemandUnclaimed(demand.id, to_millis(opened_at)), EXCHANGE, now)
    return True


def expire_demand(session: Session, *, demand_id: str, now: datetime) -> bool:
    """End a demand whose last day has passed; says whether it did."""
    demand = _locked(session, demand_id)
    if demand.state not in UNFULFILLED or _today(now) <= demand.valid_to:
        return False
    _end(session, demand, DemandState.EXPIRED, now)
    _record(session, demand, events.DemandExpired(demand.id), EXCHANGE, now)
    return True


def link_negotiation(
    session: Session,
    *,
    negotiation_id: str,
    listing_id: str,
    provider_id: str,
    buyer_id: str,
    at: datetime,
) -> None:
    """Note which confirmed demand a negotiation serves, if any; the newest negotiation counts.

    The demand is one of this buyer whose confirmed claim is by this provider, with this listing or none.
    """
    query = (
        select(Demand.id)
        .join(DemandClaim, DemandClaim.demand_id == Demand.id)
        .where(
            Demand.organisation_id == buyer_id,
            Demand.state == DemandState.CONFIRMED,
            DemandClaim.state == ClaimState.CONFIRMED,
            DemandClaim.provider_id == provider_id,
            (DemandClaim.listing_id == listing_id) | DemandClaim.listing_id.is_(None),
        )
        # One that has no negotiation yet first; of several, the oldest.
        .order_by(Demand.negotiation_id.is_not(None), Demand.id)
        .limit(1)
    )
    demand_id = session.scalar(query)
    if demand_id is None:
        return
    demand = _locked(session, demand_id)
    demand.negotiation_id = negotiation_id
    _record(session, demand, events.DemandNegotiated(demand.id, negotiation_id), EXCHANGE, at)


def close_with_agreement(session: Session, *, negotiation_id: str, agreement_id: str, at: datetime) -> None:
    """Close the demand that led to an agreement in force; without one nothing happens."""
    query = select(Demand.id).where(
        Demand.negotiation_id == negotiation_id, Demand.state == DemandState.CONFIRMED
    )
    demand_id = session.scalar(query)
    if demand_id is None:
        return
    demand = _locked(session, demand_id)
    demand.state, demand.agreement_id = DemandState.CONTRACTED, agreement_id
    _record(session, demand, events.DemandContracted(demand.id, agreement_id), EXCHANGE, at)


def _fill(demand: Demand, actor: Actor, content: dict[str, Any], now: datetime) -> None:
    last_day = date.fromisoformat(content["valid_to"])
    _require_not_over(last_day, now)
    budget = content["budget"]
    if budget is not None and budget["min_fen"] > budget["max_fen"]:
        raise Invalid(
            "the budget's least is more than its most",
            field="budget.min_fen",
            remedy="Give min_fen up to max_fen.",
        )
    demand.kind, demand.content, demand.valid_to = content["kind"], content, last_day
    demand.written_by = actor.person_id


def _record_words(session: Session, demand: Demand, actor: Actor, now: datetime) -> None:
    digest = hashlib.sha256(canonical.to_bytes(demand.content)).hexdigest()
    event = events.DemandWritten(demand.id, demand.organisation_id, digest, demand.content)
    _record(session, demand, event, actor.person_id, now)


def _record(session: Session, demand: Demand, event: Any, actor: str, at: datetime) -> None:
    record_event(session, event, subject=demand.id, actor=actor, at=at)


def _end(session: Session, demand: Demand, state: DemandState, now: datetime) -> None:
    if demand.state == DemandState.CLAIMED:
        claim = _waiting_claim(session, demand)
        claim.state, claim.answered_at = ClaimState.LAPSED, now
    demand.state = state


def _own(session: Session, actor: Actor, demand_id: str) -> Demand:
    actor.require_role(BUYER)
    demand = _locked(session, demand_id)
    if demand.organisation_id != actor.organisation_id:
        raise NotFound(f"there is no demand {demand_id}")
    return demand


def _locked(session: Session, demand_id: str) -> Demand:
    # Two providers claiming at once: the second waits, then sees that it came too late.
    demand = session.scalar(
        select(Demand)
        .where(Demand.id == demand_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if demand is None:
        raise NotFound(f"there is no demand {demand_id}")
    return demand


def _waiting_claim(session: Session, demand: Demand) -> DemandClaim:
    return session.scalars(
        select(DemandClaim).where(
            DemandClaim.demand_id == demand.id, DemandClaim.state == ClaimState.WAITING
        )
    ).one()


def _require_own_listing(session: Session, actor: Actor, listing_id: str | None, now: datetime) -> None:
    if listing_id is None:
        return
    offered = catalogue.find_on_offer(session, [listing_id], now=now)
    if not offered or offered[0].organisation_id != actor.organisation_id:
        raise Invalid(
            "your organisation has no such listing on offer",
            field="listing_id",
            remedy="Name one of your listings on offer, or none.",
        )


def _require_state(demand: Demand, *states: DemandState) -> None:
    if demand.state not in states:
        raise WrongState(
            f"the demand is {demand.state}, not {' or '.join(state.value for state in states)}"
        )


def _require_not_over(last_day: date, now: datetime) -> None:
    if last_day < _today(now):
        raise Invalid(
            f"the last day {last_day} has passed", field="valid_to", remedy="Give today or a later day."
        )


def _is_unclaimed_too_long(demand: Demand, now: datetime) -> bool:
    return demand.opened_at is not None and now - demand.opened_at > timedelta(days=UNCLAIMED_DAYS)


def _today(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
