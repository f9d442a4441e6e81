"""From a request with its purpose, or a private offer, to agreed terms; every round is kept."""

from contracts.negotiations.events import AccessRequested, OfferAccepted, PrivateOfferMade
from contracts.negotiations.queries import AgreedOffer, get_agreed_offer
from contracts.negotiations.reactions import link_demand

__all__ = [
    "AccessRequested",
    "AgreedOffer",
    "OfferAccepted",
    "PrivateOfferMade",
    "get_agreed_offer",
    "link_demand",
]
