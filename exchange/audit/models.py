"""Tables of the evidence log: tiles and checkpoints; the entries are the event rows themselves."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class LogTile(Base):
    """The hashes of one tile; a row grows to full width and then never changes."""

    __tablename__ = "log_tiles"

    level: Mapped[int] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(Base):
    """The log's signed statement of its size and root; one per size, for ever."""

    __tablename__ = "log_checkpoints"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime]
