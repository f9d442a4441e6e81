from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.clock import day_of, from_millis, now, parse_period, period_of, to_millis, to_text
from exchange.core.errors import Invalid

LAST_MILLISECOND_OF_NOVEMBER = datetime(2026, 11, 30, 15, 59, 59, 999_000, tzinfo=UTC)


def test_now_is_aware_and_in_utc():
    assert now().utcoffset() == timedelta(0)


@given(st.integers(-(2**40), 2**42))
def test_milliseconds_survive_the_way_to_an_instant_and_back(millis):
    assert to_millis(from_millis(millis)) == millis


def test_instants_leave_the_service_in_utc_with_milliseconds():
    assert to_text(datetime(2026, 11, 24, 12, 0, 0, 5_999, tzinfo=UTC)) == "2026-11-24T12:00:00.005Z"


def test_a_month_ends_at_midnight_in_shanghai():
    first_of_december = LAST_MILLISECOND_OF_NOVEMBER + timedelta(milliseconds=1)

    assert period_of(LAST_MILLISECOND_OF_NOVEMBER).key == "2026-11"
    assert period_of(first_of_december).key == "2026-12"


def test_a_period_holds_its_first_instant_and_not_its_end():
    november = parse_period("2026-11")

    assert november.start in november
    assert november.end not in november


def test_december_is_followed_by_january():
    assert parse_period("2026-12").end == parse_period("2027-01").start


def test_periods_know_the_summer_time_of_1986():
    """Asia/Shanghai was nine hours ahead from May to September; a fixed offset would be wrong."""
    assert parse_period("1986-07").start == datetime(1986, 6, 30, 15, tzinfo=UTC)


def test_a_day_is_a_calendar_day_in_shanghai():
    assert day_of(datetime(2026, 11, 24, 16, 0, tzinfo=UTC)) == "2026-11-25"


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026", "2026-1", "november", ""])
def test_a_text_that_is_no_month_is_refused_with_how_to_write_one(text):
    with pytest.raises(Invalid, match="billing period") as refusal:
        parse_period(text)

    assert (refusal.value.field, refusal.value.remedy) == ("period", "Write it as YYYY-MM.")
