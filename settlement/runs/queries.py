"""Reads of settlement runs, and of what is due."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts import declarations
from exchange.core.clock import Period, day_of, period_of, start_of_day
from settlement import metering, statements
from settlement.runs.models import ItemState, RunKind, RunState, SettlementItem, SettlementRun
from settlement.runs.report import ParkedItem, RunReport

#: Before every agreement.
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class RunCard:
    """A run as those who work it off need it."""

    id: str
    kind: str
    period: str
    epoch: int


def find_open_run(session: Session, period: str) -> RunCard | None:
    """The run of the period that is not finished; there is at most one."""
    return _card(session, SettlementRun.period == period, SettlementRun.state == RunState.OPEN)


def find_regular_run(session: Session, period: str) -> RunCard | None:
    """The run that ended the period; there is at most one."""
    return _card(session, SettlementRun.period == period, SettlementRun.kind == RunKind.REGULAR)


def find_final_runs_with_parked(session: Session, period: str) -> list[RunCard]:
    """The regular and late runs of the period that have parked agreements, in the order of their epochs."""
    parked = select(SettlementItem.run_id).where(SettlementItem.state == ItemState.PARKED)
    query = select(
        SettlementRun.id, SettlementRun.kind, SettlementRun.period, SettlementRun.epoch_closed
    ).where(
        SettlementRun.period == period,
        SettlementRun.kind != RunKind.INTERIM,
        SettlementRun.id.in_(parked),
    )
    return [RunCard(*row) for row in session.execute(query.order_by(SettlementRun.epoch_closed))]


def is_due(session: Session, *, period: Period, kind: RunKind, now: datetime) -> bool:
    """Whether a run of the kind has anything to open for.

    An interim run has when something was used since the last run of the period, or when the fee of an
    agreement that no run of the period has looked at yet falls due. A late run has when revenue was declared
    after the last run of a period that has ended.
    """
    is_ended = find_regular_run(session, period.key) is not None
    if find_open_run(session, period.key) or is_ended is not (kind is RunKind.LATE):
        return False
    if kind is RunKind.REGULAR:
        return True
    last_epoch = _last_epoch(session, period.key)
    if any(epoch > last_epoch for epoch in metering.last_usage_epochs(session, period=period.key).values()):
        return True
    if kind is RunKind.LATE:
        return False
    seen = select(SettlementItem.agreement_id).join(SettlementRun).where(SettlementRun.period == period.key)
    return bool(_charged_unused(session, period, now) - set(session.scalars(seen)))


def agreements_to_bill(session: Session, *, period: Period, epoch: int, now: datetime) -> list[str]:
    """The agreements whose use, or whose fee, no statement of the period covers up to the epoch."""
    billed = statements.billed_epochs(session, period=period.key)
    used = metering.last_usage_epochs(session, period=period.key, epoch=epoch)
    unbilled = {agreement_id for agreement_id, last in used.items() if last > billed.get(agreement_id, 0)}
    return sorted(unbilled | (_charged_unused(session, period, now) - billed.keys()))


def find_items(session: Session, run_id: str, state: ItemState) -> list[str]:
    """The agreements of a run that are in a state, in the order in which they are billed."""
    query = select(SettlementItem.agreement_id).where(
        SettlementItem.run_id == run_id, SettlementItem.state == state
    )
    return list(session.scalars(query.order_by(SettlementItem.agreement_id)))


def find_due_periods(session: Session, *, now: datetime) -> list[str]:
    """The ended periods in which an agreement was in force and which no regular run has settled.

    Nothing is used without an agreement in force, so these are also the periods with use.
    """
    settled = set(
        session.scalars(
            select(SettlementRun.period).where(
                SettlementRun.kind == RunKind.REGULAR, SettlementRun.state == RunState.DONE
            )
        )
    )
    due = set()
    for span in metering.find_in_force(session, start=_BEGINNING, end=now):
        month = period_of(span.start)
        while month.end <= now and month.start < span.end:
            due.add(month.key)
            month = period_of(month.end)
    return sorted(due - settled)


def find_late_periods(session: Session, *, now: datetime) -> list[str]:
    """The settled periods for which revenue was declared after their last run, and before today.

    Today's declarations wait for tomorrow, so that a month declared and corrected on one day has one statement.
    """
    declared = declarations.last_declared_epochs(session, before=start_of_day(day_of(now)))
    ended = select(SettlementRun.period).where(SettlementRun.kind == RunKind.REGULAR)
    rows = session.execute(
        select(SettlementRun.period, func.max(SettlementRun.epoch_closed))
        .where(SettlementRun.period.in_(ended))
        .group_by(SettlementRun.period)
    )
    settled = {period: int(epoch) for period, epoch in rows}
    return sorted(period for period, epoch in declared.items() if epoch > settled.get(period, epoch))


def find_runs(session: Session, *, period: str | None = None) -> list[RunReport]:
    """The runs, of one period if given, newest first, with the agreements that each has parked."""
    query = select(SettlementRun).order_by(SettlementRun.epoch_closed.desc())
    runs = list(session.scalars(query if period is None else query.where(SettlementRun.period == period)))
    parked: dict[str, list[ParkedItem]] = defaultdict(list)
    items = session.execute(
        select(SettlementItem.run_id, SettlementItem.agreement_id, SettlementItem.error)
        .where(
            SettlementItem.state == ItemState.PARKED, SettlementItem.run_id.in_([run.id for run in runs])
        )
        .order_by(SettlementItem.agreement_id)
    )
    for run_id, agreement_id, error in items:
        parked[run_id].append(ParkedItem(agreement_id, error or ""))
    return [
        RunReport(
            run.id, run.kind, run.period, run.epoch_closed, run.state, run.statements, tuple(parked[run.id])
        )
        for run in runs
    ]


def last_report(session: Session, *, period: str, kind: RunKind) -> RunReport:
    """How the newest run of a period went; an empty report when the period never had one."""
    for report in find_runs(session, period=period):
        return report
    return RunReport(None, kind, period, 0, RunState.DONE, 0, ())


def _charged_unused(session: Session, period: Period, now: datetime) -> set[str]:
    until = min(now, period.end)
    return {
        span.agreement_id
        for span in metering.find_in_force(session, start=period.start, end=until)
        if span.overlaps(period.start, until) and span.is_charged_unused(period)
    }


def _last_epoch(session: Session, period: str) -> int:
    query = select(SettlementRun.epoch_closed).where(SettlementRun.period == period)
    return session.scalar(query.order_by(SettlementRun.epoch_closed.desc()).limit(1)) or 0


def _card(session: Session, *conditions: object) -> RunCard | None:
    row = session.execute(
        select(
            SettlementRun.id, SettlementRun.kind, SettlementRun.period, SettlementRun.epoch_closed
        ).where(*conditions)  # type: ignore[arg-type]
    ).one_or_none()
    return None if row is None else RunCard(*row)
