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
    #: Who acted, by name.
    actor: str = ""
    #: A digest or key that the line is about; pages shorten it.
    digest: str = ""
    #: Colour of its mark: neutral, info, good, warning or bad.
    tone: str = "neutral"
    #: Index in the evidence log, where the line is one event that has its number.
    position: int | None = None
