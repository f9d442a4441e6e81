"""What is on offer: listings with their terms of use and price, reviewed before anybody sees them."""

from exchange.catalogue.queries import (
    PublishedListing,
    find_listings_of_dataset,
    get_published_listing,
    get_version_card,
)

__all__ = ["PublishedListing", "find_listings_of_dataset", "get_published_listing", "get_version_card"]
