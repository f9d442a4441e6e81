"""Who is told of registrations and certificates."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from exchange import catalogue
from exchange.core.i18n import N_
from exchange.core.telling import Fact, Telling, Topic, shortened
from exchange.participants import find_operator_ids
from exchange.registry.models import Objection

_DECIDED = {
    "upheld": N_("The objection to the registration of %(title)s was upheld. Reason: %(reason)s"),
    "dismissed": N_("The objection to the registration of %(title)s was dismissed. Reason: %(reason)s"),
}


def tell_objected(session: Session, fact: Fact) -> Iterator[Telling]:
    """The operator, who is to decide, and the provider whose registration waits for it."""
    listing_id = fact.payload["listing_id"]
    yield Telling(
        Topic.REGISTER,
        (*find_operator_ids(session), catalogue.get_provider_id(session, listing_id)),
        N_("Somebody objected to the registration of %(title)s: %(reason)s"),
        {
            "title": catalogue.version_title(session, listing_id, fact.payload["version"]),
            "reason": shortened(fact.payload["reason"]),
        },
        page=catalogue.listing_page(listing_id),
    )


def tell_objection_decided(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider and who objected."""
    listing_id = fact.payload["listing_id"]
    objection = session.get_one(Objection, fact.payload["objection_id"])
    yield Telling(
        Topic.REGISTER,
        (catalogue.get_provider_id(session, listing_id), objection.organisation_id),
        _DECIDED[fact.payload["decision"]],
        {
            "title": catalogue.version_title(session, listing_id, fact.payload["version"]),
            "reason": shortened(fact.payload["reason"]),
        },
        page=catalogue.listing_page(listing_id),
    )


def tell_issued(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider: its product is registered."""
    listing_id = fact.payload["listing_id"]
    yield Telling(
        Topic.REGISTER,
        (catalogue.get_provider_id(session, listing_id),),
        N_("Registration certificate %(number)s was issued for %(title)s."),
        {
            "number": fact.payload["number"],
            "title": catalogue.version_title(session, listing_id, fact.payload["version"]),
        },
        page=f"/certificates/{fact.payload['number']}",
    )


def tell_revoked(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider: the operator ended its certificate."""
    listing_id = fact.payload["listing_id"]
    yield Telling(
        Topic.REGISTER,
        (catalogue.get_provider_id(session, listing_id),),
        N_("Registration certificate %(number)s of %(title)s was revoked. Reason: %(reason)s"),
        {
            "number": fact.payload["number"],
            "title": catalogue.listing_title(session, listing_id),
            "reason": shortened(fact.payload["reason"]),
        },
        page=f"/certificates/{fact.payload['number']}",
    )
