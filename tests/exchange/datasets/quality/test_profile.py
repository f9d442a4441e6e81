"""Columns over all rows: moments, quantiles, histograms, holes and what is worth notice."""

import random
import statistics
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.core.canonical import to_bytes
from exchange.datasets.quality import numbers
from exchange.datasets.quality.numbers import nice_bins


def prices(*values):
    return "day,price\n" + "".join(
        f"20{year:02d}-01-01,{'' if value is None else value}\n" for year, value in enumerate(values)
    )


def described(take_in, *values):
    return take_in(prices(*values)).ingested.profile["columns"][1]


def findings(profile, code):
    return [finding for finding in profile["findings"] if finding["code"] == code]


def test_columns_are_counted_over_all_rows(take_in):
    profile = take_in("day,price,name\n2026-01-01,-3.5,b\n2026-01-02,,a\n2026-01-03,2,a\n").ingested.profile

    price, name = profile["columns"][1:]
    assert profile["rows"] == 3
    assert (price["nulls"], price["distinct"], price["min"], price["max"]) == (1, 2, "-3.5", "2.0")
    assert (name["nulls"], name["distinct"], name["min"], name["max"]) == (0, 2, "a", "b")
    assert not price["distinct_approximate"]


def test_a_column_without_values_has_no_extremes(take_in):
    column = take_in("day,price\n2026-01-01,\n").ingested.profile["columns"][1]

    assert (column["nulls"], column["distinct"], column["min"], column["max"]) == (1, 0, None, None)
    assert "mean" not in column


class TestNumbers:
    def test_have_moments_as_decimal_text(self, take_in):
        column = described(take_in, 2, 4, 4, 4, 5, 5, 7, 9, 0, -1)

        values = [2, 4, 4, 4, 5, 5, 7, 9, 0, -1]
        assert (column["mean"], column["zeros"], column["negatives"]) == ("3.9", 1, 1)
        assert float(column["stddev"]) == pytest.approx(statistics.stdev(values))

    def test_have_exact_quantiles_while_there_are_few_rows(self, take_in):
        column = described(take_in, *range(1, 51))

        assert (column["quantiles"]["0.5"], column["quantiles"]["0.99"]) == ("25.0", "50.0")
        assert not column["quantiles_approximate"]

    def test_too_large_to_square_have_no_moments_and_no_fault(self, take_in):
        column = described(take_in, "1e300", "-1e300", "2")

        assert (column["mean"], column["stddev"], column["max"]) == (None, None, "1e+300")

    def test_far_from_the_middle_half_are_counted_by_a_named_rule(self, take_in):
        outliers = described(take_in, *[10, 11, 12, 13] * 8, 500)["outliers"]

        assert (outliers["rule"], outliers["count"]) == ("beyond-3-iqr", 1)
        assert outliers["first"] == [{"at": "2032-01-01", "value": "500"}]

    def test_mostly_of_one_value_have_no_outliers(self, take_in):
        assert described(take_in, *[5] * 30, 6)["outliers"] is None

    def test_of_both_signs_are_named_with_their_count(self, take_in):
        profile = take_in(prices(1, 2, -3, 4)).ingested.profile

        assert findings(profile, "both-signs")[0]["count"] == 1

    def test_that_never_change_are_named(self, take_in):
        profile = take_in(prices(7, 7, 7)).ingested.profile

        assert findings(profile, "constant-column")[0]["evidence"] == [{"at": None, "value": "7"}]
        assert profile["columns"][1]["histogram"] is None


class TestHistogram:
    @given(st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=40))
    def test_bins_have_round_edges_around_every_value(self, values):
        bins = nice_bins(min(values), max(values), whole=True)
        if bins is None:
            assert min(values) == max(values)
            return
        edges = [int(edge) for edge in bins.edges]

        assert edges[0] <= min(values) < edges[1]
        assert edges[-2] <= max(values) < edges[-1]
        assert len(bins.edges) <= 20

    def test_every_value_is_in_one_bin_and_an_edge_belongs_to_the_bin_above(self, take_in):
        tenths = [number / 10 for number in range(100)]
        histogram = described(take_in, *tenths[:90])["histogram"]

        assert (histogram["edges"][1], set(histogram["counts"])) == ("1", {10})

    def test_of_a_text_shows_the_commonest_values(self, take_in):
        profile = take_in(
            "day,port\n"
            + "".join(f"2026-01-{d:02d},{'秦皇岛' if d % 3 else '曹妃甸'}\n" for d in range(1, 29))
        ).ingested.profile

        assert profile["columns"][1]["histogram"]["values"][0] == {"value": "秦皇岛", "rows": 19}

    def test_of_a_text_whose_values_all_differ_is_none(self, quarter_hours):
        assert quarter_hours.ingested.profile["columns"][2]["histogram"] is None


class TestHoles:
    def test_before_the_first_value_are_a_late_start(self, take_in):
        profile = take_in(prices(None, None, 3, 4, 5)).ingested.profile

        (late,) = findings(profile, "late-start")
        assert (late["count"], late["evidence"]) == (2, [{"at": "2002-01-01", "value": None}])
        assert findings(profile, "empty-cells") == []
        assert profile["quality"]["scores"]["completeness"] == 100

    def test_after_the_last_value_are_an_early_end_and_count(self, take_in):
        profile = take_in(prices(1, 2, 3, None)).ingested.profile

        assert findings(profile, "early-end")[0]["evidence"] == [{"at": "2002-01-01", "value": None}]
        assert profile["quality"]["scores"]["completeness"] == 87

    def test_in_between_are_named_by_their_times(self, take_in):
        profile = take_in(prices(1, None, 3, None, 5)).ingested.profile

        (empty,) = findings(profile, "empty-cells")
        assert [place["at"] for place in empty["evidence"]] == ["2001-01-01", "2003-01-01"]


class TestUnitJump:
    def test_is_found_with_its_row_and_values(self, take_in):
        values = [100 + number % 7 for number in range(60)] + [
            (100 + number % 7) * 1000 for number in range(40)
        ]

        profile = take_in(prices(*values)).ingested.profile

        (jump,) = findings(profile, "unit-jump")
        assert (jump["power"], jump["evidence"][0]["at"]) == (3, "2060-01-01")
        assert profile["quality"]["scores"]["consistency"] == 0

    def test_of_one_value_is_an_outlier_and_no_jump(self, take_in):
        values = [100 + number % 7 for number in range(60)]
        values[30] *= 1000

        assert findings(take_in(prices(*values)).ingested.profile, "unit-jump") == []

    def test_is_not_seen_in_noise_around_zero(self, take_in):
        noise = random.Random(1)
        values = [round(noise.gauss(0, 1), 3) for _ in range(99)]

        assert findings(take_in(prices(*values)).ingested.profile, "unit-jump") == []

    def test_is_not_seen_in_a_slow_rise(self, take_in):
        values = [round(10 * 1.05**number, 2) for number in range(99)]

        assert findings(take_in(prices(*values)).ingested.profile, "unit-jump") == []


class TestSinglePrecision:
    @pytest.mark.parametrize("digits", [15, 17])
    def test_is_found_with_what_was_meant(self, take_in, digits):
        values = [5.827, 2.0, 1.599, -0.462]
        noisy = [f"{struct.unpack('f', struct.pack('f', value))[0]:.{digits}g}" for value in values]

        (finding,) = findings(take_in(prices(*noisy)).ingested.profile, "single-precision")

        assert (finding["weight"], finding["count"]) == ("note", 3)
        assert [place["value"].split(" → ")[1] for place in finding["evidence"]] == [
            "5.827",
            "1.599",
            "-0.462",
        ]

    @pytest.mark.parametrize(
        "values", [(0.5, 0.25, 7), (5.827000141143799, 0.1), (1e300, 0.5), (16777217, 0.5)]
    )
    def test_is_not_seen_where_a_value_needs_more_or_all_are_short(self, take_in, values):
        assert findings(take_in(prices(*values)).ingested.profile, "single-precision") == []


def test_large_data_have_estimates_that_say_so(take_in, monkeypatch):
    """Estimates are over all rows: HyperLogLog for distinct values, fine bins or a sketch for quantiles."""
    monkeypatch.setattr(numbers, "EXACT_ROWS", 50)
    values = [(number * 37) % 100 / 4 for number in range(100)]

    column = described(take_in, *values)

    assert column["quantiles_approximate"]
    assert float(column["quantiles"]["0.5"]) == pytest.approx(statistics.median(values), abs=0.3)
    assert sum(column["histogram"]["counts"]) == 100


def test_names_that_the_statements_use_themselves_do_no_harm(take_in):
    names = "t,place,bin,rows,at,block,step,value,moment,k0,n,broken,checked,f0,v0"
    lines = [
        f"2026-01-{day:02d}," + ",".join(str(day % (2 + n)) for n in range(14)) for day in range(1, 29)
    ]

    profile = take_in("\n".join([names, *lines, ""])).ingested.profile

    assert [column["nulls"] for column in profile["columns"]] == [0] * 15
    assert sum(profile["columns"][2]["histogram"]["counts"]) == 28


def test_a_profile_has_canonical_bytes(quarter_hours):
    assert to_bytes(quarter_hours.ingested.profile)
    assert to_bytes(quarter_hours.ingested.sample)
