"""What is on offer: listings with their terms of use and price, reviewed twice before anybody sees them."""

from exchange.catalogue.events import (
    ListingDelisted,
    ListingExpired,
    ListingResumed,
    ListingSuspended,
    ListingVersionDecided,
)
from exchange.catalogue.queries import (
    PublishedListing,
    are_deliveries_stopped,
    find_listings_of_dataset,
    find_on_offer,
    get_listing_state,
    get_newest_card,
    get_provider_id,
    get_published_listing,
    get_version_card,
    require_on_offer,
)
from exchange.catalogue.telling import listing_page, listing_title, version_title

__all__ = [
    "ListingDelisted",
    "ListingExpired",
    "ListingResumed",
    "ListingSuspended",
    "ListingVersionDecided",
    "PublishedListing",
    "are_deliveries_stopped",
    "find_listings_of_dataset",
    "find_on_offer",
    "get_listing_state",
    "get_newest_card",
    "get_provider_id",
    "get_published_listing",
    "get_version_card",
    "listing_page",
    "listing_title",
    "require_on_offer",
    "version_title",
]
