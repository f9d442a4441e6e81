"""Reads of orders and steps."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from contracts.agreements.life.course import Course, Step, course_of
from contracts.agreements.life.errors import AgreementAbandoned
from contracts.agreements.life.models import AgreementStep, SuspensionOrder
from contracts.agreements.models import Agreement
from contracts.terms import Terms
from exchange.core.database import share_name, take_name
from exchange.core.errors import NotFound
from exchange.participants import Actor

AGREEMENT = "agreement"
ORGANISATION = "organisation"
#: Of one organisation; a page shows them all.
MOST_ORDERS = 200


@dataclass(frozen=True)
class OrderCard:
    """A standing order as the gate needs it."""

    id: str
    until: datetime | None


def share_orders(session: Session, agreement_id: str) -> list[OrderCard]:
    """The orders that stand over an agreement; nobody orders another one for its parties until the commit."""
    agreement = session.get_one(Agreement, agreement_id)
    # In one order everywhere, so that two agreements between the same two cannot wait for each other.
    for organisation_id in sorted({agreement.provider_id, agreement.buyer_id}):
        share_name(session, _name_of(organisation_id))
    orders = session.scalars(_over(agreement).where(SuspensionOrder.lifted_at.is_(None)))
    return [OrderCard(order.id, order.until) for order in orders]


def take_orders(session: Session, organisation_id: str) -> None:
    """Wait for the signatures of an organisation's agreements that are under way, and let none pass until the commit."""
    take_name(session, _name_of(organisation_id))


def agreements_under(scope: str, subject_id: str) -> Select[str]:
    """The agreements that an order concerns, as a query for another room's condition."""
    if scope == AGREEMENT:
        return select(Agreement.id).where(Agreement.id == subject_id)
    mine = or_(Agreement.provider_id == subject_id, Agreement.buyer_id == subject_id)
    return select(Agreement.id).where(mine)


def find_standing_orders(session: Session, agreement: Agreement, *, at: datetime) -> list[SuspensionOrder]:
    """The orders over an agreement that have effect at an instant, the oldest first."""
    return [
        order
        for order in find_orders(session, agreement)
        if order.lifted_at is None and (order.until is None or at < order.until)
    ]


def find_orders(session: Session, agreement: Agreement) -> list[SuspensionOrder]:
    """Every order that ever concerned an agreement, the oldest first."""
    return list(session.scalars(_over(agreement).limit(MOST_ORDERS)))


def find_all_orders(session: Session, *, standing_at: datetime | None, limit: int) -> list[SuspensionOrder]:
    """Orders over any agreement or organisation, the newest first; for those who oversee."""
    query = select(SuspensionOrder).order_by(SuspensionOrder.ordered_at.desc(), SuspensionOrder.id)
    if standing_at is not None:
        query = query.where(
            SuspensionOrder.lifted_at.is_(None),
            or_(SuspensionOrder.until.is_(None), SuspensionOrder.until > standing_at),
        )
    return list(session.scalars(query.limit(limit)))


def get_order(session: Session, order_id: str, *, actor: Actor) -> SuspensionOrder:
    """One order, for those who oversee.

    Raises:
        NotFound: there is none, or the actor does not oversee.
    """
    order = session.get(SuspensionOrder, order_id) if actor.oversees else None
    if order is None:
        raise NotFound(f"there is no order {order_id}")
    return order


def read_course(session: Session, agreement: Agreement) -> Course:
    """The agreement with everything that was done with it."""
    return courses_of(session, [agreement])[agreement.id]


def courses_of(session: Session, found: list[Agreement]) -> dict[str, Course]:
    """The courses of some agreements, by id, in one read."""
    ids = [agreement.id for agreement in found]
    rows = session.scalars(
        select(AgreementStep)
        .where(AgreementStep.agreement_id.in_(ids))
        .order_by(AgreementStep.agreement_id, AgreementStep.number)
    )
    steps = defaultdict(list)
    for row in rows:
        steps[row.agreement_id].append(Step(row.number, row.step, row.role, row.content, row.taken_at))
    return {
        agreement.id: course_of(
            Terms.read(agreement.terms), agreement.executed_at, steps.get(agreement.id, ())
        )
        for agreement in found
    }


def find_steps(session: Session, agreement_id: str) -> list[AgreementStep]:
    """What was done in the life of an agreement, in its order."""
    return list(
        session.scalars(
            select(AgreementStep)
            .where(AgreementStep.agreement_id == agreement_id)
            .order_by(AgreementStep.number)
        )
    )


def require_open(session: Session, agreement_id: str) -> None:
    """Refuse to sign what a party gave up, or what nobody signed in time.

    Raises:
        AgreementAbandoned: says which.
    """
    closing = select(AgreementStep.step).where(
        AgreementStep.agreement_id == agreement_id, AgreementStep.step.in_(("abandon", "lapse"))
    )
    if (step := session.scalar(closing)) is not None:
        why = "a party gave it up" if step == "abandon" else "it was not signed in time"
        raise AgreementAbandoned(f"the agreement came to nothing: {why}", remedy="Negotiate anew.")


def _over(agreement: Agreement) -> Select[SuspensionOrder]:
    subjects = (agreement.id, agreement.provider_id, agreement.buyer_id)
    return (
        select(SuspensionOrder)
        .where(SuspensionOrder.subject_id.in_(subjects))
        .order_by(SuspensionOrder.ordered_at, SuspensionOrder.id)
    )


def _name_of(organisation_id: str) -> str:
    return f"orders/{organisation_id}"
