"""Each listing's secret for the hashes of its sample."""

from datetime import datetime

from sqlalchemy.orm import Session

from exchange import datasets
from exchange.catalogue.disclosure.models import ListingMaskKey
from exchange.core.errors import NotFound


def make_mask_key(session: Session, *, listing_id: str, now: datetime) -> None:
    """Give a new listing its secret; hashes of two listings cannot be matched with each other."""
    session.add(ListingMaskKey(listing_id=listing_id, key=datasets.new_mask_key(), created_at=now))


def get_mask_key(session: Session, listing_id: str) -> bytes:
    """The secret of a listing.

    Raises:
        NotFound: there is no such listing.
    """
    row = session.get(ListingMaskKey, listing_id)
    if row is None:
        raise NotFound(f"there is no listing {listing_id}")
    return row.key
