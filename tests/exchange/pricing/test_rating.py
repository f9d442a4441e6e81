"""Rating by example and by property; the second rater is written from the reference alone."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from math import floor

import pytest
from hypothesis import given, settings

from exchange.pricing import AmountOutOfRange, PricePlan, Quantities, QuantityInvalid, quote, rate

from .strategies import periods, plan_documents, plans, quantities

PER_ROW = PricePlan.from_json({"model": "per_row", "unit_price_micro": 125_000, "free_rows": 10})
SUBSCRIPTION = PricePlan.from_json({"model": "subscription", "fee_micro": 2_000_000_000})


def summary(lines):
    return [(line.key, line.quantity, line.amount_fen) for line in lines]


def by_key(lines):
    fen, micro, quantity = Counter(), Counter(), Counter()
    for line in lines:
        fen[line.key] += line.amount_fen
        micro[line.key] += line.amount_micro
        quantity[line.key] += line.quantity
    return [{key: n for key, n in counted.items() if n} for counted in (fen, micro, quantity)]


def second_rater_fen(document, used):
    """The bill of a whole period in fractions of a yuan, straight from the terms."""
    if document["model"] == "subscription":
        yuan = Fraction(document["fee_micro"], 10**6)
    elif document["model"] == "per_row":
        yuan = Fraction(document["unit_price_micro"], 10**6) * max(
            0, used.rows - document.get("free_rows", 0)
        )
    else:
        yuan = Fraction(document["unit_price_micro"], 10**6) * max(
            0, used.calls - document.get("free_calls", 0)
        )
    return floor(yuan * 100 + Fraction(1, 2))


class TestPerUnit:
    def test_the_free_quantity_is_a_line_of_its_own_and_costs_nothing(self):
        assert summary(quote(PER_ROW, Quantities(rows=11))) == [
            ("rows:free_rows", 10, 0),
            ("rows:unit_price_micro", 1, 13),
        ]

    def test_the_boundary_belongs_to_the_free_quantity(self):
        assert summary(quote(PER_ROW, Quantities(rows=10))) == [("rows:free_rows", 10, 0)]

    def test_the_free_quantity_is_given_once_per_period(self):
        later = rate(PER_ROW, Quantities(rows=10), Quantities(rows=12))

        assert summary(later) == [("rows:unit_price_micro", 2, 25)]

    def test_calls_are_not_charged_by_a_plan_per_row(self):
        assert quote(PER_ROW, Quantities(calls=5)) == ()

    def test_a_correction_is_a_negative_line(self):
        line = rate(PER_ROW, Quantities(rows=12), Quantities(rows=11))[0]

        assert (line.quantity, line.amount_micro, line.amount_fen) == (-1, -125_000, -12)


class TestSubscription:
    def test_the_first_statement_of_a_period_carries_the_fee_even_without_use(self):
        assert summary(rate(SUBSCRIPTION, None, Quantities())) == [("months:fee_micro", 1, 200_000)]

    def test_a_later_statement_shows_the_included_rows_and_no_fee(self):
        later = rate(SUBSCRIPTION, Quantities(rows=3), Quantities(rows=8))

        assert summary(later) == [("rows:included_rows", 5, 0)]


@settings(deadline=None)
@given(plan_documents, quantities)
def test_a_second_rater_agrees(document, used):
    lines = quote(PricePlan.from_json(document), used)

    assert sum(line.amount_fen for line in lines) == second_rater_fen(document, used)


@settings(deadline=None)
@given(plans, periods())
def test_lines_of_any_cutting_sum_to_the_uncut_bill(plan, states):
    cut = [line for before, after in pairwise([None, *states]) for line in rate(plan, before, after)]

    assert by_key(cut) == by_key(quote(plan, states[-1]))


@settings(deadline=None)
@given(plans, quantities, quantities)
def test_a_bill_never_falls_as_use_grows(plan, used, more):
    grown = Quantities(rows=used.rows + more.rows, calls=used.calls + more.calls)

    assert all(line.amount_fen >= 0 for line in rate(plan, used, grown))


@settings(deadline=None)
@given(plans, quantities)
def test_nothing_used_since_the_last_statement_costs_nothing(plan, used):
    assert rate(plan, used, used) == ()


def test_the_largest_amount_of_64_bits_is_rated():
    plan = PricePlan.from_json({"model": "per_row", "unit_price_micro": 1})

    assert quote(plan, Quantities(rows=2**63 - 1))[0].amount_micro == 2**63 - 1


def test_an_amount_beyond_64_bits_is_refused():
    plan = PricePlan.from_json({"model": "per_row", "unit_price_micro": 2})

    with pytest.raises(AmountOutOfRange):
        quote(plan, Quantities(rows=2**62))


@pytest.mark.parametrize("wrong", [{"rows": -1}, {"calls": -1}, {"rows": 2**63}])
def test_a_quantity_outside_64_bits_or_below_zero_is_refused(wrong):
    with pytest.raises(QuantityInvalid) as caught:
        Quantities(**wrong)

    assert caught.value.field == next(iter(wrong))
