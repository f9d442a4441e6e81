"""Facts of the deal: one row per event, written in the transaction that makes the fact true.

The row is the evidence log's source. Its `entry` is what the log hashes; it holds only the digest of
the `record`, so that a record may be erased by law and the log still verifies.
"""

import os
from collections.abc import Callable, Collection
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from sqlalchemy import BigInteger, Index, LargeBinary, String, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.core.clock import to_millis
from exchange.core.database import Base, BigKey
from exchange.core.entries import SALT_BYTES, LogEntry, encode_entry, encode_record, record_digest
from exchange.core.identifiers import new_id

#: Who acts when no person does: the exchange itself.
EXCHANGE = "exchange"


class Event(Protocol):
    """A frozen dataclass in the past tense; its fields are canonical JSON values."""

    type: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


class EventRow(Base):
    """One committed fact; only its place in the log may be filled in later, once."""

    __tablename__ = "events"
    __table_args__ = (
        Index(
            "ix_events_unnumbered",
            "id",
            sqlite_where=text("position IS NULL"),
            postgresql_where=text("position IS NULL"),
        ),
        Index("ix_events_subject_id", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(40), unique=True)
    type: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(80))
    actor: Mapped[str] = mapped_column(String(80))
    occurred_at: Mapped[datetime]
    entry: Mapped[bytes] = mapped_column(LargeBinary)
    #: Salt and canonical payload; NULL once erased.
    record: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Index in the evidence log; NULL until the sequencer has numbered the committed row.
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)


def record_event(session: Session, event: Event, *, subject: str, actor: str, at: datetime) -> None:
    """Write the fact and run the reactions to it, all in the caller's transaction.

    Args:
        subject: id of the thing the fact is about; a deal's timeline is read by it.
        actor: id of the person who acted, or `EXCHANGE`.

    """
    payload = {item.name: _plain(getattr(event, item.name)) for item in fields(event)}
    session.execute(insert(EventRow), [event_row(event.type, payload, subject=subject, actor=actor, at=at)])
    reactions: dict[type, tuple[Callable[..., None], ...]] = session.info.get("reactions", {})
    for react in reactions.get(type(event), ()):
        react(session, event, at=at)


def _plain(value: Any) -> Any:
    # States are StrEnums in models; canonical JSON takes exact types only.
    return value.value if isinstance(value, StrEnum) else value


def find_events(session: Session, subjects: list[str], types: Collection[str]) -> list[EventRow]:
    """Events of some types about the subjects, in the order in which they were written."""
    return list(
        session.scalars(
            select(EventRow)
            .where(EventRow.subject.in_(subjects), EventRow.type.in_(types))
            .order_by(EventRow.id)
        )
    )


def event_row(
    event_type: str, payload: dict[str, Any], *, subject: str, actor: str, at: datetime
) -> dict[str, Any]:
    """Build the columns of an event row, with its frozen entry and salted record."""
    event_id = new_id("evt")
    record = encode_record(os.urandom(SALT_BYTES), payload)
    entry = encode_entry(
        LogEntry(event_type, event_id, to_millis(at), subject, actor, record_digest(record))
    )
    return {
        "event_id": event_id,
        "type": event_type,
        "subject": subject,
        "actor": actor,
        "occurred_at": at,
        "entry": entry,
        "record": record,
    }
