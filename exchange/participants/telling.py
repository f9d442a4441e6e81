"""Who is told of what happens to organisations, their people and keys."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from exchange.core.i18n import N_
from exchange.core.telling import Both, Fact, Telling, Topic, shortened
from exchange.participants import queries
from exchange.participants.actors import OPERATOR, REGULATOR


def organisation_name(session: Session, organisation_id: str) -> Both:
    """An organisation's name in both languages, for a sentence."""
    card = queries.get_organisation_card(session, organisation_id)
    return Both(card.name_zh, card.name_en)


def tell_registered(session: Session, fact: Fact) -> Iterator[Telling]:
    """The operator: somebody waits to be verified."""
    payload = fact.payload
    if {OPERATOR, REGULATOR} & set(payload["roles"]):
        return  # made by somebody who sits at the server, and verified by that
    yield Telling(
        Topic.ORGANISATION,
        tuple(queries.find_operator_ids(session)),
        N_("%(name)s asks to take part and waits for your verification."),
        {"name": Both(payload["name_zh"], payload["name_en"])},
    )


def tell_decided(_session: Session, fact: Fact) -> Iterator[Telling]:
    """The organisation: whether it was verified."""
    verified = fact.payload["decision"] == "verified"
    yield Telling(
        Topic.ORGANISATION,
        (fact.payload["organisation_id"],),
        N_("Your organisation was verified. Reason: %(reason)s")
        if verified
        else N_("Your organisation was not verified. Reason: %(reason)s"),
        {"reason": shortened(fact.payload["reason"])},
        page="/",
    )


def tell_person_added(_session: Session, fact: Fact) -> Iterator[Telling]:
    """The organisation itself: somebody may act for it from now on."""
    yield Telling(
        Topic.ORGANISATION,
        (fact.payload["organisation_id"],),
        N_("A further person may act for your organisation: %(person)s, with the duties %(duties)s."),
        {"person": fact.payload["person_id"], "duties": ", ".join(fact.payload["duties"])},
    )


def tell_key_enrolled(_session: Session, fact: Fact) -> Iterator[Telling]:
    """The organisation itself: a key signs for it from now on."""
    yield Telling(
        Topic.ORGANISATION,
        (fact.payload["organisation_id"],),
        N_("A signing key of your organisation was enrolled: %(kid)s."),
        {"kid": fact.payload["kid"]},
    )


def tell_key_revoked(_session: Session, fact: Fact) -> Iterator[Telling]:
    """The organisation itself: nothing that the key signs counts from now on."""
    yield Telling(
        Topic.ORGANISATION,
        (fact.payload["organisation_id"],),
        N_("The signing key %(kid)s of your organisation was revoked (%(reason)s)."),
        {"kid": fact.payload["kid"], "reason": fact.payload["reason"]},
    )
