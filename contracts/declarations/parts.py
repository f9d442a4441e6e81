"""What declarations add to a deal's page: what stands for each month, every declaration, and the form."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from contracts.agreements import AgreementCard
from contracts.agreements.timeline import TimelineItem
from contracts.declarations import queries
from contracts.declarations.models import RevenueDeclaration
from contracts.declarations.months import months_to_declare, shares_revenue
from exchange.core.i18n import gettext
from exchange.core.money import MICRO_PER_FEN
from exchange.participants import Actor
from exchange.participants.actors import BUYER
from exchange.pricing.words import yuan_text

#: Two years; older months are declared and listed over the API and by command.
_MONTHS_SHOWN = 24
_DECLARATIONS_SHOWN = 50


def revenue_of_deal(
    session: Session, deal: AgreementCard, *, actor: Actor, now: datetime
) -> dict[str, Any] | None:
    """The months with what is declared for them; the buyer's form beside it."""
    if deal.executed_at is None or not shares_revenue(deal.terms):
        return None
    months = months_to_declare(
        deal.terms, executed_at=deal.executed_at, ends_at=deal.ends_at, at=now, most=_MONTHS_SHOWN
    )
    standing = [(month, queries.standing_declaration(session, deal.id, month.key)) for month in months]
    may_declare = actor.has_role(BUYER) and actor.organisation_id == deal.buyer_id
    return {
        "template": "declarations/part.html",
        "months": [(month.key, declared, month.end <= now) for month, declared in standing],
        "declarations": queries.find_declarations(session, deal.id, actor=actor, limit=_DECLARATIONS_SHOWN),
        "choices": [_choice(month.key, declared) for month, declared in standing] if may_declare else [],
    }


def timeline_of_declarations(session: Session, agreement_id: str) -> list[TimelineItem]:
    """One line for each of the newest declarations."""
    return [
        TimelineItem(
            item.declared_at,
            gettext("The buyer declared its revenue of %(month)s", month=item.period)
            if item.number == 1
            else gettext("The buyer corrected its revenue of %(month)s", month=item.period),
            f"¥{_yuan(item.revenue_fen)}",
            url="#revenue",
            tone="info",
        )
        for item in queries.find_newest_declarations(session, agreement_id, limit=_DECLARATIONS_SHOWN)
    ]


def event_words() -> dict[str, str]:
    """This room's event types in words, for the page of the log."""
    return {"revenue.declared": gettext("The buyer declared revenue")}


def _choice(month: str, standing: RevenueDeclaration | None) -> tuple[str, str]:
    """A month of the form: its value also says which declaration the reader saw, and so corrects."""
    if standing is None:
        return f"{month}/", month
    amount = _yuan(standing.revenue_fen)
    return f"{month}/{standing.number}", gettext(
        "%(month)s, correcting ¥%(amount)s", month=month, amount=amount
    )


def _yuan(fen: int) -> str:
    return yuan_text(fen * MICRO_PER_FEN)
