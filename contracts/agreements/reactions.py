"""What follows elsewhere from what happens to an agreement."""

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.agreements import queries
from contracts.agreements.events import AgreementExecuted
from exchange import demands


def close_demand(session: Session, event: AgreementExecuted, *, at: datetime) -> None:
    """Tell the demand board that an agreement is in force; the demand behind it, if any, is fulfilled."""
    demands.close_with_agreement(
        session,
        negotiation_id=queries.get_negotiation_id(session, event.agreement_id),
        agreement_id=event.agreement_id,
        at=at,
    )
