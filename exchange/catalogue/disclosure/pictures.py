"""The small pictures of a list of listings: drawn once, and shown only while their samples may be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.orm import Session

from exchange import datasets
from exchange.catalogue import queries
from exchange.catalogue.disclosure.view import small_picture

#: Some kilobytes each.
_MOST_PICTURES = 2_000


@dataclass(frozen=True)
class Pictured:
    """All that decides what the picture of a listing on offer shows: the version and its data never change."""

    listing_id: str
    digest: str
    revision_id: str


class _NotDrawn:
    """Stands for a picture that was not drawn yet, since None says that there is none to draw."""


_NOT_DRAWN = _NotDrawn()
_drawn: dict[Pictured, Markup | None] = {}


def small_pictures(
    session: Session, listings: Collection[Pictured], *, now: datetime
) -> dict[str, Markup | None]:
    """The pictures of listings on offer by their ids, for a reader who may see these listings.

    Whether the provider lets a sample be shown is asked each time: it may be withheld at any moment.
    """
    shown = datasets.find_open_samples(session, [item.revision_id for item in listings])
    wanted = [item for item in listings if item.revision_id in shown]
    # Asked for one by one: another thread may empty the memory in between.
    kept = {item: _drawn.get(item, _NOT_DRAWN) for item in wanted}
    found = {item: picture for item, picture in kept.items() if not isinstance(picture, _NotDrawn)}
    missing = {item.listing_id: item for item in wanted if item not in found}
    for listing in queries.find_on_offer(session, missing, now=now) if missing else ():
        item = missing[listing.id]
        if (listing.digest, listing.revision_id) == (item.digest, item.revision_id):
            found[item] = _keep(item, small_picture(session, listing, now=now))
    return {item.listing_id: picture for item, picture in found.items()}


def _keep(item: Pictured, picture: Markup | None) -> Markup | None:
    if len(_drawn) >= _MOST_PICTURES:
        _drawn.clear()
    _drawn[item] = picture
    return picture
