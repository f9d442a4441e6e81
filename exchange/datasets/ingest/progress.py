"""How far an ingest has come, told to whoever wants to show it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger(__name__)

_LOGGED_EVERY_S = 10


@dataclass(frozen=True)
class Advance:
    """A moment of an ingest: `done` of `total` bytes in this stage, and the rows when they are known.

    Stages follow one another, each from 0 to its total: `check` (encoding), `types`, `load`, `sort`,
    `balance` (size of the files), `profile`; not every ingest has all, and some come twice.
    """

    stage: str
    done_bytes: int
    total_bytes: int
    rows: int = 0


Progress = Callable[[Advance], None]


def quiet(_advance: Advance) -> None:
    """Tell nobody."""


def logged(name: str) -> Progress:
    """Tell the log now and then; short work is not worth a line."""
    began = last = time.monotonic()

    def tell(advance: Advance) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _LOGGED_EVERY_S:
            return
        last = now
        logger.info(
            "ingest under way",
            extra={
                "source": name,
                "stage": advance.stage,
                "done_bytes": advance.done_bytes,
                "total_bytes": advance.total_bytes,
                "rows": advance.rows,
                "seconds": round(now - began),
            },
        )

    return tell
