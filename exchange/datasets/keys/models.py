"""The table of wrapped data keys; a destroyed one never comes back."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class WrappedDataKey(Base):
    """The key of one revision or upload; without it the stored files are noise."""

    __tablename__ = "data_keys"
    __table_args__ = (CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed"),)

    #: Id of the revision or upload whose files the key opens; the wrapping is bound to it.
    subject: Mapped[str] = mapped_column(String(40), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(20))
    master_key_id: Mapped[str] = mapped_column(String(16), index=True)
    #: NULL once the key is destroyed.
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    wrapped_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]
