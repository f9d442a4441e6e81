"""Reads of agreements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from contracts.agreements.models import Agreement, AgreementSignature
from contracts.terms import Terms, require_contract_id
from exchange import catalogue, datasets, participants
from exchange.core.errors import NotFound
from exchange.participants import Actor
from exchange.trust import Signature, jws


@dataclass(frozen=True)
class AgreementCard:
    """An agreement as other rooms and pages see it."""

    id: str
    negotiation_id: str
    listing_id: str
    provider_id: str
    buyer_id: str
    state: str
    frozen_at: datetime
    executed_at: datetime | None
    #: Until when it is in force as things stand; early ends count.
    ends_at: datetime
    terms: Terms


def get_agreement(session: Session, agreement_id: str, *, actor: Actor) -> Agreement:
    """One agreement that the actor may see.

    Raises:
        NotFound: there is none, or the actor is neither party nor overseer.
    """
    agreement = session.get(Agreement, agreement_id)
    if agreement is None or not (
        actor.oversees or actor.organisation_id in {agreement.provider_id, agreement.buyer_id}
    ):
        raise NotFound(f"there is no agreement {agreement_id}")
    return agreement


def get_agreement_card(session: Session, agreement_id: str, *, actor: Actor) -> AgreementCard:
    """One agreement that the actor may see, read-only."""
    return _card(get_agreement(session, agreement_id, actor=actor))


def get_terms(session: Session, agreement_id: str) -> Terms:
    """The frozen terms, for work that acts for the exchange itself."""
    data = session.scalar(select(Agreement.terms).where(Agreement.id == agreement_id))
    if data is None:
        raise NotFound(f"there is no agreement {agreement_id}")
    return Terms.read(data)


def get_executed_at(session: Session, agreement_id: str) -> datetime:
    """When the last signature was given.

    Raises:
        NotFound: there is no such agreement, or it is not signed by everybody yet.
    """
    executed_at = session.scalar(select(Agreement.executed_at).where(Agreement.id == agreement_id))
    if executed_at is None:
        raise NotFound(f"there is no executed agreement {agreement_id}")
    return executed_at


def get_ends_at(session: Session, agreement_id: str) -> datetime:
    """Until when an agreement is in force as things stand: the end in the terms, or an earlier one."""
    ends_at = session.scalar(select(Agreement.valid_until).where(Agreement.id == agreement_id))
    if ends_at is None:
        raise NotFound(f"there is no agreement {agreement_id}")
    return ends_at


def get_negotiation_id(session: Session, agreement_id: str) -> str:
    """The negotiation that led to an agreement, for work that acts for the exchange itself."""
    negotiation_id = session.scalar(select(Agreement.negotiation_id).where(Agreement.id == agreement_id))
    if negotiation_id is None:
        raise NotFound(f"there is no agreement {agreement_id}")
    return negotiation_id


def find_agreements(
    session: Session, *, actor: Actor, negotiation_id: str | None = None, contract_id: str | None = None
) -> list[AgreementCard]:
    """The agreements an actor may see, newest first.

    Raises:
        ContractIdInvalid: the contract id that is asked for is none.
    """
    query = select(Agreement).order_by(Agreement.frozen_at.desc(), Agreement.id)
    if not actor.oversees:
        mine = actor.organisation_id
        query = query.where(or_(Agreement.provider_id == mine, Agreement.buyer_id == mine))
    if negotiation_id is not None:
        query = query.where(Agreement.negotiation_id == negotiation_id)
    if contract_id is not None:
        query = query.where(Agreement.contract_id == require_contract_id(contract_id))
    return [_card(agreement) for agreement in session.scalars(query)]


def find_executed_agreements(
    session: Session, *, before: datetime, valid_after: datetime
) -> list[AgreementCard]:
    """Agreements executed before an instant and in force after another, for work of the exchange itself."""
    query = select(Agreement).where(Agreement.executed_at < before, Agreement.valid_until > valid_after)
    return [_card(agreement) for agreement in session.scalars(query.order_by(Agreement.id))]


def ids_of_listing(listing_id: str) -> Select[str]:
    """The agreements on a listing, as a query for another room's condition."""
    return select(Agreement.id).where(Agreement.listing_id == listing_id)


def find_agreements_on_data(
    session: Session, enquiry: datasets.AgreementsOnData
) -> list[datasets.AgreementOnData]:
    """Answer which executed agreements are there on a data set, or of a buyer; ended ones too."""
    query = select(Agreement).where(Agreement.executed_at.is_not(None)).order_by(Agreement.id)
    if enquiry.dataset_id is not None:
        listings = catalogue.find_listings_of_dataset(session, enquiry.dataset_id)
        query = query.where(Agreement.listing_id.in_(listings))
    if enquiry.buyer_id is not None:
        query = query.where(Agreement.buyer_id == enquiry.buyer_id)
    return [_on_data(agreement) for agreement in session.scalars(query)]


def signatures_of(session: Session, agreement_id: str) -> dict[str, Signature]:
    """The parties' signatures by role."""
    rows = session.scalars(
        select(AgreementSignature).where(AgreementSignature.agreement_id == agreement_id)
    )
    return {row.role: Signature(row.protected, row.signature) for row in rows}


def contract_document(session: Session, agreement: Agreement) -> dict[str, Any]:
    """The whole contract as one JSON document: JWS general JSON and the exchange's countersignature."""
    signatures = signatures_of(session, agreement.id)
    return {
        "terms_sha256": agreement.terms_sha256,
        "jws": jws.general_json(agreement.terms, [signatures[role] for role in sorted(signatures)]),
        "roles": sorted(signatures),
        "certificates": _certificates(session, signatures),
        "countersignature": agreement.countersignature,
    }


def _certificates(session: Session, signatures: dict[str, Signature]) -> list[str]:
    kids = [jws.read_header(signatures[role]).kid for role in sorted(signatures)]
    newest = participants.newest_certificates(session, kids)
    return [newest[kid].statement for kid in kids if kid in newest]


def _on_data(agreement: Agreement) -> datasets.AgreementOnData:
    terms = Terms.read(agreement.terms)
    return datasets.AgreementOnData(
        agreement_id=agreement.id,
        buyer_id=agreement.buyer_id,
        dataset_id=terms.dataset_id,
        revision_id=terms.revision_id,
        columns=terms.columns,
        valid_until=agreement.valid_until,
    )


def _card(agreement: Agreement) -> AgreementCard:
    return AgreementCard(
        id=agreement.id,
        negotiation_id=agreement.negotiation_id,
        listing_id=agreement.listing_id,
        provider_id=agreement.provider_id,
        buyer_id=agreement.buyer_id,
        state=agreement.state,
        frozen_at=agreement.frozen_at,
        executed_at=agreement.executed_at,
        ends_at=agreement.valid_until,
        terms=Terms.read(agreement.terms),
    )
