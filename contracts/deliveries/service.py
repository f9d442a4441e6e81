"""The gate and its meter: permission, quota, record and totals in one transaction."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, or_, select, update
from sqlalchemy.orm import Session

from contracts import agreements
from contracts.agreements import life
from contracts.deliveries import holds, queries, rate
from contracts.deliveries.events import DeliveryCut, DeliveryRecorded, EpochClosed
from contracts.deliveries.models import AgreementMeter, DeliveryRecord, MeterEpoch, UsageDay
from contracts.deliveries.preparation import Prepared
from contracts.deliveries.quota import Spent, marks_reached
from contracts.deliveries.standing import Cause, cause_of_stop
from exchange import catalogue, datasets
from exchange.core import canonical
from exchange.core.clock import day_of, from_millis, period_of, to_millis
from exchange.core.database import insert_ignoring, insert_or_add
from exchange.core.errors import Conflict, LimitExceeded, NotPermitted, Unavailable
from exchange.core.events import EXCHANGE, record_event
from exchange.core.identifiers import new_id
from exchange.participants import Actor
from exchange.trust import PrivateKey, jws
from exchange.trust.purposes import RECEIPT

# Built once: putting a statement together costs more than running it, and every delivery runs these.
_METER = AgreementMeter.__table__.c
_SHARED_EPOCH = (
    select(MeterEpoch.__table__.c.epoch, MeterEpoch.__table__.c.opened_at)
    .where(MeterEpoch.__table__.c.id == 1)
    .with_for_update(read=True)
)
_METER_LOCK = (
    select(_METER.valid_until, _METER.stopped_at, _METER.stopped_until, _METER.deliveries)
    .where(_METER.agreement_id == bindparam("agreement_id"))
    .with_for_update(key_share=True)
)
_SPEND = (
    update(AgreementMeter.__table__)  # type: ignore[arg-type]
    .where(
        _METER.agreement_id == bindparam("of_agreement"),
        _METER.valid_from <= bindparam("at"),
        _METER.valid_until > bindparam("at"),
        or_(_METER.stopped_at.is_(None), _METER.stopped_until <= bindparam("at")),
        or_(
            _METER.granted_rows.is_(None),
            _METER.delivered_rows + bindparam("taken", type_=BigInteger) <= _METER.granted_rows,
        ),
        or_(_METER.granted_calls.is_(None), _METER.deliveries < _METER.granted_calls),
    )
    .values(
        delivered_rows=_METER.delivered_rows + bindparam("taken", type_=BigInteger),
        deliveries=_METER.deliveries + 1,
    )
    .returning(_METER.deliveries, _METER.delivered_rows, _METER.granted_calls, _METER.granted_rows)
)


class QuotaExhausted(LimitExceeded):
    """The terms grant fewer rows than this delivery needs, or no further delivery."""

    code = "quota-exhausted"


class AgreementNotInForce(NotPermitted):
    """The agreement is not signed by both parties, has not begun, or has ended."""

    code = "agreement-not-in-force"


class DeliveriesStopped(NotPermitted):
    """A suspension or delisting of the listing, or an authority's order, stops every delivery."""

    code = "deliveries-stopped"


class RequestIdReused(Conflict):
    """The request id stands for another question."""

    code = "request-id-reused"


def open_meter(session: Session, event: agreements.AgreementExecuted, *, at: datetime) -> None:
    """Give an executed agreement its meter; harmless when repeated."""
    _, opened_at = _shared_epoch(session)
    if period_of(at).end <= opened_at:
        # Its period was closed while it was being signed: dated back, its fee would never be billed.
        raise Unavailable("the billing period has just been closed", remedy="Send the signature again.")
    terms = agreements.get_terms(session, event.agreement_id)
    insert_ignoring(
        session,
        AgreementMeter,
        agreement_id=event.agreement_id,
        valid_from=terms.valid_from,
        valid_until=terms.valid_until,
        granted_rows=terms.granted_rows,
        granted_calls=terms.granted_calls,
        delivered_rows=0,
        deliveries=0,
    )
    listing_id = terms.document["subject"]["listing_id"]
    if catalogue.are_deliveries_stopped(session, listing_id):
        holds.place(session, event.agreement_id, holds.Hold(holds.LISTING, listing_id), at=at)
    for order in life.share_orders(session, event.agreement_id):
        holds.place(session, event.agreement_id, holds.Hold(holds.ORDER, order.id, order.until), at=at)


def record_delivery(
    session: Session,
    *,
    actor: Actor,
    agreement_id: str,
    request_id: str,
    prepared: Prepared,
    exchange_key: PrivateKey,
    now: datetime,
) -> DeliveryRecord:
    """Spend the quota and write the record of a prepared delivery; only then may its bytes leave.

    Repeating a request id gives the first record and spends nothing, as long as data may flow.

    Raises:
        QuotaExhausted, AgreementNotInForce, DeliveriesStopped: nothing is recorded and nothing may leave, of
            what was delivered before neither.
        RateExceeded: the terms grant fewer deliveries in 60 seconds; `retry_after_s` says when there is one.
        RequestIdReused: the request id stood for another question.
        RevisionNotStanding: the revision was withdrawn; not even a repeated request is answered.
    """
    # Before the look for an earlier record: a repeated request would hand the revoked data out again.
    datasets.require_standing(session, prepared.revision_id)
    epoch, not_before = _shared_epoch(session)
    standing = _lock_meter(session, agreement_id)
    recorded_at = max(now, not_before)
    if (known := queries.find_record(session, agreement_id, request_id)) is not None:
        if cause_of_stop(standing, recorded_at) is not None:
            raise _refusal(session, agreement_id, prepared.rows, recorded_at)
        return _replayed(known, prepared)
    if prepared.calls_per_minute is not None and standing is not None:
        rate.require_pace(
            session,
            agreement_id,
            granted=prepared.calls_per_minute,
            made=standing.deliveries,
            at=recorded_at,
        )
    spent = _spend(session, agreement_id, prepared.rows, recorded_at)
    event = DeliveryRecorded(
        delivery_id=new_id("dlv"),
        agreement_id=agreement_id,
        number=spent.number,
        request_id=request_id,
        mode=prepared.question.mode,
        question=prepared.question.to_json(),
        rows=prepared.rows,
        size_bytes=prepared.size_bytes,
        succeeded=int(prepared.succeeded),
        hits=prepared.hits,
        files=prepared.files,
        content_sha256=prepared.sha256,
        delivered_rows=spent.delivered_rows,
        epoch=epoch,
        period=period_of(recorded_at).key,
        recorded_at=to_millis(recorded_at),
    )
    record = _record_of(event, actor, prepared, exchange_key, recorded_at)
    session.add(record)
    _add_to_day(session, record)
    record_event(session, event, subject=agreement_id, actor=actor.person_id, at=recorded_at)
    for reached in marks_reached(event, spent):
        record_event(session, reached, subject=agreement_id, actor=EXCHANGE, at=recorded_at)
    return record


def note_cut(
    session: Session,
    *,
    delivery_id: str,
    agreement_id: str,
    cause: Cause,
    sent_bytes: int,
    size_bytes: int,
    now: datetime,
) -> None:
    """Record that a recorded delivery was cut off while it was being sent."""
    event = DeliveryCut(delivery_id, agreement_id, cause, sent_bytes, size_bytes)
    record_event(session, event, subject=agreement_id, actor=EXCHANGE, at=now)


def join_epoch(session: Session, agreement_id: str) -> tuple[int, datetime]:
    """The open epoch and the earliest date of what joins it, for another record that settlement bills.

    To the end of the transaction nobody closes the epoch, and nothing else is recorded under the agreement.
    """
    joined = _shared_epoch(session)
    _lock_meter(session, agreement_id)
    return joined


def answer_last_use(session: Session, enquiry: life.LastUse) -> list[life.Use]:
    """What was used of an agreement; it cannot end before its last delivery or inside a closed period."""
    _, opened_at = join_epoch(session, enquiry.agreement_id)
    meter = queries.get_meter(session, enquiry.agreement_id)
    if meter is None:
        return []
    session.refresh(meter)
    last = queries.last_recorded_at(session, enquiry.agreement_id)
    not_before = opened_at if last is None else max(opened_at, last)
    # The next millisecond, which is what the log knows: a delivery at the very end would be outside.
    not_before = from_millis(to_millis(not_before) + 1)
    return [life.Use(meter.deliveries, meter.delivered_rows, not_before)]


def close_epoch(session: Session, *, now: datetime) -> int:
    """Close the open epoch, so that its totals are final; returns its number.

    Waits for every transaction that is recording into it, and lets none in afterwards.
    """
    row = session.scalars(select(MeterEpoch).where(MeterEpoch.id == 1).with_for_update()).one()
    closed, row.epoch = row.epoch, row.epoch + 1
    row.opened_at = max(now, row.opened_at)
    event = EpochClosed(closed, to_millis(row.opened_at))
    record_event(session, event, subject=EXCHANGE, actor=EXCHANGE, at=row.opened_at)
    return closed


def _shared_epoch(session: Session) -> tuple[int, datetime]:
    # Held to commit: the closer waits for us, and whoever comes after the closer sees the next epoch.
    row = session.connection().execute(_SHARED_EPOCH).one()
    return row[0], row[1]


def _lock_meter(session: Session, agreement_id: str) -> Any:
    # The same request on two nodes: the second waits here and then finds the first one's record.
    return session.connection().execute(_METER_LOCK, {"agreement_id": agreement_id}).one_or_none()


def _spend(session: Session, agreement_id: str, rows: int, at: datetime) -> Spent:
    """Take the rows out of the quota in one conditional step; returns number and rows delivered so far."""
    taken = {"of_agreement": agreement_id, "taken": rows, "at": at}
    spent = session.connection().execute(_SPEND, taken).one_or_none()
    if spent is None:
        raise _refusal(session, agreement_id, rows, at)
    return Spent(*spent)


def _refusal(session: Session, agreement_id: str, rows: int, at: datetime) -> Exception:
    meter = queries.get_meter(session, agreement_id)
    if meter is None:
        return AgreementNotInForce(
            "the agreement is not signed by both parties yet",
            remedy="Sign it, or wait for the other party.",
        )
    cause = Cause.ENDED if at < meter.valid_from else cause_of_stop(meter, at)
    if cause is not None:
        return _stopped(session, meter, cause)
    if meter.granted_calls is not None and meter.deliveries >= meter.granted_calls:
        return QuotaExhausted(
            f"all {meter.granted_calls} granted deliveries are made",
            remedy="Agree on more with the provider.",
            calls_granted=meter.granted_calls,
        )
    left = (meter.granted_rows or 0) - meter.delivered_rows
    return QuotaExhausted(
        f"{rows} rows are asked for and {left} of {meter.granted_rows} granted rows are left",
        field="limit",
        remedy=f"Ask for at most {left} rows." if left else "Agree on more rows with the provider.",
        rows_left=left,
        rows_granted=meter.granted_rows,
    )


def _stopped(session: Session, meter: AgreementMeter, cause: Cause) -> Exception:
    if cause is not Cause.HELD:
        return AgreementNotInForce(
            f"the agreement is in force from {meter.valid_from:%Y-%m-%d %H:%M} to"
            f" {meter.valid_until:%Y-%m-%d %H:%M} UTC",
            remedy="Ask the provider for a new agreement.",
        )
    kinds = {hold.kind for hold in queries.find_holds(session, meter.agreement_id)}
    why = "an authority has ordered it" if holds.ORDER in kinds else "the listing is suspended or delisted"
    return DeliveriesStopped(
        f"deliveries are stopped since {meter.stopped_at:%Y-%m-%d %H:%M} UTC, because {why}",
        remedy="The page of the deal gives the reason; the same request may succeed when the stop has ended.",
    )


def _replayed(known: DeliveryRecord, prepared: Prepared) -> DeliveryRecord:
    if known.fingerprint != prepared.question.fingerprint:
        raise RequestIdReused(
            "this request id was used for another question",
            field="Idempotency-Key",
            remedy="Use a new id for a new question; repeat a question unchanged.",
        )
    if known.content_sha256 != prepared.sha256:
        raise Conflict("the stored revision does not give the recorded bytes any more")
    return known


def _record_of(
    event: DeliveryRecorded, actor: Actor, prepared: Prepared, exchange_key: PrivateKey, at: datetime
) -> DeliveryRecord:
    receipt = jws.sign_compact(
        canonical.to_bytes(asdict(event)),
        exchange_key,
        typ=RECEIPT,
        role="exchange",
        issued_at=event.recorded_at // 1000,
    )
    return DeliveryRecord(
        id=event.delivery_id,
        agreement_id=event.agreement_id,
        number=event.number,
        request_id=event.request_id,
        fingerprint=prepared.question.fingerprint,
        mode=event.mode,
        person_id=actor.person_id,
        question=event.question,
        rows=event.rows,
        size_bytes=event.size_bytes,
        succeeded=event.succeeded,
        hits=event.hits,
        files=event.files,
        content_sha256=event.content_sha256,
        epoch=event.epoch,
        period=event.period,
        recorded_at=at,
        receipt=receipt,
    )


def _add_to_day(session: Session, record: DeliveryRecord) -> None:
    insert_or_add(
        session,
        UsageDay,
        key={"agreement_id": record.agreement_id, "day": day_of(record.recorded_at), "epoch": record.epoch},
        fixed={"period": record.period},
        added={
            "calls": 1,
            "succeeded": record.succeeded,
            "hits": record.hits,
            "rows": record.rows,
            "size_bytes": record.size_bytes,
            "files": record.files,
        },
    )
