"""A decrease is one for every use, or it is none; what cannot be proved waits like an increase."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from exchange.pricing import (
    Direction,
    PricePlan,
    PricePlanInvalid,
    TaxTerms,
    compare_plans,
    earliest_increase,
    rate,
)
from exchange.pricing.protection import NoticeInvalid

from .strategies import UNITS, counts, lives, plan_documents, prices, usages


def plan(model="per_row", **members):
    return PricePlan.from_json({"model": model, **members})


def direction(old, new, **tax):
    return compare_plans(old, new, **tax).direction


def bill(any_plan, usage, life):
    return sum(line.amount_fen for line in rate(any_plan, None, usage, life))


def steps(*pairs, mode="graduated"):
    return {
        "mode": mode,
        "steps": [{"up_to": end, "unit_price_micro": price} for end, price in pairs],
    }


ROW = plan(unit_price_micro=2_000, free_rows=100)
YEARLY = {
    "model": "subscription",
    "fee_micro": 1_000_000,
    "term": "year",
    "included_rows": 10,
    "over_price_micro": 5,
}
PACKAGE = {
    "model": "package",
    "fee_micro": 1_000,
    "included_rows": 10,
    "expiry_days": 30,
    "over_price_micro": 5,
}


class TestDecrease:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (ROW, plan(unit_price_micro=1_999, free_rows=100)),
            (ROW, plan(unit_price_micro=2_000, free_rows=101)),
            (ROW, plan(unit_price_micro=2_000, free_rows=100, cap_micro=10_000)),
            (ROW, plan(unit_price_micro=2_000, free_rows=100, trial={"days": 14})),
            (ROW, plan(free_rows=100, tiers=steps((1_000, 2_000), (None, 1_000)))),
            (ROW, plan(free_rows=100, tiers=steps((1_000, 2_000), (None, 1_000), mode="volume"))),
            (ROW, plan("free")),
            (
                plan(unit_price_micro=1, trial={"units": 5}, minimum_micro=20_000),
                plan(unit_price_micro=1, trial={"units": 6}, minimum_micro=10_000),
            ),
            (plan("per_call", unit_price_micro=500), plan("per_hit", unit_price_micro=500)),
            (
                plan("per_mb", tiers=steps((1, 10_000), (None, 5))),
                plan("per_mb", tiers=steps((1, 9_000), (None, 5))),
            ),
            (PricePlan.from_json(YEARLY), PricePlan.from_json(YEARLY | {"included_rows": 11})),
            (PricePlan.from_json(PACKAGE), PricePlan.from_json(PACKAGE | {"expiry_days": 31})),
            (plan("one_off", fee_micro=2), plan("one_off", fee_micro=1)),
            (plan("revenue_share", share_bp=501), plan("revenue_share", share_bp=500)),
            (
                plan("revenue_share", share_bp=500, minimum_micro=20_000),
                plan("revenue_share", share_bp=500, minimum_micro=10_000),
            ),
            (plan("revenue_share", share_bp=500), plan("revenue_share", share_bp=500, cap_micro=10_000)),
        ],
    )
    def test_may_take_effect_now_and_its_way_back_may_not(self, old, new):
        assert direction(old, new) is Direction.DECREASE
        assert compare_plans(old, new).may_take_effect_now
        back = compare_plans(new, old)
        assert back.direction is Direction.INCREASE
        assert back.reasons != ()


class TestIncrease:
    @pytest.mark.parametrize(
        ("new", "word"),
        [
            (plan(unit_price_micro=2_001, free_rows=100), "unit prices"),
            (plan(unit_price_micro=1_000, free_rows=99), "unit prices"),
            (plan(unit_price_micro=1, free_rows=100, minimum_micro=10_000), "least amount"),
            (plan("per_call", unit_price_micro=1), "Another thing"),
            (plan("subscription", fee_micro=1), "model"),
            (plan("revenue_share", share_bp=1), "model"),
            # Dearer only between 1,000 and 1,500 rows: mixed is an increase.
            (plan(free_rows=100, tiers=steps((1_000, 2_000), (1_500, 2_100), (None, 1))), "unit prices"),
        ],
    )
    def test_is_what_may_cost_more_for_any_use(self, new, word):
        change = compare_plans(ROW, new)

        assert change.direction is Direction.INCREASE
        assert not change.may_take_effect_now
        assert any(word in reason for reason in change.reasons)

    def test_says_every_reason(self):
        new = YEARLY | {"fee_micro": 2_000_000, "included_rows": 9}

        assert len(compare_plans(PricePlan.from_json(YEARLY), PricePlan.from_json(new)).reasons) == 2

    def test_a_longer_trial_under_volume_tiers_may_cost_more(self):
        """With eleven rows all cost 1; with one of them free, ten cost 10 each."""
        tiers = steps((10, 10_000_000), (None, 1_000_000), mode="volume")

        change = compare_plans(plan(tiers=tiers), plan(tiers=tiers, trial={"units": 1}))
        assert change.direction is Direction.INCREASE

    def test_a_lower_price_in_tiers_of_broken_fen_is_not_proved_by_its_sum(self):
        """Two half fen round up to two fen, where the one line of the old plan was one."""
        old = plan(unit_price_micro=1_000)
        new = plan(tiers=steps((5, 1_000), (None, 999)))

        assert direction(old, new) is Direction.INCREASE


def test_the_same_plan_is_the_same():
    assert direction(ROW, ROW) is Direction.SAME


class TestTax:
    included, added = TaxTerms(600, included=True), TaxTerms(600, included=False)

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            (included, included, Direction.SAME),
            (included, added, Direction.INCREASE),
            (added, included, Direction.DECREASE),
            (added, TaxTerms(900, included=False), Direction.INCREASE),
            (added, TaxTerms(300, included=False), Direction.DECREASE),
            (included, TaxTerms(0, included=False), Direction.DECREASE),
        ],
    )
    def test_counts_as_a_part_of_the_price(self, old, new, expected):
        assert direction(ROW, ROW, old_tax=old, new_tax=new) is expected


def changed(draw, document):
    """The document with one or two of its numbers moved a little: where verdicts are close."""
    document = {**document}
    if "tiers" in document:
        table = document["tiers"]
        document["tiers"] = {**table, "steps": [dict(step) for step in table["steps"]]}
        step = draw(st.sampled_from(document["tiers"]["steps"]))
        step["unit_price_micro"] = max(0, step["unit_price_micro"] + draw(st.integers(-20_000, 20_000)))
    for name in draw(st.sets(st.sampled_from(sorted(document)), max_size=2)):
        if type(document[name]) is int:
            unit = 10_000 if name in {"minimum_micro", "cap_micro"} else 1
            document[name] = max(1, document[name] // unit + draw(st.integers(-50, 50))) * unit
    return document


@st.composite
def pairs_of_plans(draw):
    old = draw(plan_documents)
    new = draw(plan_documents) if draw(st.integers(0, 3)) == 0 else changed(draw, old)
    return old, new


@settings(max_examples=500)
@given(pairs_of_plans(), st.lists(st.tuples(usages(), lives), min_size=1, max_size=6))
def test_no_use_costs_more_after_a_decrease(documents, uses):
    try:
        old, new = (PricePlan.from_json(document) for document in documents)
    except PricePlanInvalid:
        reject()  # moving numbers may break a rule of the plan
    assume(compare_plans(old, new).may_take_effect_now)

    assert all(bill(new, *use) <= bill(old, *use) for use in uses)


@settings(max_examples=300)
@given(st.sampled_from(sorted(UNITS)), prices, counts, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_lower_price_with_more_free_is_always_seen_as_a_decrease(model, price, free, less, more):
    member = f"free_{UNITS[model]}"
    old = plan(model, unit_price_micro=price, **{member: free})
    new = plan(model, unit_price_micro=max(0, price - less), **{member: free + more})

    assert compare_plans(old, new).may_take_effect_now


class TestEarliestIncrease:
    @pytest.mark.parametrize(
        ("given_on", "days", "earliest"),
        [
            (date(2026, 11, 24), 90, date(2027, 3, 1)),
            (date(2026, 10, 3), 90, date(2027, 1, 1)),
            (date(2026, 10, 4), 90, date(2027, 2, 1)),
            (date(2026, 12, 31), 0, date(2027, 1, 1)),
            (date(2026, 12, 1), 0, date(2026, 12, 1)),
        ],
    )
    def test_is_the_first_of_a_month_after_the_notice(self, given_on, days, earliest):
        assert earliest_increase(given_on, days) == earliest

    @given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
    def test_is_the_earliest_such_day(self, given_on, days):
        earliest = earliest_increase(given_on, days)

        assert earliest.day == 1
        assert earliest - given_on >= timedelta(days=days)
        assert (earliest - timedelta(days=1)).replace(day=1) - given_on < timedelta(days=days)

    @pytest.mark.parametrize("days", [-1, 10**6])
    def test_a_notice_of_no_sensible_length_is_refused(self, days):
        with pytest.raises(NoticeInvalid):
            earliest_increase(date(2026, 11, 24), days)
