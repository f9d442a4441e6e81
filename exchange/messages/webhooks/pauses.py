"""How long to wait after a failure, and what to think of a time that lies too far ahead."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_

FIRST_PAUSE = timedelta(seconds=5)
#: Longest pause of one message, and of an endpoint that does not answer at all.
LONGEST_PAUSE = timedelta(hours=6)
LONGEST_REST = timedelta(hours=1)
#: Later than any pause or lease that is ever set: such a time was noted by a clock that went wrong.
FAR = timedelta(hours=12)
_FACTOR = 3
_LEAST = timedelta(seconds=1)


def pause_after(failures: int, *, longest: timedelta = LONGEST_PAUSE) -> timedelta:
    """Exponential back-off with full jitter, so that many messages do not come back in step."""
    grown: timedelta = FIRST_PAUSE * _FACTOR ** min(failures - 1, 20)
    return max(_LEAST, min(grown, longest) * random.random())  # noqa: S311 - no secret


def is_due(column: Any, now: datetime) -> ColumnElement[bool]:
    """The condition that a time has come, or can never have been meant."""
    return or_(column.is_(None), column <= now, column > now + FAR)
