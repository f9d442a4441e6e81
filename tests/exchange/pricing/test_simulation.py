"""What would it have cost? The same bills as the statements', from any table of use."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.pricing import (
    DatedUse,
    Declared,
    Life,
    PricePlan,
    Quantities,
    QuantityInvalid,
    TaxTerms,
    Usage,
    dated_use,
    simulate,
)
from exchange.pricing.simulation import MAX_USAGE_ROWS, SimulationInvalid

from .second_rater import bill_fen
from .strategies import metered_documents, quantities


def plan(model, **members):
    return PricePlan.from_json({"model": model, **members})


def rows(on, number):
    return DatedUse(on, Quantities(rows=number))


PER_ROW = plan("per_row", unit_price_micro=1_000_000)
PACKAGE = plan(
    "package", fee_micro=50_000_000, included_rows=100, expiry_days=20, over_price_micro=1_000_000
)
TRIAL = plan("per_row", unit_price_micro=1_000_000, trial={"days": 10})


def amounts(simulation):
    return {period.period: period.amount.gross_fen for period in simulation.periods}


class TestPeriods:
    def test_are_charged_one_by_one(self):
        use = [rows("2026-09", 3), rows("2026-10-05", 1), rows("2026-10-31", 1)]

        assert amounts(simulate(PER_ROW, use)) == {"2026-09": 300, "2026-10": 200}

    def test_without_use_in_between_carry_their_fee(self):
        monthly = plan("subscription", fee_micro=10_000_000)

        assert amounts(simulate(monthly, [rows("2026-09", 3), rows("2026-11", 1)])) == {
            "2026-09": 1000,
            "2026-10": 1000,
            "2026-11": 1000,
        }

    def test_share_the_declared_revenue_and_name_the_months_without(self):
        share = plan("revenue_share", share_bp=1_000, minimum_micro=500_000)
        use = [
            dated_use(row, share)
            for row in (
                {"on": "2026-09", "revenue_fen": 1_000, "rows": 7},
                {"on": "2026-11-03", "revenue_fen": 200},
                {"on": "2026-11-20", "revenue_fen": 700},
            )
        ]
        simulation = simulate(share, use)

        assert amounts(simulation) == {"2026-09": 100, "2026-10": 50, "2026-11": 90}
        assert [period.declared for period in simulation.periods] == [
            Declared(1, 1_000),
            Declared(),
            Declared(2, 900),
        ]
        assert simulation.periods[1].lines[0].key == "undeclared:model"

    def test_whose_revenue_is_not_told_are_refused(self):
        with pytest.raises(SimulationInvalid, match="counts revenue_fen"):
            dated_use({"on": "2026-09", "rows": 7}, plan("revenue_share", share_bp=1))

    def test_are_added_up_with_tax_rounded_once_a_bill(self):
        simulation = simulate(
            PER_ROW, [rows("2026-09", 1), rows("2026-10", 1)], tax=TaxTerms(600, included=True)
        )

        assert [period.amount.net_fen for period in simulation.periods] == [94, 94]
        assert (simulation.amount.net_fen, simulation.amount.tax_fen) == (188, 12)

    def test_reach_from_the_first_day_of_the_agreement_to_its_last(self):
        yearly = plan("subscription", fee_micro=10_000_000, term="quarter")
        simulation = simulate(
            yearly, [rows("2026-10", 3)], starts_on=date(2026, 9, 10), ends_on=date(2027, 1, 5)
        )

        assert amounts(simulation) == {
            "2026-09": 1000,
            "2026-10": 0,
            "2026-11": 0,
            "2026-12": 1000,
            "2027-01": 0,
        }


class TestFirstDays:
    def test_are_told_apart_by_days(self):
        use = [rows("2026-10-10", 4), rows("2026-10-11", 5)]

        assert amounts(simulate(TRIAL, use)) == {"2026-10": 500}

    def test_begin_with_the_agreement(self):
        use = [rows("2026-10-10", 4), rows("2026-10-14", 5), rows("2026-10-15", 6)]

        assert amounts(simulate(TRIAL, use, starts_on=date(2026, 10, 5))) == {"2026-10": 600}

    def test_cannot_be_told_from_the_total_of_a_month(self):
        with pytest.raises(SimulationInvalid, match="2026-10 is given as one total"):
            simulate(TRIAL, [rows("2026-10", 9)])

    def test_that_end_with_the_month_can(self):
        trial = plan("per_row", unit_price_micro=1_000_000, trial={"days": 31})

        assert amounts(simulate(trial, [rows("2026-10", 9), rows("2026-11", 2)])) == {
            "2026-10": 0,
            "2026-11": 200,
        }

    def test_of_a_package_cover_use_in_the_order_of_time(self):
        use = [rows("2026-10-25", 80), rows("2026-11-02", 30), rows("2026-11-20", 1)]

        assert amounts(simulate(PACKAGE, use, starts_on=date(2026, 10, 20))) == {
            "2026-10": 5000,
            "2026-11": 1100,
        }


@settings(max_examples=100)
@given(metered_documents().filter(lambda item: "days" not in item.get("trial", {})), quantities())
def test_one_month_costs_what_the_reference_says(document, used):
    simulation = simulate(PricePlan.from_json(document), [DatedUse("2026-10", used)])

    assert simulation.amount.gross_fen == bill_fen(document, Usage(used), Life())


@given(st.lists(st.integers(1, 31), min_size=1, max_size=10), quantities())
def test_days_of_a_month_cost_what_their_total_does(days, used):
    tiered = plan(
        "per_call",
        tiers={
            "mode": "volume",
            "steps": [{"up_to": 30, "unit_price_micro": 77_777}, {"up_to": None, "unit_price_micro": 5}],
        },
    )
    whole = sum((used for _ in days), Quantities())

    by_days = simulate(tiered, [DatedUse(f"2026-10-{day:02d}", used) for day in days])
    assert by_days.amount == simulate(tiered, [DatedUse("2026-10", whole)]).amount


class TestRefusals:
    @pytest.mark.parametrize("on", ["2026", "2026-13", "2026-02-30", "10.2026", "", None])
    def test_of_a_date_that_is_none(self, on):
        with pytest.raises(SimulationInvalid):
            DatedUse(on, Quantities())

    @pytest.mark.parametrize("number", [0, MAX_USAGE_ROWS + 1])
    def test_of_no_use_and_of_too_much(self, number):
        with pytest.raises(SimulationInvalid, match="can be simulated"):
            simulate(PER_ROW, [rows("2026-10-01", 1)] * number)

    @pytest.mark.parametrize(
        ("starts_on", "ends_on"),
        [(date(2026, 11, 1), None), (None, date(2026, 10, 1)), (date(2026, 10, 6), None)],
    )
    def test_of_use_outside_the_agreement(self, starts_on, ends_on):
        with pytest.raises(SimulationInvalid, match="outside"):
            simulate(PER_ROW, [rows("2026-10-05", 1)], starts_on=starts_on, ends_on=ends_on)

    def test_of_more_months_than_anybody_reads(self):
        with pytest.raises(SimulationInvalid, match="too many"):
            simulate(PER_ROW, [rows("1990-01", 1), rows("2026-10", 1)])

    def test_of_a_quantity_that_the_plan_counts_and_nobody_gave(self):
        with pytest.raises(SimulationInvalid) as caught:
            dated_use({"on": "2026-10", "calls": 5}, plan("per_hit", unit_price_micro=1))

        assert caught.value.field == "hits"

    def test_of_a_quantity_that_nobody_counts(self):
        with pytest.raises(SimulationInvalid) as caught:
            dated_use({"on": "2026-10", "rows": 5, "clicks": 1}, PER_ROW)

        assert caught.value.field == "clicks"

    def test_of_a_count_that_is_none(self):
        with pytest.raises(QuantityInvalid):
            dated_use({"on": "2026-10", "rows": "5"}, PER_ROW)


def test_calls_without_a_word_on_their_success_all_succeeded():
    assert (
        dated_use({"on": "2026-10", "calls": 5}, plan("per_call", unit_price_micro=1)).quantities.succeeded
        == 5
    )
