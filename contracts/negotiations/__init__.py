"""From a request with its purpose to agreed terms; every round is kept."""

from contracts.negotiations.events import AccessRequested, NegotiationEnded, OfferAccepted, TermsOffered
from contracts.negotiations.queries import AgreedOffer, get_agreed_offer
from contracts.negotiations.reactions import link_demand

__all__ = [
    "AccessRequested",
    "AgreedOffer",
    "NegotiationEnded",
    "OfferAccepted",
    "TermsOffered",
    "get_agreed_offer",
    "link_demand",
]
