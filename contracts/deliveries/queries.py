"""Reads of meters, records and totals."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.deliveries.models import AgreementMeter, DeliveryRecord, MeterEpoch, UsageDay


@dataclass(frozen=True)
class UsageTotals:
    """What was used under an agreement in a period, up to and including an epoch."""

    agreement_id: str
    rows: int
    calls: int
    size_bytes: int
    last_epoch: int


def get_meter(session: Session, agreement_id: str) -> AgreementMeter | None:
    """The meter of an executed agreement; None before both parties signed."""
    return session.get(AgreementMeter, agreement_id)


def find_record(session: Session, agreement_id: str, request_id: str) -> DeliveryRecord | None:
    """The delivery that a request id has led to, if any."""
    return session.scalars(
        select(DeliveryRecord).where(
            DeliveryRecord.agreement_id == agreement_id, DeliveryRecord.request_id == request_id
        )
    ).one_or_none()


def find_records(session: Session, agreement_id: str, *, after: int, limit: int) -> list[DeliveryRecord]:
    """Deliveries in the order of their numbers."""
    return list(
        session.scalars(
            select(DeliveryRecord)
            .where(DeliveryRecord.agreement_id == agreement_id, DeliveryRecord.number > after)
            .order_by(DeliveryRecord.number)
            .limit(limit)
        )
    )


def find_record_times(session: Session, agreement_id: str, numbers: list[int]) -> dict[int, datetime]:
    """When the deliveries with these numbers were recorded."""
    rows = session.execute(
        select(DeliveryRecord.number, DeliveryRecord.recorded_at).where(
            DeliveryRecord.agreement_id == agreement_id, DeliveryRecord.number.in_(numbers)
        )
    )
    return {number: recorded_at for number, recorded_at in rows}  # noqa: C416 - rows are no pairs to the type checker


def find_records_of_epochs(
    session: Session, agreement_id: str, *, period: str, after: int, until: int
) -> list[DeliveryRecord]:
    """The deliveries of a period in the epochs (after, until], in the order of their numbers."""
    return list(
        session.scalars(
            select(DeliveryRecord)
            .where(
                DeliveryRecord.period == period,
                DeliveryRecord.agreement_id == agreement_id,
                DeliveryRecord.epoch > after,
                DeliveryRecord.epoch <= until,
            )
            .order_by(DeliveryRecord.number)
        )
    )


def find_usage_days(session: Session, agreement_id: str) -> list[tuple[str, int, int, int]]:
    """Day, rows, calls and bytes of an agreement, in the order of the days."""
    rows = session.execute(
        select(
            UsageDay.day, func.sum(UsageDay.rows), func.sum(UsageDay.calls), func.sum(UsageDay.size_bytes)
        )
        .where(UsageDay.agreement_id == agreement_id)
        .group_by(UsageDay.day)
        .order_by(UsageDay.day)
    )
    return [(day, int(count), int(calls), int(size)) for day, count, calls, size in rows]


def open_epoch(session: Session) -> int:
    """The number of the epoch that records join now."""
    return session.scalars(select(MeterEpoch.epoch).where(MeterEpoch.id == 1)).one()


def usage_totals(session: Session, *, period: str, epoch: int) -> list[UsageTotals]:
    """The kept day totals of every agreement with use in the period, epochs up to `epoch`."""
    return _totals(
        session,
        select(
            UsageDay.agreement_id,
            func.sum(UsageDay.rows),
            func.sum(UsageDay.calls),
            func.sum(UsageDay.size_bytes),
            func.max(UsageDay.epoch),
        )
        .where(UsageDay.period == period, UsageDay.epoch <= epoch)
        .group_by(UsageDay.agreement_id)
        .order_by(UsageDay.agreement_id),
    )


def delivered_totals(session: Session, *, period: str, epoch: int) -> list[UsageTotals]:
    """The same totals counted anew from the delivery records: the proof of the kept ones."""
    return _totals(
        session,
        select(
            DeliveryRecord.agreement_id,
            func.sum(DeliveryRecord.rows),
            func.count(),
            func.sum(DeliveryRecord.size_bytes),
            func.max(DeliveryRecord.epoch),
        )
        .where(DeliveryRecord.period == period, DeliveryRecord.epoch <= epoch)
        .group_by(DeliveryRecord.agreement_id)
        .order_by(DeliveryRecord.agreement_id),
    )


def _totals(session: Session, query: object) -> list[UsageTotals]:
    rows = session.execute(query)  # type: ignore[call-overload]
    return [
        UsageTotals(agreement_id, int(count), int(calls), int(size), int(epoch))
        for agreement_id, count, calls, size, epoch in rows
    ]
