"""What follows elsewhere from what happens in a negotiation."""

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.negotiations.events import AccessRequested, PrivateOfferMade
from exchange import demands


def link_demand(session: Session, event: AccessRequested | PrivateOfferMade, *, at: datetime) -> None:
    """Tell the demand board that two negotiate; it knows whether a demand stands behind it."""
    demands.link_negotiation(
        session,
        negotiation_id=event.negotiation_id,
        listing_id=event.listing_id,
        provider_id=event.provider_id,
        buyer_id=event.buyer_id,
        at=at,
    )
