"""Whether data may flow under an agreement at an instant; the gate and the watch over sending ask the same."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class Cause(StrEnum):
    """Why nothing flows."""

    #: The agreement has ended, early or by its terms.
    ENDED = "ended"
    #: A hold stands: an order's or the listing's.
    HELD = "held"
    #: The revision was withdrawn.
    REVOKED = "revoked"
    #: The node could not find out whether data may flow.
    UNKNOWN = "unknown"


#: Members of a meter that `cause_of_stop` reads.
STANDING: Final = ("valid_until", "stopped_at", "stopped_until")


def cause_of_stop(meter: Any, at: datetime) -> Cause | None:
    """Why nothing may flow at an instant; None when it may, as far as time and holds go.

    Args:
        meter: the meter, or a row of its members that `STANDING` names; None where there is no meter.
    """
    if meter is None or at >= meter.valid_until:
        return Cause.ENDED
    if meter.stopped_at is not None and (meter.stopped_until is None or at < meter.stopped_until):
        return Cause.HELD
    return None
