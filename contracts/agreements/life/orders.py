"""Suspension by order: who may order and lift it. The gate stops in the same transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.agreements import queries as agreements
from contracts.agreements.life import queries
from contracts.agreements.life.errors import OrderNotStanding, OrderNotYours
from contracts.agreements.life.events import SuspensionLifted, SuspensionOrdered
from contracts.agreements.life.locks import lock_agreement
from contracts.agreements.life.models import SuspensionOrder
from contracts.agreements.life.queries import AGREEMENT, ORGANISATION
from exchange import participants
from exchange.core.clock import to_millis
from exchange.core.errors import Invalid
from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.participants import Actor
from exchange.participants.actors import OPERATOR, REGULATOR


def order_suspension(
    session: Session,
    *,
    actor: Actor,
    scope: str,
    subject_id: str,
    order_no: str,
    grounds: str,
    until: datetime | None,
    now: datetime,
) -> SuspensionOrder:
    """Stop every delivery under an agreement, or under all agreements of an organisation, from now on.

    It also stops what is signed while the order stands. With `until` it ends by itself, without a job.

    Raises:
        NotPermitted: the actor is neither regulator nor operator.
        NotFound: there is no such agreement or organisation.
        Invalid: the regulator gives no order number, or the end is not in the future.
    """
    actor.require_role(REGULATOR, OPERATOR)
    authority = REGULATOR if actor.has_role(REGULATOR) else OPERATOR
    _require_order(authority, order_no, until, now)
    if scope == AGREEMENT:
        agreements.get_agreement(session, subject_id, actor=actor)
        lock_agreement(session, subject_id)
    else:
        participants.get_organisation_card(session, subject_id)
        queries.take_orders(session, subject_id)
    order = SuspensionOrder(
        id=new_id("ord"),
        order_no=order_no,
        scope=scope,
        subject_id=subject_id,
        authority=authority,
        authority_id=actor.organisation_id,
        person_id=actor.person_id,
        grounds=grounds,
        ordered_at=now,
        until=until,
    )
    session.add(order)
    event = SuspensionOrdered(
        order.id,
        order_no,
        scope,
        subject_id,
        authority,
        grounds,
        None if until is None else to_millis(until),
    )
    record_event(session, event, subject=subject_id, actor=actor.person_id, at=now)
    return order


def lift_suspension(
    session: Session, *, actor: Actor, order_id: str, reason: str, now: datetime
) -> SuspensionOrder:
    """End an order; what another order or the listing stops stays stopped. Harmless when repeated.

    Raises:
        NotFound: there is no such order, or the actor does not oversee.
        OrderNotYours: another authority ordered it.
        OrderNotStanding: it has ended by itself.
    """
    order = queries.get_order(session, order_id, actor=actor)
    if order.authority_id != actor.organisation_id:
        raise OrderNotYours(
            f"the order is the {order.authority}'s", remedy="Ask the authority that ordered it."
        )
    # The same lock as the order took, and so the same as a signature under way shares.
    if order.scope == AGREEMENT:
        lock_agreement(session, order.subject_id)
    else:
        queries.take_orders(session, order.subject_id)
    session.refresh(order)
    if order.lifted_at is not None:
        return order
    if order.until is not None and order.until <= now:
        raise OrderNotStanding(f"the order has ended at {order.until:%Y-%m-%d %H:%M} UTC")
    order.lifted_at, order.lifted_by, order.lift_reason = now, actor.person_id, reason
    event = SuspensionLifted(order.id, order.scope, order.subject_id, reason)
    record_event(session, event, subject=order.subject_id, actor=actor.person_id, at=now)
    return order


def _require_order(authority: str, order_no: str, until: datetime | None, now: datetime) -> None:
    if authority == REGULATOR and not order_no:
        raise Invalid(
            "a regulator's order has a number", field="order_no", remedy="Give the number of the order."
        )
    if until is not None and until <= now:
        raise Invalid("the order would have ended already", field="until", remedy="Name a later instant.")


SCOPES = (AGREEMENT, ORGANISATION)
