import pytest

from exchange.catalogue.price_protection import compare_prices
from exchange.pricing import Direction

ROWS = {"model": "per_row", "unit_price_micro": 2_000, "free_rows": 10}
TERMS = {"tax_included": True, "tax_rate_bp": 600}


def prices(*plans, **terms):
    entries = [{"code": code, "plan": {**ROWS, "unit_price_micro": price}} for code, price in plans]
    return {"price_plans": entries, "price_terms": {**TERMS, **terms}}


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        (prices(("a", 1)), prices(("a", 1), ("b", 9)), Direction.SAME),
        (prices(("a", 1), ("b", 9)), prices(("a", 1)), Direction.INCREASE),
        (prices(("a", 2), ("b", 2)), prices(("a", 1), ("b", 3)), Direction.INCREASE),
        (prices(("a", 2), ("b", 2)), prices(("a", 1), ("b", 2)), Direction.DECREASE),
        (prices(("a", 1)), prices(("a", 1), tax_included=False), Direction.INCREASE),
        (
            prices(("a", 1), tax_included=False),
            prices(("a", 1), tax_included=False, tax_rate_bp=601),
            Direction.INCREASE,
        ),
        (prices(("a", 1)), prices(("a", 1), tax_rate_bp=900), Direction.SAME),
    ],
)
def test_one_increase_among_the_prices_of_a_listing_decides(old, new, direction):
    assert compare_prices(old, new).direction == direction
