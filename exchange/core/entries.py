"""Log entries and payload records: what is hashed for ever, and what may one day be erased.

An entry holds only the digest of its record; the salt keeps an erased record from being guessed back.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter
from typing import Any, NamedTuple

from exchange.core import canonical
from exchange.core.errors import Invalid

SALT_BYTES = 16
#: The log's bundles give an entry 16 bits of length; an envelope stays far below.
MAX_ENTRY_BYTES = 16_384
#: 256 records of this size, with their lengths, fill the largest member a bundle may have.
MAX_RECORD_BYTES = 256 * 1024 - 4

_VERSION = 1
_ORDER = ("v", "at", "type", "id", "subject", "actor", "payload")
_MEMBERS = set(_ORDER)
_in_order = itemgetter(*_ORDER)
_TEXT_TYPES = frozenset({str})
_DIGEST = re.compile(r"[0-9a-f]{64}")


class EntryInvalid(Invalid):
    """The bytes are not a log entry or payload record of the version known here."""

    code = "entry-invalid"


class LogEntry(NamedTuple):
    """One event as the log holds it; `payload` is the SHA-256 of its record in hex."""

    type: str
    id: str
    at_ms: int
    subject: str
    actor: str
    payload: str


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event at its place in the log; `payload` is None once it was erased."""

    position: int
    type: str
    id: str
    at_ms: int
    subject: str
    actor: str
    payload: dict[str, Any] | None

    @property
    def content(self) -> dict[str, Any]:
        """The payload, for checks that need it.

        Raises:
            PayloadErased: it was erased; a replay counts that and does not call it a finding.
        """
        if self.payload is None:
            raise PayloadErased
        return self.payload


class PayloadErased(Exception):
    """The payload was erased, so what depends on it cannot be checked any more."""


def encode_record(salt: bytes, payload: dict[str, Any]) -> bytes:
    """Write a payload record; its digest goes into the entry."""
    record = salt + canonical.to_bytes(payload)
    if len(salt) != SALT_BYTES:
        raise EntryInvalid(f"The salt of a payload has {SALT_BYTES} bytes.")
    if len(record) > MAX_RECORD_BYTES:
        raise EntryInvalid(
            f"The payload of an event has at most {MAX_RECORD_BYTES} bytes, this one has {len(record)}.",
            remedy="Record the digest of large content instead of the content.",
        )
    return record


def decode_record(record: bytes) -> dict[str, Any]:
    """Read the payload out of a record."""
    payload = canonical.from_bytes(record[SALT_BYTES:])
    if len(record) < SALT_BYTES or type(payload) is not dict:
        raise EntryInvalid("A payload record is a salt and a JSON object.")
    return payload


def record_digest(record: bytes) -> str:
    """The digest by which an entry refers to its record."""
    return sha256(record).hexdigest()


def encode_entry(entry: LogEntry) -> bytes:
    """Write the bytes of the log's leaf."""
    data = canonical.to_bytes(
        {
            "v": _VERSION,
            "type": entry.type,
            "id": entry.id,
            "at": entry.at_ms,
            "subject": entry.subject,
            "actor": entry.actor,
            "payload": entry.payload,
        }
    )
    if len(data) > MAX_ENTRY_BYTES:
        raise EntryInvalid(f"A log entry has at most {MAX_ENTRY_BYTES} bytes.")
    return data


def decode_entry(data: bytes) -> LogEntry:
    """Read the bytes of a leaf, strictly."""
    value = canonical.from_bytes(data)
    if type(value) is not dict or value.keys() != _MEMBERS:
        raise EntryInvalid(f"A log entry has exactly the members {', '.join(sorted(_MEMBERS))}.")
    version, at_ms, *texts = _in_order(value)
    if type(version) is not int or version != _VERSION:
        raise EntryInvalid(f"Version {version!r} of log entries is not known here.")
    if type(at_ms) is not int or not _TEXT_TYPES.issuperset(map(type, texts)):
        raise EntryInvalid("The members of the log entry have the wrong types.")
    kind, event_id, subject, actor, payload = texts
    if not _DIGEST.fullmatch(payload):
        raise EntryInvalid("The payload of a log entry is a SHA-256 in lower-case hex.")
    return LogEntry(kind, event_id, at_ms, subject, actor, payload)
