"""The rate that terms may set: so many deliveries in any 60 seconds, counted from the delivery records.

Numbers have no gaps, so the one delivery that decides is found by its number; nothing is kept beside the records,
and the offline verifier asks the same of the log.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from contracts.deliveries.models import DeliveryRecord
from exchange.core.clock import to_millis
from exchange.core.errors import LimitExceeded

WINDOW_MS: Final = 60_000
_RECORDS = DeliveryRecord.__table__.c
_TIME_OF = select(_RECORDS.recorded_at).where(
    _RECORDS.agreement_id == bindparam("agreement_id"), _RECORDS.number == bindparam("number")
)


class RateExceeded(LimitExceeded):
    """The terms grant fewer deliveries in 60 seconds."""

    code = "rate-exceeded"


def require_pace(session: Session, agreement_id: str, *, granted: int, made: int, at: datetime) -> None:
    """Refuse the next delivery while the terms' number of them lies in the last 60 seconds.

    The caller holds the meter, so no node records one in between.

    Args:
        made: number of the last delivery.

    Raises:
        RateExceeded: with `retry_after_s`.
    """
    if made < granted:
        return
    decides = {"agreement_id": agreement_id, "number": made + 1 - granted}
    earlier = session.connection().execute(_TIME_OF, decides).scalar_one()
    if (wait_ms := too_soon_ms(to_millis(earlier), to_millis(at))) > 0:
        seconds = -(-wait_ms // 1000)
        raise RateExceeded(
            f"the terms grant {granted} deliveries in 60 seconds, and so many were made",
            remedy=f"Ask again in {seconds} seconds.",
            retry_after_s=seconds,
        )


def too_soon_ms(earlier_ms: int, at_ms: int) -> int:
    """How much is missing to 60 seconds between two deliveries; 0 or less when nothing is.

    A clock that was set back is no earlier delivery: it makes the wait longer, at most by what it was set back.
    """
    return earlier_ms + WINDOW_MS - at_ms
