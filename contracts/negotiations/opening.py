"""How a negotiation begins: a buyer asks, a provider offers unasked, or either renews what was signed."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from contracts.negotiations import drafts
from contracts.negotiations.drafts import Renewal
from contracts.negotiations.errors import ProxyNotAvailable
from contracts.negotiations.events import AccessRequested, PrivateOfferMade
from contracts.negotiations.models import Negotiation
from contracts.negotiations.rounds import FEE, PLAIN, HouseRules, Proposal, add_round
from contracts.negotiations.turns import NegotiationState
from exchange import catalogue, datasets, participants
from exchange.catalogue import PublishedListing
from exchange.core.clock import to_millis
from exchange.core.errors import NotFound, NotPermitted
from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.participants import Actor, actors


def request_access(
    session: Session,
    *,
    actor: Actor,
    listing_id: str,
    request: dict[str, Any],
    house: HouseRules,
    now: datetime,
    proposal: Proposal = PLAIN,
) -> Negotiation:
    """Ask the provider of a listing for data, with a purpose.

    Args:
        request: members of a draft, purpose and scenario at least, and `plan`, the code of a price plan of the
            listing; whatever is left out is as the listing says.

    Raises:
        TermsInvalid: a member outside what the listing permits; names every one.
        ListingNotOnOffer: the listing takes no new deals.
        ProxyNotAvailable: the data stay with the provider, so nothing could be delivered.
        RevisionNotStanding: the revision on offer was withdrawn.
    """
    actor.require_role(actors.BUYER)
    listing = catalogue.get_published_listing(session, listing_id, actor=actor, now=now)
    catalogue.require_on_offer(session, listing_id, now=now)
    if listing.organisation_id == actor.organisation_id:
        raise NotPermitted("an organisation does not buy from itself")
    _require_deliverable(session, listing)
    draft = drafts.first_draft(session, listing, request, by_buyer=True)
    return _begin(session, actor, listing, actor.organisation_id, draft, proposal, house, now)


def offer_privately(
    session: Session,
    *,
    actor: Actor,
    listing_id: str,
    buyer_id: str,
    changes: dict[str, Any],
    house: HouseRules,
    now: datetime,
    proposal: Proposal = PLAIN,
) -> Negotiation:
    """Offer one's listing to one buyer who has not asked; nobody else sees it.

    Raises:
        NotFound: no such listing of the actor's organisation, or no verified buyer of this id.
        TermsInvalid: a member outside what the listing permits; names every one.
    """
    actor.require_role(actors.PROVIDER)
    listing = catalogue.get_published_listing(session, listing_id, actor=actor, now=now)
    if listing.organisation_id != actor.organisation_id:
        raise NotFound(f"your organisation has no listing {listing_id}")
    catalogue.require_on_offer(session, listing_id, now=now)
    _require_buyer(session, buyer_id, seller_id=actor.organisation_id)
    _require_deliverable(session, listing)
    draft = drafts.first_draft(session, listing, changes, by_buyer=False)
    return _begin(session, actor, listing, buyer_id, draft, proposal, house, now)


def draft_renewal(
    session: Session, *, actor: Actor, renewal: Renewal, changes: dict[str, Any], now: datetime
) -> tuple[PublishedListing, dict[str, Any]]:
    """The listing as it is now, and the draft with which a renewal would begin; changes nothing.

    Raises:
        NotPermitted, TermsInvalid, ListingNotOnOffer: as `open_renewal` says.
    """
    if actor.organisation_id not in {renewal.provider_id, renewal.buyer_id}:
        raise NotPermitted("only the two parties renew an agreement")
    catalogue.require_on_offer(session, renewal.listing_id, now=now)
    listing = catalogue.get_newest_card(session, renewal.listing_id)
    _require_deliverable(session, listing)
    by_buyer = actor.organisation_id == renewal.buyer_id
    return listing, drafts.renewal_draft(session, listing, renewal, changes, by_buyer=by_buyer, now=now)


def open_renewal(
    session: Session,
    *,
    actor: Actor,
    renewal: Renewal,
    changes: dict[str, Any],
    house: HouseRules,
    now: datetime,
    proposal: Proposal = PLAIN,
) -> Negotiation:
    """Begin to negotiate what follows a running agreement: the same terms at the price of then, but for `changes`.

    The buyer asks, the provider offers; the price is the listing's, and the signed one while the notice of an
    increase protects it.

    Raises:
        NotPermitted: the actor is no party of the agreement.
        TermsInvalid: the listing does not permit a member any more; names every one.
        ListingNotOnOffer: the listing takes no new deals.
    """
    listing, draft = draft_renewal(session, actor=actor, renewal=renewal, changes=changes, now=now)
    return _begin(session, actor, listing, renewal.buyer_id, draft, proposal, house, now, renewal)


def _begin(
    session: Session,
    actor: Actor,
    listing: PublishedListing,
    buyer_id: str,
    draft: dict[str, Any],
    proposal: Proposal,
    house: HouseRules,
    now: datetime,
    renewal: Renewal | None = None,
) -> Negotiation:
    by_buyer = actor.organisation_id == buyer_id
    draft = {**draft, FEE: house.platform_fee_bp}
    until = proposal.expires_at(house, now)
    negotiation = Negotiation(
        id=new_id("neg"),
        listing_id=listing.id,
        listing_version=listing.version,
        provider_id=listing.organisation_id,
        buyer_id=buyer_id,
        state=NegotiationState.REQUESTED if by_buyer else NegotiationState.OFFERED,
        requested_at=now,
        expires_at=until,
        renews=renewal.agreement_id if renewal else None,
        begins_at=renewal.begins_at if renewal else None,
    )
    session.add(negotiation)
    session.flush()  # the round's foreign key needs the negotiation's row
    kind = "request" if by_buyer else "offer"
    add_round(session, actor, negotiation, kind, draft, proposal.message, now)
    event = (AccessRequested if by_buyer else PrivateOfferMade)(
        negotiation.id,
        listing.id,
        listing.version,
        listing.organisation_id,
        buyer_id,
        draft,
        proposal.message,
        to_millis(until),
        negotiation.renews,
        to_millis(renewal.begins_at) if renewal else None,
    )
    record_event(session, event, subject=negotiation.id, actor=actor.person_id, at=now)
    return negotiation


def _require_deliverable(session: Session, listing: PublishedListing) -> None:
    if listing.revision_id is None:
        raise ProxyNotAvailable(
            "the data of this listing stay with the provider, and the exchange does not deliver through a"
            " provider's API yet, so there is no agreement on it",
            field="listing_id",
            remedy="Ask the provider, or choose one that is delivered by query or file.",
        )
    datasets.require_standing(session, listing.revision_id)


def _require_buyer(session: Session, buyer_id: str, *, seller_id: str) -> None:
    found = participants.find_organisation_cards(session, [buyer_id])
    if not found or actors.BUYER not in found[0].roles or found[0].state != "verified":
        raise NotFound(f"there is no verified buyer {buyer_id}")
    if buyer_id == seller_id:
        raise NotPermitted("an organisation does not sell to itself")
