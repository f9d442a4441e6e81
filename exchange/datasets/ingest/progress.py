"""How far an ingest has come, told to whoever wants to show it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Advance:
    """A moment of an ingest: `done` of `total` bytes of the source in this stage, and the rows so far.

    Stages follow one another, each from 0 to its total: `check` (encoding), `types`, `load`, `sort`,
    `profile`.
    """

    stage: str
    done_bytes: int
    total_bytes: int
    rows: int = 0


Progress = Callable[[Advance], None]


def quiet(_advance: Advance) -> None:
    """Tell nobody."""
