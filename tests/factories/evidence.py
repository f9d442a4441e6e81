"""The evidence of a market as its operator could rewrite it: any story, properly logged and signed."""

import copy
from dataclasses import dataclass
from typing import Any

from exchange.app import replay_rules
from exchange.audit import (
    Checkpoint,
    LogEntry,
    Report,
    RightEdge,
    VKey,
    decode_entry,
    encode_entry,
    encode_record,
    record_digest,
    sign_checkpoint,
    verify_bundle,
    write_bundle,
)
from exchange.audit.merkle import leaf_hashes
from exchange.audit.queries import iterate_items
from exchange.audit.sequencer import number_all
from exchange.core.entries import decode_record


@dataclass
class Told:
    """One event of the story; its payload may be changed."""

    entry: LogEntry
    payload: dict[str, Any] | None

    @property
    def type(self) -> str:
        return self.entry.type


class Evidence:
    """Everything logged so far; what a test does to `events` is what the operator did."""

    def __init__(self, market) -> None:
        self.context = market.context
        self.events = _read(market.context, market.now)

    def of_type(self, event_type: str) -> list[Told]:
        return [event for event in self.events if event.type == event_type]

    def one(self, event_type: str) -> Told:
        (event,) = self.of_type(event_type)
        return event

    def drop(self, *events: Told) -> None:
        self.events = [event for event in self.events if not any(event is gone for gone in events)]

    def repeat(self, event: Told) -> Told:
        """The event told a second time, right after the first, to be changed."""
        again = copy.deepcopy(event)
        again.entry = replace_id(again.entry)
        self.events.insert(self.events.index(event) + 1, again)
        return again

    def verify(self) -> Report:
        """Log and sign the story with the operator's own key, and have it verified offline."""
        items = [_encoded(event) for event in self.events]
        origin, key = self.context.settings.log_origin, self.context.log_key
        edge, _ = RightEdge().extend(leaf_hashes(entry for entry, _ in items))
        path = self.context.settings.home / "evidence.zip"
        write_bundle(
            path,
            checkpoint_note=sign_checkpoint(Checkpoint(origin, edge.size, edge.root), key),
            key=key,
            origin=origin,
            vkey=VKey(origin, key.public),
            batches=[items],
        )
        return verify_bundle(path, rules=replay_rules(), log_key=VKey(origin, key.public))

    def findings(self) -> str:
        """What the verifier finds, as one text; empty when it finds nothing."""
        return "\n".join(finding.message for finding in self.verify().findings)


def replace_id(entry: LogEntry) -> LogEntry:
    return entry._replace(id=f"{entry.id}-again")


def _read(context, now) -> list[Told]:
    number_all(context.database, key=context.log_key, origin=context.settings.log_origin, now=now)
    with context.database.reading() as session:
        items = [item for batch in iterate_items(session, 10_000) for item in batch]
    return [Told(decode_entry(entry), decode_record(record)) for entry, record in items]


def _encoded(event: Told) -> tuple[bytes, bytes | None]:
    if event.payload is None:
        return encode_entry(event.entry), None
    record = encode_record(b"\0" * 16, event.payload)
    return encode_entry(event.entry._replace(payload=record_digest(record))), record
