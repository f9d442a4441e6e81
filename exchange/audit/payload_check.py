"""The payload layer: every entry is well-formed, and its payload is the one it was logged with."""

from collections.abc import Iterator

from exchange.audit.bundle_format import RECORD_LENGTH_BYTES, payload_path
from exchange.audit.bundle_reader import Bundle
from exchange.audit.tiles import (
    TILE_WIDTH,
    TileInvalid,
    decode_entries,
    decode_records,
    entries_path,
    widths,
)
from exchange.core.entries import EntryInvalid, LoggedEvent, decode_entry, decode_record, record_digest
from exchange.core.errors import DomainError
from exchange.core.i18n import N_

#: An event, or what is wrong with it and where.
Outcome = LoggedEvent | tuple[str, int]


def read_events(bundle: Bundle, size: int) -> Iterator[Outcome]:
    """Read the log's events in order, checking each against its payload."""
    for index, width in widths(size):
        entries = decode_entries(bundle.read(entries_path(index, width)), width)
        try:
            content = bundle.read(payload_path(index, width))
            records = decode_records(content, width, length_bytes=RECORD_LENGTH_BYTES)
        except TileInvalid as error:
            yield f"{payload_path(index, width)}: {error.detail}", index * TILE_WIDTH
            continue
        for offset, (entry, record) in enumerate(zip(entries, records, strict=True)):
            position = index * TILE_WIDTH + offset
            try:
                yield _read_event(position, entry, record)
            except DomainError as error:
                yield error.detail, position


def _read_event(position: int, data: bytes, record: bytes) -> LoggedEvent:
    entry = decode_entry(data)
    payload = None
    if record:
        if record_digest(record) != entry.payload:
            raise EntryInvalid(N_("The payload is not the one that was logged."))
        payload = decode_record(record)
    return LoggedEvent(position, entry.type, entry.id, entry.at_ms, entry.subject, entry.actor, payload)
