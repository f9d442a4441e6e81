"""Search over what is on offer: an index of words and facets that both databases hold in the same form."""

from exchange.catalogue.search.index import follow_listing, follow_revision
from exchange.catalogue.search.question import terms_of
from exchange.catalogue.search.service import Found, FoundListing, Wish, search_for_each, search_listings

__all__ = [
    "Found",
    "FoundListing",
    "Wish",
    "follow_listing",
    "follow_revision",
    "search_for_each",
    "search_listings",
    "terms_of",
]
