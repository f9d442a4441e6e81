"""From a request with its purpose to agreed terms; every round is kept."""

from contracts.negotiations.events import OfferAccepted
from contracts.negotiations.queries import AgreedOffer, get_agreed_offer

__all__ = ["AgreedOffer", "OfferAccepted", "get_agreed_offer"]
