"""The published series beside the project keep their counts; collected only where they lie there."""

from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[5] / "shared" / "data"


@pytest.mark.parametrize(
    ("name", "rows", "nulls", "step", "calendar", "span"),
    [
        ("ETTh1.csv", 17_420, 0, "PT1H", "continuous", ("2016-07-01T00:00:00", "2018-06-26T19:00:00")),
        ("brent-daily.csv", 9_958, 0, "P1D", "business-days", ("1987-05-20", "2026-08-18")),
        ("henry-hub-natural-gas-daily.csv", 7_437, 1, "P1D", "business-days", ("1997-01-07", "2026-08-18")),
        ("world-bank-commodity-prices-monthly.csv", 798, 612, "P1M", "continuous", ("1960-01", "2026-06")),
    ],
)
def test_a_published_series_is_read_as_its_publisher_describes_it(
    take_in, name, rows, nulls, step, calendar, span
):
    ingested = take_in(_FOLDER / name, name).ingested
    rhythm = ingested.profile["time"]

    assert (ingested.rows, sum(column["nulls"] for column in ingested.profile["columns"])) == (rows, nulls)
    assert (rhythm["step"], rhythm["calendar"], rhythm["gaps"], rhythm["duplicate_rows"]) == (
        step,
        calendar,
        0,
        0,
    )
    assert (ingested.time_from, ingested.time_to) == span


def test_units_stand_in_the_names_of_the_monthly_prices(take_in):
    name = "world-bank-commodity-prices-monthly.csv"
    schema = take_in(_FOLDER / name, name).schema

    assert schema.time.type == "month"
    assert {field.unit for field in schema.fields[1:]} == {"USD/bbl", "USD/t", "USD/dmt", "USD/MMBtu"}


def _profile(take_in, name):
    return take_in(_FOLDER / name, name).ingested.profile


def _codes(profile):
    return {finding["code"] for finding in profile["findings"]}


class TestQuirks:
    """What ../shared/data/README.md tells of each series is what the profile finds, no more and no less."""

    def test_the_transformer_states_no_zone_and_runs_backwards_at_times(self, take_in):
        profile = _profile(take_in, "ETTh1.csv")

        assert _codes(profile) == {"zone-not-stated", "both-signs", "outliers", "single-precision"}
        assert {finding["weight"] for finding in profile["findings"]} == {"note"}
        assert profile["quality"]["scores"] == {
            "conformity": 50,
            "completeness": 100,
            "accuracy": None,
            "consistency": 100,
            "timeliness": None,
            "accessibility": 100,
        }
        periods = profile["time"]["coverage"]["periods"]
        assert all(period["rows"] == period["expected"] for period in periods)

    def test_the_gas_price_has_one_empty_day(self, take_in):
        profile = _profile(take_in, "henry-hub-natural-gas-daily.csv")

        (empty,) = [finding for finding in profile["findings"] if finding["code"] == "empty-cells"]
        assert (empty["count"], empty["evidence"]) == (1, [{"at": "2018-01-05", "value": None}])
        assert profile["time"]["missing_business_days"] == 289
        assert "gaps" not in _codes(profile)
        assert profile["quality"]["scores"]["completeness"] == 99

    def test_the_oil_price_misses_holidays_only(self, take_in):
        profile = _profile(take_in, "brent-daily.csv")

        assert _codes(profile) == {"absent-working-days"}
        assert profile["time"]["missing_business_days"] == 282

    def test_the_monthly_prices_start_late_and_have_no_holes(self, take_in):
        profile = _profile(take_in, "world-bank-commodity-prices-monthly.csv")

        starts = {
            finding["column"]: (finding["count"], finding["evidence"][0]["at"])
            for finding in profile["findings"]
            if finding["code"] == "late-start"
        }
        assert starts == {
            "coal_australian_usd_per_t": (120, "1970-01"),
            "coal_south_african_usd_per_t": (288, "1984-01"),
            "lng_japan_usd_per_mmbtu": (204, "1977-01"),
        }
        assert "empty-cells" not in _codes(profile)
        assert (profile["quality"]["level"], profile["quality"]["scores"]["completeness"]) == ("A", 100)
