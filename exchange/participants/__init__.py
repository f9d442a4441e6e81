"""Who takes part: organisations, their people, and the keys with which they sign."""

from exchange.participants.actors import Actor
from exchange.participants.keys.queries import (
    get_active_key,
    get_exchange_key,
    get_public_key,
    newest_certificates,
    require_active_key,
)
from exchange.participants.queries import (
    OrganisationCard,
    find_card_by_uscc,
    find_operator_ids,
    find_organisation_cards,
    get_actor,
    get_login,
    get_operator_card,
    get_organisation_card,
)
from exchange.participants.telling import organisation_name

__all__ = [
    "Actor",
    "OrganisationCard",
    "find_card_by_uscc",
    "find_operator_ids",
    "find_organisation_cards",
    "get_active_key",
    "get_actor",
    "get_exchange_key",
    "get_login",
    "get_operator_card",
    "get_organisation_card",
    "get_public_key",
    "newest_certificates",
    "organisation_name",
    "require_active_key",
]
