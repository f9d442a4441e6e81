"""Reads of declarations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts import agreements
from contracts.declarations.models import RevenueDeclaration
from exchange.participants import Actor
from exchange.pricing import Declared

#: Above every epoch that will ever be.
_ANY_EPOCH = 2**62


@dataclass(frozen=True)
class DeclaredTotals:
    """What is declared under an agreement for a period, up to and including an epoch."""

    agreement_id: str
    declared: Declared
    last_epoch: int


def find_declarations(
    session: Session, agreement_id: str, *, actor: Actor, period: str | None = None, limit: int = 1000
) -> list[RevenueDeclaration]:
    """The declarations under an agreement that the actor may see, the newest months first.

    Raises:
        NotFound: the actor is neither party nor overseer of such an agreement.
    """
    agreements.get_agreement_card(session, agreement_id, actor=actor)
    query = select(RevenueDeclaration).where(RevenueDeclaration.agreement_id == agreement_id)
    if period is not None:
        query = query.where(RevenueDeclaration.period == period)
    newest = query.order_by(RevenueDeclaration.period.desc(), RevenueDeclaration.number.desc())
    return list(session.scalars(newest.limit(limit)))


def find_newest_declarations(
    session: Session, agreement_id: str, *, limit: int
) -> list[RevenueDeclaration]:
    """The last declarations of a deal, for work that acts for the exchange itself."""
    query = select(RevenueDeclaration).where(RevenueDeclaration.agreement_id == agreement_id)
    newest = query.order_by(RevenueDeclaration.declared_at.desc(), RevenueDeclaration.number.desc())
    return list(session.scalars(newest.limit(limit)))


def standing_declaration(session: Session, agreement_id: str, period: str) -> RevenueDeclaration | None:
    """The last declaration for a month, which is the one that counts; None when there is none."""
    return session.scalars(
        select(RevenueDeclaration)
        .where(RevenueDeclaration.agreement_id == agreement_id, RevenueDeclaration.period == period)
        .order_by(RevenueDeclaration.number.desc())
        .limit(1)
    ).one_or_none()


def find_declarations_of_epochs(
    session: Session, agreement_id: str, *, period: str, after: int, until: int
) -> list[RevenueDeclaration]:
    """The declarations for a period in the epochs (after, until], in the order of their numbers."""
    return list(
        session.scalars(
            select(RevenueDeclaration)
            .where(
                RevenueDeclaration.agreement_id == agreement_id,
                RevenueDeclaration.period == period,
                RevenueDeclaration.epoch > after,
                RevenueDeclaration.epoch <= until,
            )
            .order_by(RevenueDeclaration.number)
        )
    )


def declared_totals(session: Session, *, period: str, epoch: int = _ANY_EPOCH) -> list[DeclaredTotals]:
    """What stands for every agreement with a declaration for the period: the last one, epochs up to `epoch`."""
    last = (
        select(
            RevenueDeclaration.agreement_id.label("agreement_id"),
            func.max(RevenueDeclaration.number).label("number"),
        )
        .where(RevenueDeclaration.period == period, RevenueDeclaration.epoch <= epoch)
        .group_by(RevenueDeclaration.agreement_id)
        .subquery()
    )
    rows = session.scalars(
        select(RevenueDeclaration)
        .join(
            last,
            (RevenueDeclaration.agreement_id == last.c.agreement_id)
            & (RevenueDeclaration.number == last.c.number),
        )
        .where(RevenueDeclaration.period == period)
        .order_by(RevenueDeclaration.agreement_id)
    )
    return [
        DeclaredTotals(row.agreement_id, Declared(row.number, row.revenue_fen), row.epoch) for row in rows
    ]


def added_totals(session: Session, *, period: str, epoch: int) -> list[DeclaredTotals]:
    """The same, added up from the changes of all declarations: the proof of what stands."""
    rows = session.execute(
        select(
            RevenueDeclaration.agreement_id,
            func.count(),
            func.sum(RevenueDeclaration.change_fen),
            func.max(RevenueDeclaration.epoch),
        )
        .where(RevenueDeclaration.period == period, RevenueDeclaration.epoch <= epoch)
        .group_by(RevenueDeclaration.agreement_id)
        .order_by(RevenueDeclaration.agreement_id)
    )
    return [
        DeclaredTotals(agreement_id, Declared(count, int(revenue)), int(last))
        for agreement_id, count, revenue, last in rows
    ]


def last_declared_epochs(session: Session, *, before: datetime) -> dict[str, int]:
    """The last epoch in which something was declared before an instant, by the month that it is about."""
    rows: Any = session.execute(
        select(RevenueDeclaration.period, func.max(RevenueDeclaration.epoch))
        .where(RevenueDeclaration.declared_at < before)
        .group_by(RevenueDeclaration.period)
    )
    return {period: int(epoch) for period, epoch in rows}
