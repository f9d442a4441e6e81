"""Sending what was recorded, and cutting it off when data may not flow any more.

A generator that nobody pulls cannot look at anything, so one thread of the process looks every second at the
agreements under which something is being sent, with one read for all of them, and shuts the connections of
those that have ended or are stopped. That wakes a sender that waits for a reader who does not read, too.
"""

import logging
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contracts.deliveries import queries, service
from contracts.deliveries.models import DeliveryRecord
from contracts.deliveries.standing import Cause
from exchange import datasets
from exchange.core import clock
from exchange.core.database import Database

logger = logging.getLogger(__name__)

#: Between two looks; a cut is to happen within five seconds.
LOOK_S: Final = 1.0
#: A node that cannot ask for so long stops sending, because nobody can tell it to.
BLIND_S: Final = 4.0
#: Smaller answers are in the connection's own buffer at once, where nothing can cut them.
CUTTABLE_BYTES: Final = 1 << 18


@dataclass(frozen=True)
class Parcel:
    """What is being sent, and under what."""

    delivery_id: str
    agreement_id: str
    revision_id: str
    size_bytes: int

    @classmethod
    def of(cls, record: DeliveryRecord, revision_id: str) -> "Parcel":
        return cls(record.id, record.agreement_id, revision_id, record.size_bytes)


class Sending:
    """One answer as the server's response body; counts what it hands over and ends when it is cut.

    The server closes it when the answer is sent, broken off by the caller, or cut.
    """

    def __init__(
        self, parcel: Parcel, body: Iterable[bytes], watch: "Watch", connection: socket.socket | None
    ) -> None:
        self.parcel = parcel
        self.cause: Cause | None = None
        self.sent_bytes = 0
        self._body, self._watch, self._connection = body, watch, connection
        self._is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        self._watch.begin(self)
        for chunk in self._body:
            if self.cause is not None:
                return
            yield chunk
            # Asked for the next one, the server has given this one to the connection.
            self.sent_bytes += len(chunk)

    def cut(self, cause: Cause) -> None:
        """End it: nothing more is handed over, and what waits in the connection is thrown away."""
        self.cause = self.cause or cause
        if self._connection is None:
            return
        try:
            # Closing sends a reset instead of the rest of the buffer, of which a slow reader has megabytes.
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the caller has gone by itself

    def close(self) -> None:
        """Called by the server; notes a cut that left something unsent."""
        if self._is_closed:
            return
        self._is_closed = True
        self._watch.end(self)
        getattr(self._body, "close", lambda: None)()
        if self.cause is not None and self.sent_bytes < self.parcel.size_bytes:
            self._watch.note(self)


class Watch:
    """The one thread of a process that looks whether what is being sent may go on; it rests while nothing is."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = clock.now,
        look_s: float = LOOK_S,
        blind_s: float = BLIND_S,
    ) -> None:
        self.database, self._now = database, now
        self._look_s, self._blind_s = look_s, blind_s
        self._lock = threading.Lock()
        self._under_way: set[Sending] = set()
        self._thread: threading.Thread | None = None

    def begin(self, sending: Sending) -> None:
        """Look after an answer until it ends."""
        with self._lock:
            self._under_way.add(sending)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="wdx-sending", daemon=True)
                self._thread.start()

    def end(self, sending: Sending) -> None:
        """Look no longer after an answer."""
        with self._lock:
            self._under_way.discard(sending)

    def note(self, sending: Sending) -> None:
        """Put on record that an answer was cut; where the database does not answer, only in the node's log."""
        parcel, at = sending.parcel, self._now()
        logger.warning("delivery cut", extra={"delivery": parcel.delivery_id, "cause": sending.cause})
        try:
            self.database.write(
                lambda session: service.note_cut(
                    session,
                    delivery_id=parcel.delivery_id,
                    agreement_id=parcel.agreement_id,
                    cause=sending.cause or Cause.UNKNOWN,
                    sent_bytes=sending.sent_bytes,
                    size_bytes=parcel.size_bytes,
                    now=at,
                )
            )
        except Exception:
            logger.exception("cut delivery not recorded", extra={"delivery": parcel.delivery_id})

    def _run(self) -> None:
        seen = time.monotonic()
        while (found := self._waiting()) is not None:
            try:
                self._look(found)
                seen = time.monotonic()
            except Exception:
                logger.exception("cannot see whether deliveries may go on")
                if time.monotonic() - seen >= self._blind_s:
                    for sending in found:
                        sending.cut(Cause.UNKNOWN)
            time.sleep(self._look_s)

    def _waiting(self) -> list[Sending] | None:
        with self._lock:
            if not self._under_way:
                self._thread = None  # the next answer starts another thread
                return None
            return list(self._under_way)

    def _look(self, found: list[Sending]) -> None:
        agreement_ids = {sending.parcel.agreement_id for sending in found}
        revision_ids = {sending.parcel.revision_id for sending in found}
        with self.database.reading() as session:
            stops = queries.find_stops(session, agreement_ids, at=self._now())
            revoked = datasets.find_revocations(session, revision_ids)
        for sending in found:
            cause = stops.get(sending.parcel.agreement_id)
            if cause is None and sending.parcel.revision_id in revoked:
                cause = Cause.REVOKED
            if cause is not None:
                sending.cut(cause)


def connection_of(environ: dict[str, Any]) -> socket.socket | None:
    """The caller's connection, as far as the server in front hands it on."""
    found = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    return found if isinstance(found, socket.socket) else None


def pieces_of(body: bytes) -> Iterator[bytes]:
    """A body in pieces between which it can be cut."""
    for start in range(0, len(body), CUTTABLE_BYTES):
        yield body[start : start + CUTTABLE_BYTES]
