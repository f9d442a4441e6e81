"""Tables of mail: what each person wants, and what is under way."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class MailState(StrEnum):
    """How far a mail is."""

    WAITING = "waiting"
    SENT = "sent"
    #: Given up: refused for good, or for too long.
    PARKED = "parked"


class MailChoice(Base):
    """What a person wants by mail; without a row, nothing."""

    __tablename__ = "mail_choices"
    __table_args__ = (
        CheckConstraint("language IN ('zh', 'en')", name="language"),
        Index("ix_mail_choices_organisation_id", "organisation_id"),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    #: The person's login, where that is a mail address.
    address: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    topics: Mapped[list[Any]]
    chosen_at: Mapped[datetime]


class MailDispatch(Base):
    """One message on its way to one person."""

    __tablename__ = "mail_dispatches"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'parked')", name="state"),
        Index("ix_mail_dispatches_message_id", "message_id"),
        Index(
            "ix_mail_dispatches_due",
            "next_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("mail_choices.person_id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    queued_at: Mapped[datetime]
    #: When it is given up, if it was tried often enough by then.
    expires_at: Mapped[datetime]
    next_at: Mapped[datetime]
    tries: Mapped[int]
    leased_until: Mapped[datetime | None]
    #: Counts the claims; who has an older number has lost the mail to another node.
    fence: Mapped[int]
    failure: Mapped[str | None] = mapped_column(String(300))
    sent_at: Mapped[datetime | None]
