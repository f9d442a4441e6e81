"""Who is told of settlement runs: the operator, when something could not be billed."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from contracts import agreements
from exchange.core.i18n import N_
from exchange.core.telling import Fact, Telling, Topic, shortened
from exchange.participants import find_operator_ids


def tell_parked(session: Session, fact: Fact) -> Iterator[Telling]:
    """The operator: an agreement waits, with the reason."""
    yield Telling(
        Topic.BILLS,
        tuple(find_operator_ids(session)),
        N_("An agreement could not be billed for %(period)s and was set aside. Reason: %(reason)s"),
        {"period": fact.payload["period"], "reason": shortened(fact.payload["reason"])},
        page=agreements.deal_page(fact.payload["agreement_id"]),
    )
