"""Tables of the search index; all of it can be made again from the listings."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class SearchIndex(Base):
    """The one row by which writers queue and readers see that something changed."""

    __tablename__ = "search_index"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Another one with every change, and random: what a process remembers is right only under its stamp.
    stamp: Mapped[str] = mapped_column(String(40))
    #: The number that the newest entry was given.
    last_number: Mapped[int]


class SearchEntry(Base):
    """A listing on offer under the number by which the index knows it.

    A listing gets a new number whenever it is listed anew, so a higher number is a newer one, and what
    the index still holds about an old number means nothing.
    """

    __tablename__ = "search_entries"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    listing_id: Mapped[str] = mapped_column(ForeignKey("listings.id"), unique=True)
    organisation_id: Mapped[str] = mapped_column(String(40))
    #: Price model -> what one unit or term costs, in micro-yuan; for sorting within one price model.
    prices: Mapped[dict[str, Any]]
    #: The last day on offer; from the next one on it is not found, before any job says so.
    expires_on: Mapped[str | None] = mapped_column(String(10))
    listed_at: Mapped[datetime]
    #: What a list shows of the listing.
    card: Mapped[dict[str, Any]]


class SearchPosting(Base):
    """Which listings of a block have a token (kind `word`) or a facet's value (kind is the facet)."""

    __tablename__ = "search_postings"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    token: Mapped[str] = mapped_column(String(120), primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True)
    #: One byte for each listing of the block, compressed; see `places`.
    places: Mapped[bytes] = mapped_column(LargeBinary)
