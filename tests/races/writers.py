"""A process that writes to the embedded database; a module of its own so that `spawn` can import it."""

import time

from exchange.core.database import Database, insert_ignoring
from exchange.core.jobs import JobLease


def write_rows(url: str, name: str, rows: int, barrier, waits) -> None:
    """Write rows one transaction each; report the longest wait in milliseconds, or -1 on any failure."""
    database = Database(url, lock_timeout_ms=10_000)
    barrier.wait(60)
    longest = 0
    try:
        for number in range(rows):
            began = time.monotonic()
            with database.writing() as session:
                insert_ignoring(session, JobLease, name=f"{name}-{number}")
            longest = max(longest, round((time.monotonic() - began) * 1000))
    except Exception:
        longest = -1
        raise
    finally:
        waits.put(longest)
        database.dispose()
