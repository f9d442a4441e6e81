"""What statements add to pages that earlier stages own: lines of a deal's story, cards of the start page."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from contracts.agreements.timeline import TimelineItem
from exchange.core.i18n import gettext
from exchange.core.money import format_yuan
from exchange.participants import Actor
from settlement.statements import queries

_CARDS = 6


def timeline_of_statements(session: Session, agreement_id: str) -> list[TimelineItem]:
    """One line for every statement of the deal."""
    return [
        TimelineItem(
            at=card.issued_at,
            title=gettext("Statement %(number)s issued", number=card.number),
            detail=gettext(
                "¥%(amount)s for %(period)s", amount=format_yuan(card.amount_fen), period=card.period
            ),
            url=url_for("statement_pages.show_statement", statement_id=card.id),
        )
        for card in queries.find_statement_cards(session, agreement_id)
    ]


def statements_part(session: Session, *, actor: Actor) -> dict[str, Any] | None:
    """The statements' section of the start page."""
    found = queries.find_statements(session, actor=actor)[:_CARDS]
    if not found:
        return None
    return {
        "title": gettext("Statements"),
        "cards": [
            {
                "title": statement.number,
                "url": url_for("statement_pages.show_statement", statement_id=statement.id),
                "figure": f"¥{format_yuan(statement.amount_fen)}",
                "text": statement.period,
            }
            for statement in found
        ],
    }
