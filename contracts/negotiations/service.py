"""What can be done in a negotiation."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.negotiations import queries
from contracts.negotiations.errors import ProxyNotAvailable
from contracts.negotiations.events import AccessRequested, NegotiationEnded, OfferAccepted, TermsOffered
from contracts.negotiations.models import Negotiation, NegotiationRound, NegotiationState
from exchange import catalogue, datasets
from exchange.core.errors import Invalid, NotPermitted, WrongState
from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.participants import Actor
from exchange.participants.actors import BUYER
from exchange.pricing import PricePlan
from exchange.trust.suites import DEFAULT, require_computable


def request_access(
    session: Session, *, actor: Actor, listing_id: str, request: dict[str, Any], now: datetime
) -> Negotiation:
    """Ask the provider of a listing for data, with a purpose.

    Args:
        request: purpose, scenario, columns (empty for all), days, max_rows (None for no limit), plan (code
            of a price plan of the listing; None for the first), required_suite (default if left out).

    Raises:
        Invalid: a column the data set does not have, a purpose, scenario or price plan the listing does not
            permit.
        AlgorithmUnavailable: the exchange cannot sign with the suite.
        ListingNotOnOffer: the listing takes no new deals.
        ProxyNotAvailable: the data stay with the provider, so nothing could be delivered.
        RevisionNotStanding: the revision on offer was withdrawn.
    """
    actor.require_role(BUYER)
    listing = catalogue.get_published_listing(session, listing_id, actor=actor, now=now)
    catalogue.require_on_offer(session, listing_id, now=now)
    if listing.organisation_id == actor.organisation_id:
        raise NotPermitted("an organisation does not buy from itself")
    _require_deliverable(session, listing)
    request = _checked_request(request, listing.content)
    negotiation = Negotiation(
        id=new_id("neg"),
        listing_id=listing.id,
        listing_version=listing.version,
        provider_id=listing.organisation_id,
        buyer_id=actor.organisation_id,
        state=NegotiationState.REQUESTED,
        requested_at=now,
    )
    session.add(negotiation)
    session.flush()  # the round's foreign key needs the negotiation's row
    _add_round(session, actor, negotiation, "request", request, now)
    event = AccessRequested(
        negotiation.id, listing.id, listing.version, listing.organisation_id, actor.organisation_id, request
    )
    record_event(session, event, subject=negotiation.id, actor=actor.person_id, at=now)
    return negotiation


def offer_terms(
    session: Session,
    *,
    actor: Actor,
    negotiation_id: str,
    changes: dict[str, Any],
    platform_fee_bp: int,
    now: datetime,
) -> Negotiation:
    """Offer conditions for a request: what was asked, at the listed price, but for the provider's `changes`.

    Raises:
        WrongState: it is not the provider's turn.
        ListingNotOnOffer: the listing takes no new deals.
    """
    negotiation = _own_turn(session, actor, negotiation_id, "provider", NegotiationState.REQUESTED)
    catalogue.require_on_offer(session, negotiation.listing_id, now=now)
    request = queries.find_rounds(session, negotiation_id)[0].content
    listed = catalogue.get_version_card(session, negotiation.listing_id, negotiation.listing_version)
    offer = {
        **request,
        "price_plan": _listed_plan(listed.content, request["plan"]),
        "delivery_modes": listed.content["delivery_modes"],
        "platform_fee_bp": platform_fee_bp,
        **{name: value for name, value in changes.items() if value is not None},
    }
    require_computable(offer.get("required_suite") or DEFAULT)
    offer["price_plan"] = PricePlan.from_json(offer["price_plan"]).to_json()
    negotiation.state = NegotiationState.OFFERED
    _add_round(session, actor, negotiation, "offer", offer, now)
    record_event(
        session, TermsOffered(negotiation.id, offer), subject=negotiation.id, actor=actor.person_id, at=now
    )
    return negotiation


def accept_offer(session: Session, *, actor: Actor, negotiation_id: str, now: datetime) -> Negotiation:
    """Accept the provider's offer; the reaction freezes the terms in the same transaction."""
    negotiation = _locked(session, actor, negotiation_id)
    if negotiation.state == NegotiationState.AGREED and negotiation.buyer_id == actor.organisation_id:
        return negotiation
    negotiation = _own_turn(session, actor, negotiation_id, "buyer", NegotiationState.OFFERED)
    catalogue.require_on_offer(session, negotiation.listing_id, now=now)
    offer = queries.find_rounds(session, negotiation_id)[-1].content
    negotiation.state = NegotiationState.AGREED
    _add_round(session, actor, negotiation, "acceptance", {}, now)
    session.flush()  # the reaction reads the agreed state
    record_event(
        session, OfferAccepted(negotiation.id, offer), subject=negotiation.id, actor=actor.person_id, at=now
    )
    return negotiation


def end_negotiation(
    session: Session, *, actor: Actor, negotiation_id: str, reason: str, now: datetime
) -> Negotiation:
    """Decline as the provider, or withdraw as the buyer, before anything is agreed."""
    negotiation = _locked(session, actor, negotiation_id)
    if negotiation.state not in {NegotiationState.REQUESTED, NegotiationState.OFFERED}:
        raise WrongState(f"the negotiation is {negotiation.state} already")
    if actor.organisation_id == negotiation.provider_id:
        outcome = NegotiationState.DECLINED
    elif actor.organisation_id == negotiation.buyer_id:
        outcome = NegotiationState.WITHDRAWN
    else:
        raise NotPermitted("only the two parties end a negotiation")
    negotiation.state = outcome
    _add_round(session, actor, negotiation, outcome, {"reason": reason}, now)
    event = NegotiationEnded(negotiation.id, outcome, reason)
    record_event(session, event, subject=negotiation.id, actor=actor.person_id, at=now)
    return negotiation


def _require_deliverable(session: Session, listing: catalogue.PublishedListing) -> None:
    if listing.revision_id is None:
        raise ProxyNotAvailable(
            "the data of this listing stay with the provider, and the exchange does not deliver through a"
            " provider's API yet, so there is no agreement on it",
            field="listing_id",
            remedy="Ask the provider, or choose one that is delivered by query or file.",
        )
    datasets.require_standing(session, listing.revision_id)


def _checked_request(request: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    known = [item["name"] for item in content["schema"]["fields"]]
    if unknown := [name for name in request["columns"] if name not in known]:
        raise Invalid(
            f"the data set has no column {', '.join(unknown)}",
            field="columns",
            remedy=f"It has {', '.join(known)}.",
        )
    policy = content["usage_policy"]
    _require_one_of("purpose", request["purpose"], policy["purposes"])
    _require_one_of("scenario", request["scenario"], content["scenarios"])
    if request["days"] > policy["max_days"]:
        raise Invalid(
            f"the listing permits at most {policy['max_days']} days", field="days", remedy="Ask for fewer."
        )
    codes = [entry["code"] for entry in content["price_plans"]]
    plan = request.get("plan") or codes[0]
    _require_one_of("plan", plan, codes)
    columns = [name for name in known if name in (request["columns"] or known)]
    suite = request.get("required_suite") or DEFAULT
    require_computable(suite)
    return {**request, "columns": columns, "plan": plan, "required_suite": suite}


def _listed_plan(content: dict[str, Any], code: str) -> dict[str, Any]:
    plan: dict[str, Any] = next(entry["plan"] for entry in content["price_plans"] if entry["code"] == code)
    return plan


def _require_one_of(field: str, value: str, permitted: list[str]) -> None:
    if value not in permitted:
        raise Invalid(
            f"the listing does not permit the {field} {value!r}",
            field=field,
            remedy=f"It permits: {', '.join(permitted)}.",
        )


def _own_turn(
    session: Session, actor: Actor, negotiation_id: str, role: str, state: NegotiationState
) -> Negotiation:
    negotiation = _locked(session, actor, negotiation_id)
    if actor.organisation_id != getattr(negotiation, f"{role}_id"):
        raise NotPermitted(f"this is the {role}'s turn")
    if negotiation.state != state:
        raise WrongState(f"the negotiation is {negotiation.state}, not {state.value}")
    return negotiation


def _locked(session: Session, actor: Actor, negotiation_id: str) -> Negotiation:
    # An offer accepted and withdrawn at once has one end: the second turn waits, then sees the first.
    session.execute(
        select(Negotiation.id).where(Negotiation.id == negotiation_id).with_for_update(key_share=True)
    )
    return queries.get_negotiation(session, negotiation_id, actor=actor)


def _add_round(
    session: Session,
    actor: Actor,
    negotiation: Negotiation,
    kind: str,
    content: dict[str, Any],
    now: datetime,
) -> None:
    last = session.scalar(
        select(func.max(NegotiationRound.number)).where(NegotiationRound.negotiation_id == negotiation.id)
    )
    session.add(
        NegotiationRound(
            negotiation_id=negotiation.id,
            number=(last or 0) + 1,
            kind=kind,
            organisation_id=actor.organisation_id,
            person_id=actor.person_id,
            content=content,
            taken_at=now,
        )
    )
    session.flush()  # the next round's number is read from the table
