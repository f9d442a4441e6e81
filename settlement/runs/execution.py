"""Running a settlement from end to end: many short transactions, each of which may be the last before a crash."""

import logging
from datetime import datetime
from functools import partial

from sqlalchemy.exc import DBAPIError

from exchange.core.clock import Period, parse_period
from exchange.core.database import Database, is_lost_race, is_unavailable
from exchange.core.errors import DomainError
from settlement import metering
from settlement.metering import Measured
from settlement.runs import queries, service
from settlement.runs.models import ItemState, RunKind
from settlement.runs.queries import RunCard
from settlement.runs.report import RunReport

logger = logging.getLogger(__name__)


def run_settlement(database: Database, *, period: str, interim: bool, now: datetime) -> RunReport:
    """Bill every agreement for a period: all of it when it has ended, or with `interim` what it has so far.

    Opens its own transactions: one that closes the epoch, then one per agreement. A run that crashed is
    gone on with where it stopped. Once everything is billed, running it again changes nothing; only
    agreements that were parked at the end of the period are tried again, and revenue that was declared for
    it since is billed by a late run.

    Raises:
        WrongState: the period has not ended, or for an interim run is not the running one.
        Invalid: `period` is no month.
    """
    month, kind = parse_period(period), RunKind.INTERIM if interim else RunKind.REGULAR
    service.require_may_run(month, kind, now=now)
    if not _run_if_due(database, month, kind, now) and kind is RunKind.REGULAR:
        # In this order: statements of one agreement follow each other by epoch.
        _retry_parked(database, period, now)
        _run_if_due(database, month, RunKind.LATE, now)
    with database.reading() as session:
        return queries.last_report(session, period=period, kind=kind)


def _run_if_due(database: Database, month: Period, kind: RunKind, now: datetime) -> bool:
    """Open a run and work it off; False when there was nothing to open one for."""
    while True:
        # First what an earlier call began: statements of one agreement follow each other by epoch.
        _work_off_open_run(database, month.key, now)
        try:
            opened = database.write(
                lambda session: service.open_run(session, period=month, kind=kind, now=now)
            )
        except service.OpenedElsewhere:
            continue  # help to work it off
        if opened is not None:
            _work_off(database, opened, now)
        return opened is not None


def _work_off_open_run(database: Database, period: str, now: datetime) -> None:
    with database.reading() as session:
        run = queries.find_open_run(session, period)
    if run is not None:
        _work_off(database, run, now)


def _work_off(database: Database, run: RunCard, now: datetime) -> None:
    measured = _measure(database, run)
    if measured.unproven:
        database.write(lambda session: service.add_items(session, run.id, measured.unproven))
    with database.reading() as session:
        waiting = queries.find_items(session, run.id, ItemState.PENDING)
    for agreement_id in waiting:
        reason = _settle(database, run, agreement_id, ItemState.PENDING, measured, now)
        if reason is not None:
            _park(database, run, agreement_id, reason, now)
    database.write(lambda session: service.finish_run(session, run=run, now=now))


def _retry_parked(database: Database, period: str, now: datetime) -> None:
    with database.reading() as session:
        runs = queries.find_final_runs_with_parked(session, period)
        parked = {run.id: queries.find_items(session, run.id, ItemState.PARKED) for run in runs}
    for run in runs:
        measured = _measure(database, run)
        for agreement_id in parked[run.id]:
            _settle(database, run, agreement_id, ItemState.PARKED, measured, now)
        database.write(partial(service.recount_run, run=run))


def _measure(database: Database, run: RunCard) -> Measured:
    # Outside the writing transactions: counting the records may take long, and closed epochs do not change.
    with database.reading() as session:
        return metering.measure(session, period=run.period, epoch=run.epoch)


def _settle(
    database: Database,
    run: RunCard,
    agreement_id: str,
    state: ItemState,
    measured: Measured,
    now: datetime,
) -> str | None:
    """Bill one agreement in a transaction of its own; returns why not, when it cannot be billed."""
    try:
        # Read before: a plan may ask for the records of a whole year, and closed epochs do not change.
        with database.reading() as session:
            used = metering.billable(session, measured, agreement_id)
        database.write(
            lambda session: service.settle_item(
                session, run=run, agreement_id=agreement_id, state=state, used=used, now=now
            )
        )
    except DomainError as refusal:
        return refusal.detail
    except DBAPIError as error:
        if is_unavailable(error) or is_lost_race(error):
            raise  # the database is at fault, not the agreement: the run stays open and is gone on with
        return _unforeseen(run, agreement_id, error)
    # Whatever is wrong with one agreement must not keep the others from being billed.
    except Exception as error:  # noqa: BLE001
        return _unforeseen(run, agreement_id, error)
    return None


def _unforeseen(run: RunCard, agreement_id: str, error: Exception) -> str:
    logger.error(
        "agreement cannot be billed", exc_info=error, extra={"run": run.id, "agreement": agreement_id}
    )
    return f"{type(error).__name__}: {error}"


def _park(database: Database, run: RunCard, agreement_id: str, reason: str, now: datetime) -> None:
    database.write(
        lambda session: service.park_item(
            session, run=run, agreement_id=agreement_id, reason=reason, now=now
        )
    )
