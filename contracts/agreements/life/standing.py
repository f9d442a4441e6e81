"""Where an agreement stands at an instant, and what its end means; pure, so that no job decides it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.agreements.life.course import Course
from exchange.core.clock import day_of, period_of

_INSTANT = timedelta(milliseconds=1)
_DAY = timedelta(days=1)


class LifeState(StrEnum):
    """Where an agreement stands; that it is disputed is a flag, that it was amended its version."""

    PENDING_SIGNATURES = "pending_signatures"
    #: Everybody has signed.
    SIGNED = "signed"
    #: The execution has its place in the evidence log.
    FILED = "filed"
    EFFECTIVE = "effective"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    EXPIRED = "expired"


ENDED = (LifeState.COMPLETED, LifeState.TERMINATED, LifeState.EXPIRED)


def state_of(course: Course, at: datetime, *, is_filed: bool, is_held: bool) -> LifeState:
    """The state at an instant.

    Args:
        is_filed: the execution is numbered in the evidence log.
        is_held: an order or the listing stops deliveries at the instant.
    """
    if course.closed is not None:
        return LifeState.EXPIRED if course.closed.step == "lapse" else LifeState.TERMINATED
    if course.executed_at is None:
        return LifeState.PENDING_SIGNATURES
    if at >= course.ends_at:
        return _ended(course, at)
    if is_held:
        return LifeState.SUSPENDED
    if not is_filed:
        return LifeState.SIGNED
    return LifeState.FILED if at < course.starts_at else LifeState.EFFECTIVE


def _ended(course: Course, at: datetime) -> LifeState:
    ending = course.ending
    if ending is not None and ending.ends_at < course.terms.valid_until:
        return LifeState.TERMINATED
    return LifeState.COMPLETED if course.is_accepted(at) else LifeState.EXPIRED


def days_left(course: Course, at: datetime) -> int | None:
    """Begun days until the end; None before everybody signed, 0 afterwards."""
    if course.executed_at is None:
        return None
    return max(0, -((at - course.ends_at) // _DAY))


@dataclass(frozen=True)
class Effects:
    """What the end of an agreement does to money, data and access."""

    ends_at: datetime
    #: Last month with a statement; months after it have none, and fixed fees stay as the plan says.
    last_period: str
    #: Months up to this one can have their revenue declared, where the price is a share of it.
    declarable_until: str | None
    #: Last day on which the data may still be there.
    destroy_by: str
    #: The buyer has to confirm the destruction.
    confirmation: bool


def effects_of(course: Course) -> Effects:
    """What the end does, as things stand."""
    end = course.terms.document["end"]
    last = period_of(max(course.ends_at - _INSTANT, course.starts_at)).key
    shares = course.terms.document["price_plan"]["model"] == "revenue_share"
    return Effects(
        ends_at=course.ends_at,
        last_period=last,
        declarable_until=last if shares else None,
        destroy_by=day_of(destroy_by(course)),
        confirmation=end["confirmation"],
    )


def destroy_by(course: Course) -> datetime:
    """Until when the buyer has to have destroyed the data."""
    return course.ends_at + timedelta(days=course.terms.document["end"]["destruction_days"])


def is_destruction_overdue(course: Course, at: datetime) -> bool:
    """Whether the buyer should have confirmed the destruction by now."""
    needed = course.executed_at is not None and course.terms.document["end"]["confirmation"]
    return needed and course.destroyed is None and at >= destroy_by(course)
