"""The steps of a settlement run; each is one transaction, and each is safe to repeat."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from contracts import agreements, deliveries
from exchange.core import canonical
from exchange.core.clock import SHANGHAI, Period
from exchange.core.database import insert_ignoring
from exchange.core.errors import Conflict, WrongState
from exchange.core.events import EXCHANGE, record_event
from exchange.core.identifiers import derived_id
from settlement import statements
from settlement.metering import Billable, life_json
from settlement.runs import queries
from settlement.runs.events import AgreementParked, RunFinished
from settlement.runs.models import ItemState, RunKind, RunState, SettlementItem, SettlementRun
from settlement.runs.queries import RunCard


class OpenedElsewhere(Conflict):
    """Another node has opened a run of the period; it is to be worked off before anything else is opened."""

    code = "run-opened-elsewhere"


def require_may_run(period: Period, kind: RunKind, *, now: datetime) -> None:
    """Refuse a regular run of a period that has not ended, and an interim run of one that is not running.

    Raises:
        WrongState: says when the period begins or ends.
    """
    if kind is RunKind.REGULAR and now < period.end:
        raise WrongState(
            f"the period {period.key} ends at {period.end.astimezone(SHANGHAI):%Y-%m-%d %H:%M} Asia/Shanghai",
            field="period",
            remedy="Wait for its end, or ask for an interim run.",
        )
    if kind is RunKind.INTERIM and now not in period:
        raise WrongState(
            f"the period {period.key} runs from {period.start.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
            f" to {period.end.astimezone(SHANGHAI):%Y-%m-%d %H:%M} Asia/Shanghai",
            field="period",
            remedy="An interim run is for the running period; an ended one gets its regular run.",
        )


def open_run(session: Session, *, period: Period, kind: RunKind, now: datetime) -> RunCard | None:
    """Close the epoch and note every agreement to bill up to it; None when there is nothing to open for.

    Raises:
        OpenedElsewhere: another node was faster; the transaction must be undone and the state looked at again.
    """
    # Asked in this order: a run that another node opens between the two questions is then seen by the
    # second, where the other order would take it for nothing left to do.
    due = queries.is_due(session, period=period, kind=kind, now=now)
    if queries.find_open_run(session, period.key):
        raise OpenedElsewhere(f"a run of {period.key} is open")
    if not due:
        return None
    epoch = deliveries.close_epoch(session, now=now)
    # The epoch's lock lets one opener through at a time; what the one before has left is asked again.
    if not queries.is_due(session, period=period, kind=kind, now=now):
        raise OpenedElsewhere(f"another node has opened a run of {period.key}")
    run = SettlementRun(
        id=derived_id("run", kind, period.key, str(epoch)),
        kind=kind,
        period=period.key,
        epoch_closed=epoch,
        state=RunState.OPEN,
        started_at=now,
        statements=0,
        parked=0,
    )
    session.add(run)
    session.flush()  # the items' foreign keys need the run's row
    add_items(session, run.id, queries.agreements_to_bill(session, period=period, epoch=epoch, now=now))
    return RunCard(run.id, kind, period.key, epoch)


def add_items(session: Session, run_id: str, agreement_ids: Iterable[str]) -> None:
    """Let the run look at these agreements; those it knows already stay as they are."""
    for agreement_id in agreement_ids:
        insert_ignoring(
            session, SettlementItem, run_id=run_id, agreement_id=agreement_id, state=ItemState.PENDING
        )


def settle_item(
    session: Session,
    *,
    run: RunCard,
    agreement_id: str,
    state: ItemState,
    used: Billable,
    now: datetime,
) -> None:
    """Bill one agreement and note that it is done, unless it has left the given state meanwhile.

    Raises:
        DomainError: why the agreement cannot be billed; it is to be parked then.
    """
    item = _locked_item(session, run.id, agreement_id)
    if item.state != state:
        return
    if state is ItemState.PARKED and _is_billed_further(session, run, agreement_id):
        item.state, item.error = ItemState.DONE, None
        return
    statement = statements.issue_statement(
        session, agreement_id=agreement_id, period=run.period, epoch=run.epoch, used=used, now=now
    )
    item.state, item.error = ItemState.DONE, None
    item.input_digest = _input_digest(session, run, agreement_id, used)
    if statement is not None:
        item.statement_id, item.output_digest = statement.id, statement.bill_sha256


def park_item(session: Session, *, run: RunCard, agreement_id: str, reason: str, now: datetime) -> None:
    """Set a waiting agreement aside with the reason, so that the others can go on."""
    item = _locked_item(session, run.id, agreement_id)
    if item.state != ItemState.PENDING:
        return
    item.state, item.error = ItemState.PARKED, reason[:500]
    parked = AgreementParked(run.id, agreement_id, run.period, run.epoch, item.error)
    record_event(session, parked, subject=agreement_id, actor=EXCHANGE, at=now)


def finish_run(session: Session, *, run: RunCard, now: datetime) -> None:
    """End the run when no agreement waits any more; ending it again changes nothing."""
    waiting = select(SettlementItem.run_id).where(
        SettlementItem.run_id == run.id, SettlementItem.state == ItemState.PENDING
    )
    issued, parked = _counts(session, run.id)
    finished = session.execute(
        update(SettlementRun)
        .where(SettlementRun.id == run.id, SettlementRun.state == RunState.OPEN, ~waiting.exists())
        .values(state=RunState.DONE, finished_at=now, statements=issued, parked=parked)
        .returning(SettlementRun.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if finished is not None:
        event = RunFinished(run.id, run.kind, run.period, run.epoch, issued, parked)
        record_event(session, event, subject=run.id, actor=EXCHANGE, at=now)


def recount_run(session: Session, *, run: RunCard) -> None:
    """Bring the counts of a finished run up to date after parked agreements were billed."""
    issued, parked = _counts(session, run.id)
    session.execute(
        update(SettlementRun)
        .where(SettlementRun.id == run.id, SettlementRun.parked != parked)
        .values(statements=issued, parked=parked)
        .execution_options(synchronize_session=False)
    )


def _locked_item(session: Session, run_id: str, agreement_id: str) -> SettlementItem:
    # Two nodes at one agreement: the second waits here, and then finds it done.
    return session.scalars(
        select(SettlementItem)
        .where(SettlementItem.run_id == run_id, SettlementItem.agreement_id == agreement_id)
        .with_for_update()
    ).one()


def _is_billed_further(session: Session, run: RunCard, agreement_id: str) -> bool:
    # A late run has billed meanwhile what this one parked, in one statement with what was declared later.
    return statements.billed_epochs(session, period=run.period).get(agreement_id, 0) > run.epoch


def _counts(session: Session, run_id: str) -> tuple[int, int]:
    parked = func.count().filter(SettlementItem.state == ItemState.PARKED)
    row = session.execute(
        select(func.count(SettlementItem.statement_id), parked).where(SettlementItem.run_id == run_id)
    ).one()
    return row[0], row[1]


def _input_digest(session: Session, run: RunCard, agreement_id: str, used: Billable) -> str:
    content = {
        "agreement_id": agreement_id,
        "terms_sha256": agreements.get_terms(session, agreement_id).digest,
        "period": run.period,
        "epoch": run.epoch,
        "quantities": used.usage.quantities.to_json(),
        "in_first_days": used.usage.in_first_days.to_json(),
        "declared": used.usage.declared.to_json(),
        "life": life_json(used.life),
    }
    return hashlib.sha256(canonical.to_bytes(content)).hexdigest()
