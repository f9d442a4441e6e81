"""Who is told of a negotiation's rounds: the side that did not take them."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from contracts.negotiations.models import Negotiation
from contracts.terms.document import BUYER
from exchange import catalogue
from exchange.core.i18n import N_
from exchange.core.telling import Both, Fact, Telling, Topic, shortened
from exchange.participants import organisation_name


def tell_requested(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider: a buyer asks for its data."""
    negotiation = _negotiation(session, fact)
    yield _telling(
        session,
        negotiation,
        negotiation.provider_id,
        N_("%(other)s asks for %(title)s, for the purpose: %(purpose)s"),
        purpose=shortened(fact.payload["request"]["purpose"]),
    )


def tell_privately_offered(session: Session, fact: Fact) -> Iterator[Telling]:
    """The buyer: a provider offers it data that it had not asked for."""
    negotiation = _negotiation(session, fact)
    yield _telling(
        session, negotiation, negotiation.buyer_id, N_("%(other)s made you a private offer for %(title)s.")
    )


def tell_offered(session: Session, fact: Fact) -> Iterator[Telling]:
    """The buyer: there is an offer to accept."""
    negotiation = _negotiation(session, fact)
    yield _telling(
        session, negotiation, negotiation.buyer_id, N_("%(other)s made you an offer for %(title)s.")
    )


def tell_countered(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider: the buyer wants other conditions."""
    negotiation = _negotiation(session, fact)
    yield _telling(
        session, negotiation, negotiation.provider_id, N_("%(other)s made a counter-offer for %(title)s.")
    )


def tell_accepted(session: Session, fact: Fact) -> Iterator[Telling]:
    """The side whose conditions were accepted."""
    negotiation = _negotiation(session, fact)
    by_buyer = fact.payload["role"] == BUYER
    yield _telling(
        session,
        negotiation,
        negotiation.provider_id if by_buyer else negotiation.buyer_id,
        N_("%(other)s accepted your conditions for %(title)s."),
    )


def tell_expired(session: Session, fact: Fact) -> Iterator[Telling]:
    """Both sides: nobody answered in time."""
    negotiation = _negotiation(session, fact)
    for recipient in (negotiation.provider_id, negotiation.buyer_id):
        yield _telling(
            session,
            negotiation,
            recipient,
            N_("The negotiation with %(other)s on %(title)s expired unanswered."),
        )


def tell_ended(session: Session, fact: Fact) -> Iterator[Telling]:
    """The other side: there will be no agreement."""
    negotiation = _negotiation(session, fact)
    by_provider = fact.payload["outcome"] == "declined"
    yield _telling(
        session,
        negotiation,
        negotiation.buyer_id if by_provider else negotiation.provider_id,
        N_("%(other)s ended the negotiation on %(title)s. Reason: %(reason)s"),
        reason=shortened(fact.payload["reason"]),
    )


def _telling(
    session: Session, negotiation: Negotiation, recipient: str, message: str, **values: str | Both
) -> Telling:
    other = negotiation.buyer_id if recipient == negotiation.provider_id else negotiation.provider_id
    return Telling(
        Topic.NEGOTIATIONS,
        (recipient,),
        message,
        {
            "other": organisation_name(session, other),
            "title": catalogue.version_title(session, negotiation.listing_id, negotiation.listing_version),
            **values,
        },
        page=f"/negotiations/{negotiation.id}",
    )


def _negotiation(session: Session, fact: Fact) -> Negotiation:
    return session.get_one(Negotiation, fact.payload["negotiation_id"])
