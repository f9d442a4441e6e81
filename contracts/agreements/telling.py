"""Who is told of an agreement: its two parties, also when its listing is stopped under them."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.agreements.models import Agreement, AgreementSignature
from contracts.terms import Terms
from exchange.core.i18n import N_
from exchange.core.telling import Both, Fact, Telling, Topic, shortened

#: By type of event and by what happens to deliveries.
_STOPPED = {
    ("listing.suspended", "new_deals_only"): N_(
        "The listing %(title)s was suspended; your agreement goes on. Reason: %(reason)s"
    ),
    ("listing.suspended", "stop_deliveries"): N_(
        "The listing %(title)s was suspended; nothing is delivered to you for now. Reason: %(reason)s"
    ),
    ("listing.delisted", "new_deals_only"): N_(
        "The listing %(title)s was delisted; your agreement goes on. Reason: %(reason)s"
    ),
    ("listing.delisted", "stop_deliveries"): N_(
        "The listing %(title)s was delisted; nothing is delivered to you any more. Reason: %(reason)s"
    ),
}


def tell_frozen(session: Session, fact: Fact) -> Iterator[Telling]:
    """Both parties: their signature is asked for."""
    agreement = _agreement(session, fact)
    yield _telling(
        agreement,
        (agreement.provider_id, agreement.buyer_id),
        N_("The terms for %(title)s are fixed and wait for your signature."),
    )


def tell_signed(session: Session, fact: Fact) -> Iterator[Telling]:
    """The party that has not signed yet: it is its turn."""
    agreement = _agreement(session, fact)
    role = fact.payload["role"]
    other = "buyer" if role == "provider" else "provider"
    signature = session.get(AgreementSignature, (agreement.id, other))
    # By the time of this event: when it is told late, the other one may have signed since.
    if signature is not None and signature.signed_at <= fact.at:
        return
    yield _telling(
        agreement,
        (getattr(agreement, f"{other}_id"),),
        N_("%(signer)s signed the terms for %(title)s; your signature is asked for."),
        signer=_party_name(agreement, role),
    )


def tell_executed(session: Session, fact: Fact) -> Iterator[Telling]:
    """Both parties: data may flow."""
    agreement = _agreement(session, fact)
    yield _telling(
        agreement,
        (agreement.provider_id, agreement.buyer_id),
        N_("The agreement on %(title)s is signed by everybody and in force."),
    )


def tell_listing_stopped(session: Session, fact: Fact) -> Iterator[Telling]:
    """The buyers whose agreements on the listing were in force: what it means for them."""
    for agreement in _in_force(session, fact):
        yield _telling(
            agreement,
            (agreement.buyer_id,),
            _STOPPED[fact.type, fact.payload["effect"]],
            reason=shortened(fact.payload["reason"]),
        )


def tell_listing_resumed(session: Session, fact: Fact) -> Iterator[Telling]:
    """The buyers whose agreements on the listing are in force."""
    for agreement in _in_force(session, fact):
        yield _telling(
            agreement,
            (agreement.buyer_id,),
            N_("The suspension of the listing %(title)s has ended. Reason: %(reason)s"),
            reason=shortened(fact.payload["reason"]),
        )


def deal_page(agreement_id: str) -> str:
    """The path of a deal's page."""
    return f"/deals/{agreement_id}"


def _telling(
    agreement: Agreement, recipients: tuple[str, ...], message: str, **values: str | Both
) -> Telling:
    subject = Terms.read(agreement.terms).document["subject"]
    return Telling(
        Topic.AGREEMENTS,
        recipients,
        message,
        {"title": Both(subject["title_zh"], subject["title_en"]), **values},
        page=deal_page(agreement.id),
    )


def _in_force(session: Session, fact: Fact) -> list[Agreement]:
    return list(
        session.scalars(
            select(Agreement)
            .where(
                Agreement.listing_id == fact.payload["listing_id"],
                Agreement.executed_at <= fact.at,
                Agreement.valid_until > fact.at,
            )
            .order_by(Agreement.id)
        )
    )


def _party_name(agreement: Agreement, role: str) -> Both:
    party = Terms.read(agreement.terms).party(role)
    return Both(party.name_zh, party.name_en)


def _agreement(session: Session, fact: Fact) -> Agreement:
    return session.get_one(Agreement, fact.payload["agreement_id"])
