"""Renewing an agreement: a negotiation that begins with what was signed."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from contracts import negotiations
from contracts.agreements import queries
from contracts.agreements.models import AgreementState
from contracts.terms import draft_of
from exchange.core.errors import WrongState
from exchange.participants import Actor


def get_renewal(session: Session, *, actor: Actor, agreement_id: str) -> negotiations.Renewal:
    """What an agreement says to the one that is to follow it.

    Raises:
        WrongState: the agreement is not signed by everybody, so there is nothing to follow.
    """
    card = queries.get_agreement_card(session, agreement_id, actor=actor)
    if card.state != AgreementState.ACTIVE:
        raise WrongState("the agreement is not signed by everybody yet", remedy="Sign it first.")
    return negotiations.Renewal(
        agreement_id=card.id,
        listing_id=card.listing_id,
        provider_id=card.provider_id,
        buyer_id=card.buyer_id,
        draft=draft_of(card.terms.document),
        begins_at=card.ends_at,
    )


def renew_agreement(
    session: Session,
    *,
    actor: Actor,
    agreement_id: str,
    changes: dict[str, Any],
    house: negotiations.HouseRules,
    now: datetime,
    proposal: negotiations.Proposal,
) -> Any:
    """Begin to negotiate the agreement that is to follow a signed one.

    What is negotiated begins when the signed one ends, or when it is accepted if that is later.

    Raises:
        WrongState: the agreement is not signed by everybody, so there is nothing to follow.
        NotPermitted, TermsInvalid, ListingNotOnOffer: as `negotiations.open_renewal` says.
    """
    renewal = get_renewal(session, actor=actor, agreement_id=agreement_id)
    return negotiations.open_renewal(
        session, actor=actor, renewal=renewal, changes=changes, house=house, now=now, proposal=proposal
    )
