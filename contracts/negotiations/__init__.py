"""From a request with its purpose, or a private offer, to agreed terms; every round is kept."""

from contracts.negotiations.drafts import Renewal
from contracts.negotiations.events import (
    AccessRequested,
    NegotiationEnded,
    NegotiationExpired,
    OfferAccepted,
    PrivateOfferMade,
    TermsCountered,
    TermsOffered,
)
from contracts.negotiations.opening import open_renewal
from contracts.negotiations.queries import AgreedOffer, get_agreed_offer
from contracts.negotiations.reactions import link_demand
from contracts.negotiations.rounds import HouseRules, Proposal

__all__ = [
    "AccessRequested",
    "AgreedOffer",
    "HouseRules",
    "NegotiationEnded",
    "NegotiationExpired",
    "OfferAccepted",
    "PrivateOfferMade",
    "Proposal",
    "Renewal",
    "TermsCountered",
    "TermsOffered",
    "get_agreed_offer",
    "link_demand",
    "open_renewal",
]
