"""What follows elsewhere from what happens in a negotiation."""

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.negotiations.events import AccessRequested
from exchange import demands


def link_demand(session: Session, event: AccessRequested, *, at: datetime) -> None:
    """Tell the demand board that a buyer asked for data; it knows whether a demand stands behind it."""
    demands.link_negotiation(
        session,
        negotiation_id=event.negotiation_id,
        listing_id=event.listing_id,
        provider_id=event.provider_id,
        buyer_id=event.buyer_id,
        at=at,
    )
