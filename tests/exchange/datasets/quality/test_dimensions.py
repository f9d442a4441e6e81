"""Six scores, each with its evidence; freshness depends on the day and on nothing else."""

from datetime import date

import pytest

from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.quality.dimensions import DIMENSIONS, as_of_day, level_of

DAILY = "day,price_usd_per_t\n" + "".join(f"2026-01-{day:02d},{day}\n" for day in range(1, 31))


def quality(take_in, content=DAILY, **declared):
    as_of = declared.pop("as_of", date(2026, 1, 31))
    declaration = Declaration.from_json(declared)
    return take_in(content, declaration=declaration, as_of=as_of).ingested.profile["quality"]


def test_every_dimension_has_a_score_or_a_reason(take_in):
    found = quality(take_in)

    assert list(found["scores"]) == list(DIMENSIONS)
    assert {name: part["reason"] for name, part in found["evidence"].items() if part["score"] is None} == {
        "accuracy": "no-rules-declared",
        "timeliness": "no-update-frequency-declared",
    }
    assert all(part["formula"] for part in found["evidence"].values() if part["score"] is not None)


def test_stated_units_and_zones_are_conformity(take_in):
    content = "at,load\n" + "".join(f"2026-01-01 {hour:02d}:00:00,{hour}\n" for hour in range(24))

    assert quality(take_in)["scores"]["conformity"] == 100
    assert quality(take_in, content)["scores"]["conformity"] == 50
    assert quality(take_in, content, calendar={"zone": "Asia/Shanghai"})["scores"]["conformity"] == 75


def test_absent_rows_and_empty_cells_are_incompleteness(take_in):
    lines = DAILY.splitlines(keepends=True)
    content = "".join([*lines[:10], *lines[12:20], "2026-01-20,\n", *lines[21:]])

    found = quality(take_in, content, calendar={"kind": "continuous"})

    facts = found["evidence"]["completeness"]["facts"]
    assert (facts["cells"], facts["empty"], facts["missing_rows"]) == (56, 1, 2)
    assert found["scores"]["completeness"] == 100 * 55 // 60


def test_double_times_are_inconsistency(take_in):
    assert quality(take_in, DAILY + "2026-01-30,31\n")["scores"]["consistency"] == 96


def test_without_times_and_rules_consistency_is_not_judged(take_in):
    assert (
        quality(take_in, "bus,kv\na,1\nb,2\n")["evidence"]["consistency"]["reason"] == "nothing-to-compare"
    )


class TestTimeliness:
    @pytest.mark.parametrize(
        ("as_of", "score"),
        [
            (date(2026, 1, 30), 100),
            (date(2026, 2, 1), 100),
            (date(2026, 2, 2), 50),
            (date(2026, 2, 4), 25),
            (date(2036, 2, 4), 0),
        ],
    )
    def test_falls_with_the_age_of_the_newest_value(self, take_in, as_of, score):
        found = quality(take_in, update_every="P1D", as_of=as_of)

        assert found["scores"]["timeliness"] == score

    def test_grants_the_declared_latency(self, take_in):
        found = quality(take_in, update_every="P1D", latency="P3D", as_of=date(2026, 2, 4))

        assert found["scores"]["timeliness"] == 100

    def test_is_judged_anew_for_another_day_and_nothing_else_is(self, take_in):
        declared = Declaration.from_json({"update_every": "P1D"})
        profile = take_in(DAILY, declaration=declared, as_of=date(2026, 1, 31)).ingested.profile
        before = profile["quality"]

        later = as_of_day(profile, date(2026, 6, 1))["quality"]

        assert (before["scores"]["timeliness"], later["scores"]["timeliness"]) == (100, 0)
        assert (before["level"], later["level"]) == ("A", "D")
        assert before["scores"] | {"timeliness": 0} == later["scores"]


@pytest.mark.parametrize(
    ("scores", "level"),
    [
        ([100, 100, None, 90, None, 100], "A"),
        ([100, 100, 100, 69, 100, 100], "B"),
        ([90, 90, 90, 89], "B"),
        ([75], "B"),
        ([100, 100, 49], "C"),
        ([60, 60], "C"),
        ([59], "D"),
        ([100, 100, 100, 29], "D"),
        ([None, None], "D"),
    ],
)
def test_the_level_follows_the_mean_and_the_lowest_score(scores, level):
    assert level_of(scores) == level
