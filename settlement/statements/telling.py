"""Who is told of bills: the two parties of the deal."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from contracts import agreements
from exchange.core.i18n import N_
from exchange.core.money import format_yuan
from exchange.core.telling import Both, Fact, Telling, Topic


def tell_issued(session: Session, fact: Fact) -> Iterator[Telling]:
    """Buyer and provider, each with its own amount."""
    payload = fact.payload
    subject = agreements.get_terms(session, payload["agreement_id"]).document["subject"]
    values = {
        "number": payload["number"],
        "period": payload["period"],
        "title": Both(subject["title_zh"], subject["title_en"]),
    }
    page = f"/statements/{payload['statement_id']}"
    yield Telling(
        Topic.BILLS,
        (payload["buyer_id"],),
        N_("Statement %(number)s for %(period)s on %(title)s: you owe ¥%(amount)s."),
        {**values, "amount": format_yuan(payload["amount_fen"])},
        page,
    )
    yield Telling(
        Topic.BILLS,
        (payload["provider_id"],),
        N_("Statement %(number)s for %(period)s on %(title)s: ¥%(amount)s are owed to you."),
        {**values, "amount": format_yuan(payload["provider_fen"])},
        page,
    )
