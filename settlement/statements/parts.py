"""What statements add to pages that earlier stages own: a deal's story and bills, cards of the start page."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from contracts import agreements
from contracts.agreements.timeline import TimelineItem
from exchange.core.i18n import gettext, speaks_chinese
from exchange.core.money import format_yuan
from exchange.participants import Actor
from settlement.statements import queries
from settlement.statements.models import Statement

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
            url=_url(card.id),
            tone="good",
        )
        for card in queries.find_statement_cards(session, agreement_id)
    ]


def bills_of_deal(session: Session, agreement_id: str) -> dict[str, Any]:
    """The statements of a deal with their sum."""
    cards = queries.find_statement_cards(session, agreement_id)
    return {
        "statements": [{**vars(card), "url": _url(card.id)} for card in cards],
        "total_fen": sum(card.amount_fen for card in cards),
    }


def statements_part(session: Session, *, actor: Actor) -> dict[str, Any] | None:
    """The statements' section of the start page."""
    found = queries.find_statements(session, actor=actor)
    if not found:
        return None
    return {
        "title": gettext("Statements"),
        "more_url": url_for("statement_pages.show_statements") if len(found) > _CARDS else None,
        "cards": [_card(session, statement, actor) for statement in found[:_CARDS]],
    }


def _card(session: Session, statement: Statement, actor: Actor) -> dict[str, Any]:
    deal = agreements.get_agreement_card(session, statement.agreement_id, actor=actor)
    subject = deal.terms.document["subject"]
    return {
        "title": statement.number,
        "url": _url(statement.id),
        "kicker": statement.period,
        "figure": f"¥{statement.amount_fen // 100:,}.{statement.amount_fen % 100:02d}",
        "text": subject["title_zh" if speaks_chinese() else "title_en"],
    }


def _url(statement_id: str) -> str:
    return url_for("statement_pages.show_statement", statement_id=statement_id)
