"""What stops and ends deliveries from outside the gate: a listing, an order, an earlier end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from contracts import agreements
from contracts.agreements import life
from contracts.deliveries import queries
from contracts.deliveries.events import DeliveriesHalted, DeliveriesRestarted
from contracts.deliveries.models import AgreementMeter, MeterHold
from exchange import catalogue
from exchange.core.clock import from_millis, to_millis
from exchange.core.database import insert_ignoring
from exchange.core.events import EXCHANGE, record_event

LISTING: Final = "listing"
ORDER: Final = "order"
_METER = AgreementMeter.__table__.c


@dataclass(frozen=True)
class Hold:
    """One reason for which nothing is delivered."""

    kind: str
    reference: str
    until: datetime | None = None


def follow_listing(
    session: Session,
    event: catalogue.ListingSuspended | catalogue.ListingResumed | catalogue.ListingDelisted,
    *,
    at: datetime,
) -> None:
    """Stop every meter under a listing, or let them go on, as its new state says; harmless when repeated.

    Waits for the deliveries that are being recorded, so what the log shows after the stop was stopped.
    """
    stops = getattr(event, "effect", None) == "stop_deliveries"
    hold = Hold(LISTING, event.listing_id)
    for agreement_id in _locked(session, agreements.ids_of_listing(event.listing_id)):
        (place if stops else lift)(session, agreement_id, hold, at=at)


def follow_order(session: Session, event: life.SuspensionOrdered, *, at: datetime) -> None:
    """Stop every meter that an order is over, in the order's own transaction; waits as for a listing."""
    hold = Hold(ORDER, event.order_id, None if event.until is None else from_millis(event.until))
    for agreement_id in _locked(session, life.agreements_under(event.scope, event.subject_id)):
        place(session, agreement_id, hold, at=at)


def follow_lifting(session: Session, event: life.SuspensionLifted, *, at: datetime) -> None:
    """Take the order's hold away; what another one stops stays stopped."""
    hold = Hold(ORDER, event.order_id)
    for agreement_id in _locked(session, life.agreements_under(event.scope, event.subject_id)):
        lift(session, agreement_id, hold, at=at)


def follow_end(session: Session, event: life.AgreementEndMoved, *, at: datetime) -> None:
    """Let the meter end when the agreement does; no job has to run for it."""
    del at
    meter = AgreementMeter.__table__
    session.execute(
        update(meter)  # type: ignore[arg-type]
        .where(_METER.agreement_id == event.agreement_id)
        .values(valid_until=from_millis(event.ends_at))
    )


def answer_holds(session: Session, enquiry: life.HoldsOver) -> list[life.HoldCard]:
    """What stops deliveries under agreements, for those who show how they stand."""
    rows = session.scalars(select(MeterHold).where(MeterHold.agreement_id.in_(enquiry.agreement_ids)))
    return [life.HoldCard(row.agreement_id, row.kind, row.reference, row.since, row.until) for row in rows]


def place(session: Session, agreement_id: str, hold: Hold, *, at: datetime) -> None:
    """Stop an agreement's deliveries for a reason; the same reason again changes nothing."""
    found = (agreement_id, hold.kind, hold.reference)
    if session.get(MeterHold, found) is not None:
        return
    insert_ignoring(
        session,
        MeterHold,
        agreement_id=agreement_id,
        kind=hold.kind,
        reference=hold.reference,
        since=at,
        until=hold.until,
    )
    _sum_up(session, agreement_id)
    until = None if hold.until is None else to_millis(hold.until)
    halted = DeliveriesHalted(agreement_id, hold.kind, hold.reference, until)
    record_event(session, halted, subject=agreement_id, actor=EXCHANGE, at=at)


def lift(session: Session, agreement_id: str, hold: Hold, *, at: datetime) -> None:
    """Take one reason away; harmless when it is not there."""
    gone = session.execute(
        delete(MeterHold)
        .where(
            MeterHold.agreement_id == agreement_id,
            MeterHold.kind == hold.kind,
            MeterHold.reference == hold.reference,
        )
        .returning(MeterHold.agreement_id)
    ).one_or_none()
    if gone is None:
        return
    _sum_up(session, agreement_id)
    restarted = DeliveriesRestarted(agreement_id, hold.kind, hold.reference)
    record_event(session, restarted, subject=agreement_id, actor=EXCHANGE, at=at)


def _sum_up(session: Session, agreement_id: str) -> None:
    """Write what all holds say together beside the meter, where its one conditional update looks."""
    standing = queries.find_holds(session, agreement_id)
    ends = [hold.until for hold in standing]
    session.execute(
        update(AgreementMeter.__table__)  # type: ignore[arg-type]
        .where(_METER.agreement_id == agreement_id)
        .values(
            stopped_at=min((hold.since for hold in standing), default=None),
            # All have begun, so together they last to the last end.
            stopped_until=None if not ends or None in ends else max(end for end in ends if end),
        )
    )


def _locked(session: Session, under: object) -> Iterable[str]:
    # In one order everywhere: two stops, or a stop and a delivery, cannot wait for each other.
    return list(
        session.scalars(
            select(_METER.agreement_id)
            .where(_METER.agreement_id.in_(under))  # type: ignore[arg-type]
            .order_by(_METER.agreement_id)
            .with_for_update(key_share=True)
        )
    )
