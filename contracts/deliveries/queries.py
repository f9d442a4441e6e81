"""Reads of meters, records and totals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from contracts.deliveries.models import AgreementMeter, DeliveryRecord, MeterEpoch, MeterHold, UsageDay
from contracts.deliveries.standing import STANDING, Cause, cause_of_stop
from exchange.core.clock import day_after, start_of_day
from exchange.pricing import QUANTITY_NAMES, Quantities

# Built once: while files are being sent it is asked every second.
_STANDINGS = select(
    *(getattr(AgreementMeter.__table__.c, name) for name in ("agreement_id", *STANDING))
).where(AgreementMeter.__table__.c.agreement_id.in_(bindparam("agreement_ids", expanding=True)))


@dataclass(frozen=True)
class UsageTotals:
    """What was used under an agreement in a period, up to and including an epoch."""

    agreement_id: str
    calls: int
    succeeded: int
    hits: int
    rows: int
    size_bytes: int
    files: int
    last_epoch: int

    @property
    def quantities(self) -> Quantities:
        """The totals as a price plan takes them."""
        return Quantities(**{name: getattr(self, name) for name in QUANTITY_NAMES})


def get_meter(session: Session, agreement_id: str) -> AgreementMeter | None:
    """The meter of an executed agreement; None before both parties signed."""
    return session.get(AgreementMeter, agreement_id)


def find_holds(session: Session, agreement_id: str) -> list[MeterHold]:
    """What stops deliveries under an agreement, the oldest first; those that have ended by themselves too."""
    query = select(MeterHold).where(MeterHold.agreement_id == agreement_id)
    return list(session.scalars(query.order_by(MeterHold.since, MeterHold.kind, MeterHold.reference)))


def find_stops(session: Session, agreement_ids: Iterable[str], *, at: datetime) -> dict[str, Cause]:
    """Under which of these agreements nothing may flow at an instant, and why; one read for all."""
    rows = session.connection().execute(_STANDINGS, {"agreement_ids": list(agreement_ids)})
    found = {row.agreement_id: cause_of_stop(row, at) for row in rows}
    return {agreement_id: cause for agreement_id, cause in found.items() if cause is not None}


def last_recorded_at(session: Session, agreement_id: str) -> datetime | None:
    """When the last delivery under an agreement was recorded."""
    return session.scalar(
        select(func.max(DeliveryRecord.recorded_at)).where(DeliveryRecord.agreement_id == agreement_id)
    )


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
        select(UsageDay.agreement_id, *_kept(), func.max(UsageDay.epoch))
        .where(UsageDay.period == period, UsageDay.epoch <= epoch)
        .group_by(UsageDay.agreement_id)
        .order_by(UsageDay.agreement_id),
    )


def delivered_totals(session: Session, *, period: str, epoch: int) -> list[UsageTotals]:
    """The same totals counted anew from the delivery records: the proof of the kept ones."""
    return _totals(
        session,
        select(DeliveryRecord.agreement_id, *_counted(), func.max(DeliveryRecord.epoch))
        .where(DeliveryRecord.period == period, DeliveryRecord.epoch <= epoch)
        .group_by(DeliveryRecord.agreement_id)
        .order_by(DeliveryRecord.agreement_id),
    )


def usage_on_days(session: Session, agreement_id: str, *, first: str, last: str, epoch: int) -> Quantities:
    """The kept totals of an agreement on the days from first to last, both included, epochs up to `epoch`."""
    query = select(*_kept()).where(
        UsageDay.agreement_id == agreement_id,
        UsageDay.day >= first,
        UsageDay.day <= last,
        UsageDay.epoch <= epoch,
    )
    return _quantities(session.execute(query).one())


def delivered_on_days(
    session: Session, agreement_id: str, *, first: str, last: str, epoch: int
) -> Quantities:
    """The same counted anew from the delivery records."""
    query = select(*_counted()).where(
        DeliveryRecord.agreement_id == agreement_id,
        DeliveryRecord.recorded_at >= start_of_day(first),
        DeliveryRecord.recorded_at < start_of_day(day_after(last)),
        DeliveryRecord.epoch <= epoch,
    )
    return _quantities(session.execute(query).one())


def _kept() -> list[Any]:
    return [func.sum(getattr(UsageDay, name)) for name in QUANTITY_NAMES]


def _counted() -> list[Any]:
    # Every record is one call.
    return [
        func.count() if name == "calls" else func.sum(getattr(DeliveryRecord, name))
        for name in QUANTITY_NAMES
    ]


def _totals(session: Session, query: Any) -> list[UsageTotals]:
    return [
        UsageTotals(agreement_id, **_quantities(sums).to_json(), last_epoch=int(epoch))
        for agreement_id, *sums, epoch in session.execute(query)
    ]


def _quantities(sums: Iterable[Any]) -> Quantities:
    return Quantities(**{name: int(value or 0) for name, value in zip(QUANTITY_NAMES, sums, strict=True)})
