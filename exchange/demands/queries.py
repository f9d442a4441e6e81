"""Reads of demands; what somebody may not see does not exist for them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from exchange.core.errors import NotFound
from exchange.demands.models import CLAIMABLE, Demand, DemandClaim
from exchange.participants import Actor

PRODUCT = "product"
#: Demands on one page of the board.
PAGE = 20


@dataclass(frozen=True)
class DemandCard:
    """A demand as lists and pages show it."""

    id: str
    organisation_id: str
    kind: str
    state: str
    content: dict[str, Any]
    valid_to: date
    written_at: datetime
    opened_at: datetime | None
    unclaimed_at: datetime | None
    return_reason: str | None
    negotiation_id: str | None
    agreement_id: str | None


def get_demand(session: Session, demand_id: str, *, actor: Actor | None) -> DemandCard:
    """One demand that the actor, or with none anybody, may see.

    Raises:
        NotFound: there is none, or it is not for the actor.
    """
    row = session.scalar(select(Demand).where(Demand.id == demand_id, _visible_to(actor)))
    if row is None:
        raise NotFound(f"there is no demand {demand_id}")
    return _card(row)


def find_demands(
    session: Session,
    *,
    actor: Actor | None,
    mine: bool = False,
    state: str | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> list[DemandCard]:
    """Demands the actor may see, newest first: by default the board, or the own ones, or those of a state.

    Args:
        after: id of the last demand of the page before.
    """
    conditions = [_visible_to(actor)]
    if mine and actor is not None:
        conditions.append(_is_part_of(actor))
    if state is not None:
        conditions.append(Demand.state == state)
    elif not mine:
        conditions.append(Demand.state.in_(CLAIMABLE))
    if after is not None:
        conditions.append(Demand.id < after)
    rows = session.scalars(select(Demand).where(*conditions).order_by(Demand.id.desc()).limit(limit))
    return [_card(row) for row in rows]


def find_claims(session: Session, demand: DemandCard, *, actor: Actor | None) -> list[DemandClaim]:
    """The claims on a demand: all for its buyer and the overseers, their own for providers."""
    if actor is None:
        return []
    query = select(DemandClaim).where(DemandClaim.demand_id == demand.id).order_by(DemandClaim.id)
    if not (actor.oversees or actor.organisation_id == demand.organisation_id):
        query = query.where(DemandClaim.provider_id == actor.organisation_id)
    return list(session.scalars(query))


def _visible_to(actor: Actor | None) -> ColumnElement[bool]:
    on_board = Demand.state.in_(CLAIMABLE)
    if actor is None:
        return and_(on_board, Demand.kind == PRODUCT)
    if actor.oversees:
        return true()
    shown = on_board if actor.is_verified else and_(on_board, Demand.kind == PRODUCT)
    return or_(shown, _is_part_of(actor))


def _is_part_of(actor: Actor) -> ColumnElement[bool]:
    mine = actor.organisation_id
    claimed = select(DemandClaim.demand_id).where(DemandClaim.provider_id == mine)
    return or_(Demand.organisation_id == mine, Demand.id.in_(claimed))


def _card(row: Demand) -> DemandCard:
    return DemandCard(**{name: getattr(row, name) for name in DemandCard.__dataclass_fields__})
