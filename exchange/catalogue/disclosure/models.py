"""The table of the secrets under which samples are masked."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class ListingMaskKey(Base):
    """The secret of one listing; it never leaves the server, and no answer holds it."""

    __tablename__ = "listing_mask_keys"

    listing_id: Mapped[str] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    #: 32 random bytes, the key of HMAC-SHA-256.
    key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
