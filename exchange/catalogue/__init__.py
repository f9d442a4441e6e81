"""What is on offer: listings with their terms of use and price, reviewed before anybody sees them."""

from exchange.catalogue.events import ListingVersionDecided
from exchange.catalogue.queries import (
    PublishedListing,
    get_listing_state,
    get_published_listing,
    get_version_card,
)

__all__ = [
    "ListingVersionDecided",
    "PublishedListing",
    "get_listing_state",
    "get_published_listing",
    "get_version_card",
]
