from datetime import UTC, datetime

import pytest

from exchange.catalogue.review.deadlines import ReviewDays, due_at


@pytest.mark.parametrize(
    ("begun", "days", "due"),
    [
        ("2026-11-24T04:00", 3, "2026-11-28T00:00:00+08:00"),
        # Friday evening in Wuhan: the three days are Monday to Wednesday.
        ("2026-11-27T12:00", 3, "2026-12-03T00:00:00+08:00"),
        # Saturday there already, though Friday in UTC.
        ("2026-11-27T16:30", 1, "2026-12-01T00:00:00+08:00"),
        ("2026-12-30T04:00", 8, "2027-01-12T00:00:00+08:00"),
    ],
)
def test_working_days_begin_after_the_day_and_leave_weekends_out(begun, days, due):
    assert due_at(datetime.fromisoformat(begun).replace(tzinfo=UTC), days) == datetime.fromisoformat(due)


def test_each_kind_has_its_days():
    days = ReviewDays(3, 5, 8)

    assert [days.of(kind) for kind in ("dataset", "api", "report", "application", "model")] == [
        3,
        3,
        3,
        5,
        8,
    ]
