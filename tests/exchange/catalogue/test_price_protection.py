from datetime import date

import pytest

from exchange.catalogue.price_protection import compare_plans, compare_prices, earliest_increase
from exchange.pricing import PricePlan

ROWS = {"model": "per_row", "unit_price_micro": 2_000, "free_rows": 10}
TERMS = {"tax_included": True, "tax_rate_bp": 600}


def plan(**changes):
    return PricePlan.from_json({**ROWS, **changes})


@pytest.mark.parametrize(
    ("changes", "direction"),
    [
        ({}, "same"),
        ({"unit_price_micro": 1_999}, "down"),
        ({"free_rows": 11}, "down"),
        ({"unit_price_micro": 2_001}, "up"),
        ({"free_rows": 9}, "up"),
        # Cheaper for many rows and dearer for few: somebody pays more.
        ({"unit_price_micro": 1, "free_rows": 9}, "up"),
    ],
)
def test_a_plan_that_may_cost_anybody_more_is_dearer(changes, direction):
    assert compare_plans(plan(), plan(**changes)).direction == direction


def test_another_model_counts_as_dearer():
    change = compare_plans(plan(), PricePlan.from_json({"model": "subscription", "fee_micro": 1}))

    assert (change.direction, change.reasons) == ("up", ("the model changes from per_row to subscription",))


def test_a_subscription_is_compared_by_its_fee():
    plans = [PricePlan.from_json({"model": "subscription", "fee_micro": fee}) for fee in (2, 1)]

    assert compare_plans(*plans).direction == "down"


def prices(*plans, **terms):
    entries = [{"code": code, "plan": {**ROWS, "unit_price_micro": price}} for code, price in plans]
    return {"price_plans": entries, "price_terms": {**TERMS, **terms}}


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        (prices(("a", 1)), prices(("a", 1), ("b", 9)), "same"),
        (prices(("a", 1), ("b", 9)), prices(("a", 1)), "up"),
        (prices(("a", 2), ("b", 2)), prices(("a", 1), ("b", 3)), "up"),
        (prices(("a", 2), ("b", 2)), prices(("a", 1), ("b", 2)), "down"),
        (prices(("a", 1)), prices(("a", 1), tax_included=False), "up"),
        (prices(("a", 1), tax_included=False), prices(("a", 1), tax_included=False, tax_rate_bp=601), "up"),
        (prices(("a", 1)), prices(("a", 1), tax_rate_bp=900), "same"),
    ],
)
def test_one_increase_among_the_prices_of_a_listing_decides(old, new, direction):
    assert compare_prices(old, new).direction == direction


@pytest.mark.parametrize(
    ("on", "days", "earliest"),
    [
        (date(2026, 11, 24), 90, date(2027, 3, 1)),
        (date(2026, 12, 1), 90, date(2027, 3, 1)),
        (date(2026, 12, 2), 90, date(2027, 4, 1)),
        (date(2026, 9, 3), 90, date(2027, 1, 1)),
        (date(2026, 11, 24), 0, date(2026, 12, 1)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
    ],
)
def test_an_increase_begins_on_the_first_of_a_month_after_the_notice(on, days, earliest):
    assert earliest_increase(on, days) == earliest
