"""Rounding and splitting lose nothing and invent nothing."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.money import (
    AmountInvalid,
    SharesInvalid,
    fen_from_micro,
    format_yuan,
    parse_yuan,
    split_fen,
)

amounts = st.integers(-(2**70), 2**70)


@st.composite
def divisions(draw):
    """Any division of 10,000 basis points."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), max_size=6)))
    return tuple(end - start for start, end in zip([0, *cuts], [*cuts, 10_000], strict=True))


@pytest.mark.parametrize(
    ("micro", "fen"),
    [
        (0, 0),
        (4_999, 0),
        (5_000, 1),
        (125_000, 13),
        (14_999, 1),
        (-4_999, 0),
        (-5_000, -1),
        (-125_000, -13),
    ],
)
def test_half_a_fen_rounds_away_from_zero(micro, fen):
    assert fen_from_micro(micro) == fen


@settings(deadline=None)
@given(amounts)
def test_rounding_is_off_by_half_a_fen_at_most(micro):
    assert abs(Fraction(micro, 10_000) - fen_from_micro(micro)) <= Fraction(1, 2)


@settings(deadline=None)
@given(amounts)
def test_a_credit_rounds_like_its_charge(micro):
    assert fen_from_micro(-micro) == -fen_from_micro(micro)


@settings(deadline=None)
@given(amounts, divisions())
def test_parts_sum_to_the_whole(amount, shares):
    assert sum(split_fen(amount, shares)) == amount


@settings(deadline=None)
@given(amounts, divisions())
def test_no_part_is_a_fen_or_more_from_its_exact_share(amount, shares):
    parts = split_fen(amount, shares)

    assert all(
        abs(part - Fraction(amount * share, 10_000)) < 1 for part, share in zip(parts, shares, strict=True)
    )


@settings(deadline=None)
@given(amounts, divisions())
def test_a_full_credit_undoes_the_split_party_by_party(amount, shares):
    assert split_fen(-amount, shares) == tuple(-part for part in split_fen(amount, shares))


def test_the_left_over_fen_goes_to_the_largest_remainder():
    assert split_fen(10, (3_300, 3_300, 3_400)) == (3, 3, 4)


def test_equal_remainders_go_to_the_earlier_party():
    assert split_fen(1, (5_000, 5_000)) == (1, 0)


@pytest.mark.parametrize("shares", [(), (9_999,), (10_001,), (11_000, -1_000)])
def test_shares_that_do_not_divide_the_whole_are_refused(shares):
    with pytest.raises(SharesInvalid, match="divide") as caught:
        split_fen(100, shares)

    assert caught.value.field == "shares_bp"


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (5, "0.05"), (123_405, "1234.05"), (-5, "-0.05"), (-123_405, "-1234.05")],
)
def test_fen_are_written_as_yuan(fen, text):
    assert format_yuan(fen) == text


def test_yuan_beyond_the_precision_of_a_float_are_exact():
    assert format_yuan(2**63 - 1) == "92233720368547758.07"


@pytest.mark.parametrize(
    ("text", "fen"),
    [("0", 0), ("5000", 500_000), ("5,000.5", 500_050), (" 12.34 ", 1_234), ("7.", 700), ("0.01", 1)],
)
def test_yuan_are_read_as_fen(text, fen):
    assert parse_yuan(text, field="revenue") == fen


@pytest.mark.parametrize(
    "text", ["", ".5", "-1", "1.234", "1e3", "¥5", "1.2.3", "five", "9" * 18, "9" * 5_000]
)
def test_what_is_no_amount_is_refused_with_its_field(text):
    with pytest.raises(AmountInvalid) as refused:
        parse_yuan(text, field="revenue")

    assert (refused.value.field, bool(refused.value.remedy)) == ("revenue", True)


@given(st.integers(0, 10**15))
def test_written_yuan_are_read_back(fen):
    assert parse_yuan(format_yuan(fen), field="revenue") == fen
