"""The signed agreement: frozen terms, the signatures over exactly those bytes, and its life."""

from contracts.agreements.events import AgreementExecuted, AgreementFrozen, AgreementSigned
from contracts.agreements.queries import (
    AgreementCard,
    find_agreements_on_data,
    find_executed_agreements,
    get_agreement_card,
    get_ends_at,
    get_executed_at,
    get_terms,
    ids_of_listing,
)
from contracts.agreements.reactions import close_demand
from contracts.agreements.service import freeze_agreed_offer
from contracts.agreements.telling import deal_page

__all__ = [
    "AgreementCard",
    "AgreementExecuted",
    "AgreementFrozen",
    "AgreementSigned",
    "close_demand",
    "deal_page",
    "find_agreements_on_data",
    "find_executed_agreements",
    "freeze_agreed_offer",
    "get_agreement_card",
    "get_ends_at",
    "get_executed_at",
    "get_terms",
    "ids_of_listing",
]
