"""Declared rules are counted over all rows and name their first offenders."""

import pytest

from exchange.datasets.quality.declaration import Declaration, DeclarationInvalid
from exchange.datasets.quality.rules import require_fitting

LOADS = (
    "day,station,load_mw,limit_mw,code\n"
    "2026-01-01,A,10,20,CN-11\n"
    "2026-01-01,B,-5,20,CN-12\n"
    "2026-01-02,A,30,20,XX\n"
    "2026-01-02,A,,20,CN-11\n"
)


def checked(take_in, **rule):
    declaration = Declaration.from_json({"rules": [rule]})
    return take_in(LOADS, declaration=declaration).ingested.profile


@pytest.mark.parametrize(
    ("rule", "counts", "values"),
    [
        ({"kind": "range", "column": "load_mw", "min": 0}, (3, 1), [["-5"]]),
        ({"kind": "range", "column": "load_mw", "min": 0, "max": "20.5"}, (3, 2), [["-5"], ["30"]]),
        ({"kind": "allowed", "column": "station", "values": ["A"]}, (4, 1), [["B"]]),
        ({"kind": "allowed", "column": "limit_mw", "values": ["20"]}, (4, 0), []),
        ({"kind": "pattern", "column": "code", "pattern": "CN-[0-9]{2}"}, (4, 1), [["XX"]]),
        ({"kind": "not-null", "column": "load_mw"}, (4, 1), [[None]]),
        (
            {"kind": "compare", "column": "load_mw", "operator": "<=", "other": "limit_mw"},
            (3, 1),
            [["30", "20"]],
        ),
        ({"kind": "unique", "columns": ["day", "station"]}, (4, 1), [["2026-01-02", "A"]]),
    ],
)
def test_a_rule_counts_what_it_was_held_against_and_what_breaks_it(take_in, rule, counts, values):
    (result,) = checked(take_in, **rule)["rules"]

    assert (result["checked"], result["violations"]) == counts
    assert [offender["values"] for offender in result["first"]] == values


def test_an_offender_is_named_by_row_and_time(take_in):
    (result,) = checked(take_in, kind="range", column="load_mw", max=20)["rules"]

    assert result["first"] == [{"row": 3, "at": "2026-01-02", "values": ["30"]}]


def test_a_broken_rule_is_a_finding_and_lowers_its_dimension(take_in):
    profile = checked(take_in, kind="range", column="load_mw", min=0)

    assert profile["findings"][-1]["code"] == "rule-broken"
    assert profile["quality"]["scores"]["accuracy"] == 66
    assert profile["quality"]["evidence"]["accuracy"]["facts"]["broken"] == 1


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"kind": "range", "column": "price", "min": 0}, "price"),
        ({"kind": "range", "column": "code", "min": 0}, "for numbers"),
        ({"kind": "pattern", "column": "load_mw", "pattern": "x"}, "for text"),
        ({"kind": "pattern", "column": "code", "pattern": "("}, "cannot be read"),
        ({"kind": "compare", "column": "code", "operator": "<", "other": "load_mw"}, "do not compare"),
    ],
)
def test_a_rule_that_does_not_fit_the_columns_is_refused(take_in, rule, words):
    declaration = Declaration.from_json({"rules": [rule]})

    with pytest.raises(DeclarationInvalid, match=words) as refusal:
        require_fitting(declaration, take_in(LOADS).schema)

    assert refusal.value.field == "rules.0"


def test_a_rule_about_a_column_that_went_is_told_and_stops_nothing(take_in):
    """A declaration outlives the revision it was made for."""
    profile = checked(take_in, kind="range", column="price", min=0)

    assert profile["rules"][0]["checked"] == 0
    assert "price" in profile["rules"][0]["fault"]
    assert [finding["code"] for finding in profile["findings"]][-1] == "rule-not-applicable"
