"""Tables of webhooks: where to, with which secrets, what is under way, and how each attempt went."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from exchange.core.database import Base


class EndpointState(StrEnum):
    """Whether anything is sent to an endpoint."""

    ACTIVE = "active"
    #: It failed for too long, or said that it is gone; its owner may enable it again.
    DISABLED = "disabled"
    REMOVED = "removed"


class DispatchState(StrEnum):
    """How far a message is on its way to an endpoint."""

    WAITING = "waiting"
    SENT = "sent"
    #: Given up; its owner may replay it.
    PARKED = "parked"


class WebhookEndpoint(Base):
    """An address of an organisation's own program; one node at a time sends to it."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'disabled', 'removed')", name="state"),
        Index("ix_webhook_endpoints_organisation_id", "organisation_id"),
        Index("ix_webhook_endpoints_state_served_at", "state", "served_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    url: Mapped[str] = mapped_column(String(500))
    #: Event types, or their beginnings with `.*`; empty for everything.
    events: Mapped[list[Any]]
    description: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    #: Why it was disabled; NULL while it never was.
    state_reason: Mapped[str | None] = mapped_column(String(300))
    registered_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    registered_at: Mapped[datetime]
    #: Failed attempts since the last success, and since when.
    failures: Mapped[int]
    failing_since: Mapped[datetime | None]
    #: Nothing is tried before; NULL while all is well.
    retry_at: Mapped[datetime | None]
    #: When it last had its turn.
    served_at: Mapped[datetime]
    owner: Mapped[str | None] = mapped_column(String(120))
    leased_until: Mapped[datetime | None]
    #: Counts the turns; who has an older number has lost its turn.
    fence: Mapped[int]


class WebhookSecret(Base):
    """A secret of an endpoint; the key itself lies sealed among the data keys, under this id."""

    __tablename__ = "webhook_secrets"
    __table_args__ = (Index("ix_webhook_secrets_endpoint_id", "endpoint_id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoints.id"))
    made_at: Mapped[datetime]
    #: Until when it still signs beside its successor; NULL for the newest.
    ends_at: Mapped[datetime | None]


class WebhookDispatch(Base):
    """One message on its way to one endpoint."""

    __tablename__ = "webhook_dispatches"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'parked')", name="state"),
        Index("ix_webhook_dispatches_endpoint_id_position", "endpoint_id", "position"),
        Index("ix_webhook_dispatches_message_id", "message_id"),
        Index(
            "ix_webhook_dispatches_due",
            "endpoint_id",
            "next_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoints.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    #: The message's place in the log, in which order dispatches go.
    position: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20))
    queued_at: Mapped[datetime]
    #: When it is given up, if it was tried often enough by then.
    expires_at: Mapped[datetime]
    next_at: Mapped[datetime]
    #: Since it was queued, and ever.
    tries: Mapped[int]
    attempts: Mapped[int]
    #: The answer of the last attempt; NULL when there was none.
    last_status: Mapped[int | None]
    sent_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """How one attempt went; the receiver's answer itself is not kept."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["endpoint_id", "message_id"],
            ["webhook_dispatches.endpoint_id", "webhook_dispatches.message_id"],
            ondelete="CASCADE",
        ),
    )

    endpoint_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    elapsed_ms: Mapped[int]
    #: Status of the answer; NULL when there was none.
    status: Mapped[int | None]
    #: What went wrong; NULL when it arrived.
    failure: Mapped[str | None] = mapped_column(String(300))
