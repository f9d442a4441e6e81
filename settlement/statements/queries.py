"""Reads of statements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from contracts import declarations
from contracts.deliveries.queries import find_records_of_epochs
from exchange.core.errors import NotFound
from exchange.participants import Actor
from settlement.statements.models import Statement


@dataclass(frozen=True)
class StatementCard:
    """A statement as other rooms see it."""

    id: str
    number: str
    agreement_id: str
    period: str
    epoch: int
    amount_fen: int
    issued_at: datetime


def last_statement(session: Session, *, agreement_id: str, period: str) -> Statement | None:
    """The statement that covers most of a period under an agreement; None when there is none."""
    return session.scalars(
        select(Statement)
        .where(Statement.agreement_id == agreement_id, Statement.period == period)
        .order_by(Statement.epoch.desc())
        .limit(1)
    ).one_or_none()


def billed_epochs(session: Session, *, period: str) -> dict[str, int]:
    """The epoch up to which each agreement with a statement for the period is billed."""
    rows = session.execute(
        select(Statement.agreement_id, func.max(Statement.epoch))
        .where(Statement.period == period)
        .group_by(Statement.agreement_id)
    )
    return {agreement_id: int(epoch) for agreement_id, epoch in rows}


def find_statements(
    session: Session, *, actor: Actor, agreement_id: str | None = None, period: str | None = None
) -> list[Statement]:
    """The statements an actor may see, newest first."""
    query = _visible(actor).order_by(Statement.issued_at.desc(), Statement.number.desc())
    if agreement_id is not None:
        query = query.where(Statement.agreement_id == agreement_id)
    if period is not None:
        query = query.where(Statement.period == period)
    return list(session.scalars(query))


def find_statement_cards(session: Session, agreement_id: str) -> list[StatementCard]:
    """The statements of a deal in the order of their issue, for work that acts for the exchange itself."""
    rows = session.scalars(
        select(Statement)
        .where(Statement.agreement_id == agreement_id)
        .order_by(Statement.issued_at, Statement.number)
    )
    return [
        StatementCard(
            row.id, row.number, row.agreement_id, row.period, row.epoch, row.amount_fen, row.issued_at
        )
        for row in rows
    ]


def get_statement(session: Session, statement_id: str, *, actor: Actor) -> Statement:
    """One statement with its lines.

    Raises:
        NotFound: there is none, or the actor is neither party nor overseer.
    """
    query = _visible(actor).where(Statement.id == statement_id).options(selectinload(Statement.lines))
    statement = session.scalars(query).one_or_none()
    if statement is None:
        raise NotFound(f"there is no statement {statement_id}")
    return statement


def covered_from(session: Session, statement: Statement) -> int:
    """The epoch up to which earlier statements of the period reach; 0 when this is the first."""
    query = select(func.max(Statement.epoch)).where(
        Statement.agreement_id == statement.agreement_id,
        Statement.period == statement.period,
        Statement.epoch < statement.epoch,
    )
    return session.scalar(query) or 0


def find_deliveries_behind(session: Session, statement: Statement) -> list[Any]:
    """The delivery records that a statement bills, in the order of their numbers."""
    return find_records_of_epochs(
        session,
        statement.agreement_id,
        period=statement.period,
        after=covered_from(session, statement),
        until=statement.epoch,
    )


def find_declarations_behind(session: Session, statement: Statement) -> list[Any]:
    """The declarations that a statement takes into account, in the order of their numbers."""
    return declarations.find_declarations_of_epochs(
        session,
        statement.agreement_id,
        period=statement.period,
        after=covered_from(session, statement),
        until=statement.epoch,
    )


def _visible(actor: Actor) -> Select[Statement]:
    if actor.oversees:
        return select(Statement)
    mine = actor.organisation_id
    return select(Statement).where(or_(Statement.provider_id == mine, Statement.buyer_id == mine))
