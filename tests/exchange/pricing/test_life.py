"""What a plan asks of an agreement's life: terms by anniversary, first days, and how far back use counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.clock import parse_period, period_of
from exchange.pricing import PricePlan, Quantities, Reach, reach_of, state_of

#: The 10th of November, noon in Shanghai.
START = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)


def plan(model, **members):
    return PricePlan.from_json({"model": model, **members})


YEARLY = plan("subscription", fee_micro=1, term="year", included_rows=9, over_price_micro=1)
QUARTERLY = plan("subscription", fee_micro=1, term="quarter")
PACKAGE = plan("package", fee_micro=1, included_rows=9, expiry_days=30, over_price_micro=1)
TRIAL_UNITS = plan("per_row", unit_price_micro=1, trial={"units": 5})
TRIAL_DAYS = plan("per_row", unit_price_micro=1, trial={"days": 14})


def reach(any_plan, period, *, days=365, start=START):
    return reach_of(any_plan, start=start, end=start + timedelta(days=days), period=parse_period(period))


def months_with_fee(any_plan, *, start, days, months=40):
    period, found = period_of(start), []
    for _ in range(months):
        if reach(any_plan, period.key, days=days, start=start).begins_term:
            found.append(period.key)
        period = period_of(period.end)
    return found


class TestFee:
    def test_of_a_month_is_for_every_calendar_month(self):
        monthly = plan("subscription", fee_micro=1)

        assert reach(monthly, "2027-03") == Reach(begins_term=True)

    def test_of_a_year_is_due_once_in_an_agreement_of_a_year(self):
        """It ends in the thirteenth calendar month, in which no second year begins."""
        assert months_with_fee(YEARLY, start=START, days=365) == ["2026-11"]

    def test_of_a_year_is_due_again_when_the_agreement_outlasts_it(self):
        assert months_with_fee(YEARLY, start=START, days=366) == ["2026-11", "2027-11"]

    def test_of_a_quarter_is_due_every_third_month(self):
        assert months_with_fee(QUARTERLY, start=START, days=200) == ["2026-11", "2027-02", "2027-05"]

    def test_of_a_quarter_from_the_31st_falls_on_the_last_day_of_a_shorter_month(self):
        start = datetime(2026, 8, 31, 4, 0, tzinfo=UTC)

        assert months_with_fee(QUARTERLY, start=start, days=91) == ["2026-08"]
        assert months_with_fee(QUARTERLY, start=start, days=92) == ["2026-08", "2026-11"]

    @pytest.mark.parametrize("once", [PACKAGE, plan("one_off", fee_micro=1)])
    def test_that_is_due_once_is_due_in_the_first_period(self, once):
        assert months_with_fee(once, start=START, days=900) == ["2026-11"]

    def test_begins_by_the_day_in_shanghai(self):
        """The 30th of November, 16:30 UTC, is December there."""
        start = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)

        assert months_with_fee(PACKAGE, start=start, days=90) == ["2026-12"]

    @given(st.integers(0, 2000), st.integers(1, 1500), st.sampled_from([QUARTERLY, YEARLY]))
    def test_is_due_as_often_as_a_term_begins_before_the_end(self, shift, days, any_plan):
        start = START + timedelta(days=shift)
        due = months_with_fee(any_plan, start=start, days=days, months=60)

        shortest, longest = {3: (89, 92), 12: (365, 366)}[any_plan.term.months]
        assert -(-days // longest) <= len(due) <= -(-days // shortest)


class TestEarlierUse:
    def test_counts_from_the_first_month_of_the_year(self):
        assert reach(YEARLY, "2026-11").since is None
        assert reach(YEARLY, "2027-03").since == "2026-11-01"
        assert reach(YEARLY, "2028-01", days=700).since == "2027-11-01"

    def test_of_the_last_year_counts_to_the_end_of_the_agreement(self):
        assert reach(YEARLY, "2027-11").since == "2026-11-01"

    def test_counts_for_a_trial_in_units_and_not_for_one_in_days(self):
        assert reach(TRIAL_UNITS, "2027-03").since == "2026-11-01"
        assert reach(TRIAL_DAYS, "2027-03").since is None

    def test_does_not_count_once_the_package_has_expired(self):
        assert reach(PACKAGE, "2026-12").since == "2026-11-01"
        assert reach(PACKAGE, "2027-01").since is None

    def test_does_not_count_where_everything_is_included(self):
        assert reach(QUARTERLY, "2027-01").since is None


class TestFirstDays:
    @pytest.mark.parametrize(("any_plan", "last"), [(TRIAL_DAYS, "2026-11-23"), (PACKAGE, "2026-12-09")])
    def test_begin_with_the_day_of_the_last_signature(self, any_plan, last):
        assert reach(any_plan, "2026-11").first_days_end == last


class TestState:
    def counts(self, asked):
        def count(first, last):
            asked.append((first, last))
            return Quantities(rows=len(asked))

        return count

    def test_asks_for_the_period_alone_where_that_is_enough(self):
        asked = []
        state_of(Reach(begins_term=True), parse_period("2027-02"), self.counts(asked))

        assert asked == [("2027-02-01", "2027-02-28")]

    def test_asks_for_the_first_days_within_the_period_and_before_it(self):
        asked = []
        usage, life = state_of(reach(PACKAGE, "2026-12"), parse_period("2026-12"), self.counts(asked))

        assert asked == [
            ("2026-12-01", "2026-12-31"),
            ("2026-12-01", "2026-12-09"),
            ("2026-11-01", "2026-11-30"),
            ("2026-11-01", "2026-11-30"),
        ]
        assert (usage.in_first_days.rows, life.begins_term, life.earlier.in_first_days.rows) == (
            2,
            False,
            4,
        )
