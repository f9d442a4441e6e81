"""What happened in a deal, in the order of time; later stages add their own parts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TimelineItem:
    """One line of a deal's story."""

    at: datetime
    title: str
    detail: str = ""
    url: str | None = None
