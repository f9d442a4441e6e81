"""Who is told of declared revenue: the provider, whose share it is."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from contracts.agreements import get_terms
from contracts.agreements.telling import deal_page
from contracts.terms.document import PROVIDER
from exchange.core.i18n import N_
from exchange.core.money import format_yuan
from exchange.core.telling import Both, Fact, Telling, Topic


def tell_declared(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider: what its buyer made in a month, as it says."""
    payload = fact.payload
    terms = get_terms(session, payload["agreement_id"])
    subject = terms.document["subject"]
    yield Telling(
        Topic.BILLS,
        (terms.party(PROVIDER).organisation_id,),
        N_("Revenue of %(period)s with %(title)s was declared: ¥%(amount)s."),
        {
            "period": payload["period"],
            "title": Both(subject["title_zh"], subject["title_en"]),
            "amount": format_yuan(payload["revenue_fen"]),
        },
        page=deal_page(payload["agreement_id"]),
    )
