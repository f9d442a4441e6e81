"""Net and tax always add back, on charges and on credits."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.pricing import TaxTerms, tax_amount
from exchange.pricing.tax import TaxTermsInvalid

rates = st.builds(TaxTerms, st.integers(0, 10_000), st.booleans())
amounts = st.integers(-(10**15), 10**15)


def test_six_percent_within_a_thousand_yuan():
    amount = tax_amount(100_000, TaxTerms(600, included=True))

    assert (amount.net_fen, amount.tax_fen, amount.gross_fen) == (94_340, 5_660, 100_000)


def test_six_percent_on_top_of_the_net_amount():
    amount = tax_amount(94_340, TaxTerms(600, included=False))

    assert (amount.net_fen, amount.tax_fen, amount.gross_fen) == (94_340, 5_660, 100_000)


def test_a_small_gross_amount_keeps_its_fen():
    amount = tax_amount(9, TaxTerms(600, included=True))

    assert (amount.net_fen, amount.tax_fen) == (8, 1)


@given(amounts, rates)
def test_net_and_tax_add_back_to_gross(amount_fen, terms):
    amount = tax_amount(amount_fen, terms)

    assert amount.net_fen + amount.tax_fen == amount.gross_fen
    assert amount_fen == (amount.gross_fen if terms.included else amount.net_fen)


@given(amounts, rates)
def test_the_rounded_side_is_at_most_half_a_fen_off(amount_fen, terms):
    amount, rate = tax_amount(amount_fen, terms), Fraction(terms.rate_bp, 10_000)
    exact = amount_fen / (1 + rate) if terms.included else amount_fen * (1 + rate)
    rounded = amount.net_fen if terms.included else amount.gross_fen

    assert abs(exact - rounded) <= Fraction(1, 2)


@given(amounts, rates)
def test_a_credit_is_split_like_its_charge(amount_fen, terms):
    charge, credit = tax_amount(amount_fen, terms), tax_amount(-amount_fen, terms)

    assert (charge.net_fen, charge.tax_fen) == (-credit.net_fen, -credit.tax_fen)


@pytest.mark.parametrize("rate", [-1, 10_001, True, "600"])
def test_a_rate_that_is_no_basis_points_is_refused(rate):
    with pytest.raises(TaxTermsInvalid) as caught:
        TaxTerms(rate)

    assert caught.value.field == "tax_rate_bp"
