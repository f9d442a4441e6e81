"""Tables of messages, and how far the log has been followed."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base
from exchange.core.telling import Topic

#: The longest sentence, in characters.
TEXT_LENGTH = 1000


class Message(Base):
    """What one organisation is told of one event; only its reading is added later."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint(f"topic IN ({', '.join(repr(topic.value) for topic in Topic)})", name="topic"),
        # An event has one place in the log, so this also keeps it from being told twice.
        UniqueConstraint("organisation_id", "position"),
        Index(
            "ix_messages_unread",
            "organisation_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index("ix_messages_told_at", "told_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    event_id: Mapped[str] = mapped_column(String(40))
    event_type: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(80))
    #: The event's place in the evidence log; messages are read in this order.
    position: Mapped[int] = mapped_column(BigInteger)
    topic: Mapped[str] = mapped_column(String(20))
    text_zh: Mapped[str] = mapped_column(String(TEXT_LENGTH))
    text_en: Mapped[str] = mapped_column(String(TEXT_LENGTH))
    #: Path of the page to read on; empty where there is none.
    page: Mapped[str] = mapped_column(String(200))
    occurred_at: Mapped[datetime]
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))


class FollowedLog(Base):
    """How many entries of the evidence log have been told; one row."""

    __tablename__ = "followed_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Entries below this position are told, or stand among the untold events.
    size: Mapped[int] = mapped_column(BigInteger)


class UntoldEvent(Base):
    """An event whose teller failed: it is tried again, and the others go on."""

    __tablename__ = "untold_events"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    failure: Mapped[str] = mapped_column(String(500))
    failed_at: Mapped[datetime]
