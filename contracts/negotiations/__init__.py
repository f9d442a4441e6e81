"""From a request with its purpose, or a private offer, to agreed terms; every round is kept."""

from contracts.negotiations.drafts import Renewal
from contracts.negotiations.events import AccessRequested, OfferAccepted, PrivateOfferMade
from contracts.negotiations.opening import open_renewal
from contracts.negotiations.queries import AgreedOffer, get_agreed_offer
from contracts.negotiations.reactions import link_demand
from contracts.negotiations.rounds import HouseRules, Proposal

__all__ = [
    "AccessRequested",
    "AgreedOffer",
    "HouseRules",
    "OfferAccepted",
    "PrivateOfferMade",
    "Proposal",
    "Renewal",
    "get_agreed_offer",
    "link_demand",
    "open_renewal",
]
