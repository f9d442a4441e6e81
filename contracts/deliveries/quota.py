"""When a delivery brings what was used of a quota to a mark of which both sides are told."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from contracts.deliveries.events import DeliveryRecorded, QuotaReached

#: In percent of what the terms grant.
MARKS: Final = (80, 100)


class Spent(NamedTuple):
    """The meter after a delivery."""

    number: int
    delivered_rows: int
    granted_calls: int | None
    granted_rows: int | None


def marks_reached(event: DeliveryRecorded, spent: Spent) -> Iterator[QuotaReached]:
    """The marks that this delivery passed; deliveries follow one another, so each is passed once."""
    yield from _reached(event, "calls", 1, spent.number, spent.granted_calls)
    yield from _reached(event, "rows", event.rows, spent.delivered_rows, spent.granted_rows)


def _reached(
    event: DeliveryRecorded, what: str, added: int, used: int, granted: int | None
) -> Iterator[QuotaReached]:
    if not granted:
        return
    passed = [mark for mark in MARKS if (used - added) * 100 < mark * granted <= used * 100]
    if passed:
        yield QuotaReached(event.agreement_id, what, passed[-1], used, granted, event.number)
