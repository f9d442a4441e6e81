"""Rating by example and by property, for every model; the second rater is written from the reference alone."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.pricing import (
    MAX_REVENUE_FEN,
    AmountOutOfRange,
    Declared,
    Life,
    PricePlan,
    Quantities,
    QuantityInvalid,
    Usage,
    quote,
    rate,
)

from .second_rater import bill_fen
from .strategies import (
    UNITS,
    grown,
    lives,
    metered_documents,
    periods,
    plan_documents,
    plans,
    prices,
    quantities,
    usages,
)

PER_ROW = PricePlan.from_json({"model": "per_row", "unit_price_micro": 125_000, "free_rows": 10})
SUBSCRIPTION = PricePlan.from_json({"model": "subscription", "fee_micro": 2_000_000_000})
STEPS = [
    {"up_to": 10, "unit_price_micro": 1_000_000},
    {"up_to": 20, "unit_price_micro": 600_000},
    {"up_to": None, "unit_price_micro": 100_000},
]


def plan(model, **members):
    return PricePlan.from_json({"model": model, **members})


def rows(number, *, first_days=0):
    return Usage(Quantities(rows=number), Quantities(rows=first_days))


def summary(lines):
    return [(line.key, line.quantity, line.amount_fen) for line in lines]


def total(lines):
    return sum(line.amount_fen for line in lines)


def by_key(lines):
    fen, micro, quantity = Counter(), Counter(), Counter()
    for line in lines:
        fen[line.key] += line.amount_fen
        micro[line.key] += line.amount_micro
        quantity[line.key] += line.quantity
    return [{key: n for key, n in counted.items() if n} for counted in (fen, micro, quantity)]


class TestPerUnit:
    def test_the_free_quantity_is_a_line_of_its_own_and_costs_nothing(self):
        assert summary(quote(PER_ROW, Quantities(rows=11))) == [
            ("rows:free_rows", 10, 0),
            ("rows:unit_price_micro", 1, 13),
        ]

    def test_the_boundary_belongs_to_the_free_quantity(self):
        assert summary(quote(PER_ROW, Quantities(rows=10))) == [("rows:free_rows", 10, 0)]

    def test_the_free_quantity_is_given_once_per_period(self):
        assert summary(rate(PER_ROW, rows(10), rows(12))) == [("rows:unit_price_micro", 2, 25)]

    def test_calls_are_not_charged_by_a_plan_per_row(self):
        assert quote(PER_ROW, Quantities(calls=5, succeeded=5)) == ()

    def test_a_correction_is_a_negative_line(self):
        line = rate(PER_ROW, rows(12), rows(11))[0]

        assert (line.quantity, line.amount_micro, line.amount_fen) == (-1, -125_000, -12)

    def test_a_call_that_failed_is_not_charged(self):
        lines = quote(plan("per_call", unit_price_micro=500_000), Quantities(calls=3, succeeded=2))

        assert summary(lines) == [("calls:unit_price_micro", 2, 100)]

    def test_a_call_that_finds_nothing_is_told_and_not_charged(self):
        """Trap: of five calls four succeeded and three found data; three are paid."""
        used = Quantities(calls=5, succeeded=4, hits=3, rows=30)

        assert summary(quote(plan("per_hit", unit_price_micro=1_000_000), used)) == [
            ("misses:model", 2, 0),
            ("hits:unit_price_micro", 3, 300),
        ]

    def test_megabytes_are_charged_by_the_byte(self):
        """0.05 yuan an MB: 1,100,000 bytes are 5.5 fen, and half a fen rounds up."""
        [line] = quote(plan("per_mb", unit_price_micro=50_000), Quantities(size_bytes=1_100_000))

        assert (line.key, line.quantity, line.amount_micro, line.amount_fen) == (
            "bytes:unit_price_micro",
            1_100_000,
            55_000,
            6,
        )

    def test_files_are_charged_apart_from_calls(self):
        used = Quantities(calls=9, succeeded=9, hits=9, files=2)

        assert summary(quote(plan("per_file", unit_price_micro=3_000_000), used)) == [
            ("files:unit_price_micro", 2, 600)
        ]


def declared(*totals):
    """The state of a month after each of the declarations."""
    return Usage(declared=Declared(len(totals), totals[-1])) if totals else Usage()


class TestRevenueShare:
    share = plan("revenue_share", share_bp=525)

    def test_is_the_basis_points_of_the_declared_fen(self):
        """5.25 % of 12,345.67 yuan are 648.147675 yuan, exactly to the micro-yuan."""
        line = rate(self.share, None, declared(1_234_567))[-1]

        assert (line.key, line.quantity, line.unit_price_micro) == ("revenue:share_bp", 1_234_567, 525)
        assert (line.amount_micro, line.amount_fen) == (648_147_675, 64_815)

    @pytest.mark.parametrize(("revenue", "fen"), [(9, 0), (10, 1), (29, 1), (30, 2)])
    def test_is_rounded_half_up_once(self, revenue, fen):
        assert total(rate(plan("revenue_share", share_bp=500), None, declared(revenue))) == fen

    def test_without_a_declaration_says_so_at_zero(self):
        assert summary(rate(self.share, None, Usage())) == [("undeclared:model", 1, 0)]

    def test_of_nothing_is_told_apart_from_no_declaration(self):
        assert summary(rate(self.share, None, declared(0))) == [("declarations:model", 1, 0)]

    def test_that_comes_later_takes_the_empty_month_back(self):
        assert summary(rate(self.share, Usage(), declared(20_000))) == [
            ("undeclared:model", -1, 0),
            ("declarations:model", 1, 0),
            ("revenue:share_bp", 20_000, 1_050),
        ]

    def test_of_a_corrected_month_is_the_difference(self):
        lines = rate(self.share, declared(20_000), declared(20_000, 10_000))

        assert summary(lines) == [("declarations:model", 1, 0), ("revenue:share_bp", -10_000, -525)]

    def test_that_is_low_is_lifted_and_a_later_declaration_is_set_off(self):
        bounded = plan("revenue_share", share_bp=1_000, minimum_micro=10_000_000, cap_micro=20_000_000)
        first, later = rate(bounded, None, Usage()), rate(bounded, Usage(), declared(15_000))

        assert summary(first) == [("undeclared:model", 1, 0), ("period:minimum_micro", 1, 1_000)]
        assert [line.amount_fen for line in later] == [0, 0, 1_500, -1_000]
        assert total(rate(bounded, None, declared(10**9))) == 2_000

    def test_pays_for_every_use(self):
        used = Usage(Quantities(calls=2, succeeded=2, rows=7), declared=Declared(1, 100))

        assert [
            line.description for line in rate(self.share, None, used) if "shared" in line.description
        ] == [
            "calls-shared",
            "rows-shared",
        ]

    def test_of_the_largest_revenue_fits(self):
        assert (
            total(rate(plan("revenue_share", share_bp=10_000), None, declared(MAX_REVENUE_FEN))) == 10**13
        )

    @pytest.mark.parametrize("revenue", [-1, MAX_REVENUE_FEN + 1, True, "100"])
    def test_of_what_is_no_revenue_is_refused(self, revenue):
        with pytest.raises(QuantityInvalid) as caught:
            declared(revenue)

        assert caught.value.field == "revenue_fen"

    @settings(max_examples=200)
    @given(
        st.integers(1, 10_000),
        st.lists(st.integers(0, 10_000) | st.integers(0, MAX_REVENUE_FEN), min_size=1, max_size=8),
        st.integers(0, 10**7).map(lambda fen: fen * 10_000),
    )
    def test_of_any_history_of_declarations_adds_up_to_the_last_one(self, share_bp, totals, minimum):
        """Every statement after every declaration, or only one at the end: the month costs the same."""
        priced = plan("revenue_share", share_bp=share_bp, minimum_micro=minimum)
        states = [declared(*totals[:count]) for count in range(len(totals) + 1)]
        cut = [rate(priced, None, states[0]), *(rate(priced, *pair) for pair in pairwise(states))]

        whole = rate(priced, None, states[-1])
        assert by_key(line for lines in cut for line in lines) == by_key(whole)


class TestTiers:
    def test_graduated_charges_every_unit_at_the_price_of_its_own_tier(self):
        tiered = plan("per_row", tiers={"mode": "graduated", "steps": STEPS})

        assert summary(quote(tiered, Quantities(rows=25))) == [
            ("rows:tiers.1", 10, 1000),
            ("rows:tiers.2", 10, 600),
            ("rows:tiers.3", 5, 50),
        ]

    def test_volume_charges_all_units_at_the_price_that_the_total_reaches(self):
        tiered = plan("per_row", tiers={"mode": "volume", "steps": STEPS})

        assert summary(quote(tiered, Quantities(rows=25))) == [("rows:tiers.3", 25, 250)]

    @pytest.mark.parametrize(("used", "tier"), [(10, 1), (11, 2), (20, 2), (21, 3)])
    @pytest.mark.parametrize("mode", ["graduated", "volume"])
    def test_a_boundary_belongs_to_the_lower_tier(self, mode, used, tier):
        tiered = plan("per_row", tiers={"mode": mode, "steps": STEPS})

        assert quote(tiered, Quantities(rows=used))[-1].clause == f"tiers.{tier}"

    def test_crossing_a_volume_boundary_takes_back_the_dearer_charge(self):
        """Ten rows cost 10.00; the eleventh makes all of them cheaper."""
        tiered = plan("per_row", tiers={"mode": "volume", "steps": STEPS})

        assert summary(rate(tiered, rows(10), rows(11))) == [
            ("rows:tiers.1", -10, -1000),
            ("rows:tiers.2", 11, 660),
        ]

    def test_free_and_trial_quantities_do_not_reach_the_tiers(self):
        tiered = plan(
            "per_row", free_rows=3, trial={"units": 2}, tiers={"mode": "graduated", "steps": STEPS}
        )

        assert summary(quote(tiered, Quantities(rows=16))) == [
            ("rows:trial", 2, 0),
            ("rows:free_rows", 3, 0),
            ("rows:tiers.1", 10, 1000),
            ("rows:tiers.2", 1, 60),
        ]

    def test_tiers_of_megabytes_end_at_the_byte(self):
        tiered = plan(
            "per_mb",
            tiers={
                "mode": "graduated",
                "steps": [
                    {"up_to": 1, "unit_price_micro": 1_000_000},
                    {"up_to": None, "unit_price_micro": 10_000},
                ],
            },
        )

        assert summary(quote(tiered, Quantities(size_bytes=1_000_001))) == [
            ("bytes:tiers.1", 1_000_000, 100),
            ("bytes:tiers.2", 1, 0),
        ]


class TestMinimumAndCap:
    bounded = plan("per_row", unit_price_micro=1_000_000, minimum_micro=5_000_000, cap_micro=8_000_000)

    @pytest.mark.parametrize(("used", "fen"), [(0, 500), (4, 500), (5, 500), (7, 700), (8, 800), (9, 800)])
    def test_the_bill_is_never_below_the_one_or_above_the_other(self, used, fen):
        assert total(quote(self.bounded, Quantities(rows=used))) == fen

    def test_the_minimum_falls_due_once_and_use_is_set_off_against_it(self):
        first, second = rate(self.bounded, None, rows(2)), rate(self.bounded, rows(2), rows(6))

        assert summary(first)[-1] == ("period:minimum_micro", 1, 300)
        assert summary(second) == [("rows:unit_price_micro", 4, 400), ("period:minimum_micro", -1, -300)]

    def test_the_cut_is_a_line_of_its_own(self):
        assert summary(quote(self.bounded, Quantities(rows=10)))[-1] == ("period:cap_micro", 1, -200)


class TestTrial:
    units = plan("per_row", unit_price_micro=1_000_000, trial={"units": 10})
    days = plan("per_row", unit_price_micro=1_000_000, trial={"days": 14})

    def test_in_units_is_used_up_over_the_periods(self):
        later = Life(begins_term=True, earlier=rows(7))

        assert summary(quote(self.units, Quantities(rows=5), later)) == [
            ("rows:trial", 3, 0),
            ("rows:unit_price_micro", 2, 200),
        ]

    def test_in_units_that_is_used_up_gives_nothing_more(self):
        assert total(quote(self.units, Quantities(rows=5), Life(earlier=rows(10)))) == 500

    def test_in_days_frees_what_was_used_in_them(self):
        assert summary(rate(self.days, None, rows(5, first_days=4))) == [
            ("rows:trial", 4, 0),
            ("rows:unit_price_micro", 1, 100),
        ]


class TestSubscription:
    yearly = plan(
        "subscription", fee_micro=1_200_000_000, term="year", included_rows=100, over_price_micro=500_000
    )

    def test_the_first_statement_of_a_period_carries_the_fee_even_without_use(self):
        assert summary(rate(SUBSCRIPTION, None, Usage())) == [("months:fee_micro", 1, 200_000)]

    def test_a_later_statement_shows_the_included_rows_and_no_fee(self):
        assert summary(rate(SUBSCRIPTION, rows(3), rows(8))) == [("rows:included_rows", 5, 0)]

    def test_beyond_the_included_quantity_the_over_quota_rate_holds(self):
        monthly = plan("subscription", fee_micro=10_000_000, included_calls=2, over_price_micro=1_000_000)

        assert summary(quote(monthly, Quantities(calls=3, succeeded=3))) == [
            ("months:fee_micro", 1, 1000),
            ("calls:included_calls", 2, 0),
            ("calls:over_price_micro", 1, 100),
        ]

    def test_a_year_has_one_fee_and_one_included_quantity(self):
        second_month = Life(begins_term=False, earlier=rows(90))

        assert summary(quote(self.yearly, Quantities(rows=30), second_month)) == [
            ("rows:included_rows", 10, 0),
            ("rows:over_price_micro", 20, 1000),
        ]

    def test_a_cap_holds_fee_and_over_quota_use_together(self):
        capped = plan(
            "subscription",
            fee_micro=10_000_000,
            included_rows=0,
            over_price_micro=1_000_000,
            cap_micro=12_000_000,
        )

        assert total(quote(capped, Quantities(rows=500))) == 1200


class TestPackage:
    package = plan(
        "package", fee_micro=50_000_000, included_hits=100, expiry_days=30, over_price_micro=600_000
    )

    def hits(self, number, *, valid):
        return Usage(Quantities(hits=number), Quantities(hits=valid))

    def test_is_paid_once_and_used_up_over_the_periods(self):
        first = rate(self.package, None, self.hits(80, valid=80))
        later = Life(begins_term=False, earlier=self.hits(80, valid=80))
        second = rate(self.package, None, self.hits(30, valid=30), later)

        assert summary(first) == [("once:fee_micro", 1, 5000), ("hits:included_hits", 80, 0)]
        assert summary(second) == [("hits:included_hits", 20, 0), ("hits:over_price_micro", 10, 600)]

    def test_that_has_expired_covers_nothing_more(self):
        later = Life(begins_term=False, earlier=self.hits(10, valid=10))

        assert summary(rate(self.package, None, self.hits(7, valid=2), later)) == [
            ("hits:included_hits", 2, 0),
            ("hits:over_price_micro", 5, 300),
        ]


def test_one_off_is_charged_in_the_first_period_only():
    sale, used = plan("one_off", fee_micro=20_000_000), Quantities(calls=1, succeeded=1, hits=1, rows=5)

    assert summary(quote(sale, used)) == [
        ("once:fee_micro", 1, 2000),
        ("calls:model", 1, 0),
        ("rows:model", 5, 0),
    ]
    assert total(quote(sale, used, Life(begins_term=False))) == 0


def test_what_is_free_is_counted_all_the_same():
    used = Quantities(calls=2, succeeded=2, hits=1, rows=5)

    assert summary(quote(plan("free", public_welfare=True), used)) == [
        ("calls:model", 2, 0),
        ("rows:model", 5, 0),
    ]


@settings(max_examples=400)
@given(plan_documents, usages(), lives)
def test_a_second_rater_agrees(document, used, life):
    assert total(rate(PricePlan.from_json(document), None, used, life)) == bill_fen(document, used, life)


@settings(max_examples=400)
@given(plans, periods(), lives)
def test_lines_of_any_cutting_sum_to_the_uncut_bill(any_plan, states, life):
    cut = [
        line for before, after in pairwise([None, *states]) for line in rate(any_plan, before, after, life)
    ]

    assert by_key(cut) == by_key(rate(any_plan, None, states[-1], life))


@settings(max_examples=300)
@given(plans, usages(), lives)
def test_a_bill_is_never_negative_and_keeps_to_minimum_and_cap(any_plan, used, life):
    amount = total(rate(any_plan, None, used, life))

    assert amount >= any_plan.minimum_micro // 10_000
    assert any_plan.cap_micro is None or amount <= any_plan.cap_micro // 10_000


@settings(max_examples=300)
@given(plans.filter(lambda item: not item.tiers or item.tiers.mode == "graduated"), grown(), lives)
def test_a_bill_never_falls_as_use_grows_but_with_volume_tiers(any_plan, states, life):
    if any_plan.trial is None and any_plan.expiry_days is None:
        states = tuple(Usage(state.quantities) for state in states)

    assert total(rate(any_plan, *states, life)) >= 0


@given(plans, usages(), lives)
def test_nothing_used_since_the_last_statement_costs_nothing(any_plan, used, life):
    assert rate(any_plan, used, used, life) == ()


@settings(max_examples=200)
@given(metered_documents(), quantities(), st.integers(1, 10**6))
def test_a_larger_free_allowance_never_costs_more_with_graduated_prices(document, used, more):
    if document.get("tiers", {}).get("mode") == "volume":
        document["tiers"]["mode"] = "graduated"
    member = f"free_{UNITS[document['model']]}"
    generous = {**document, member: document.get(member, 0) + more}

    assert total(quote(PricePlan.from_json(generous), used)) <= total(
        quote(PricePlan.from_json(document), used)
    )


@given(st.sampled_from(sorted(UNITS)), prices, quantities())
def test_within_the_free_allowance_nothing_is_charged(model, price, used):
    free = PricePlan.from_json(
        {"model": model, "unit_price_micro": price, f"free_{UNITS[model]}": 2**53 - 1}
    )

    assert total(quote(free, used)) == 0


def test_the_largest_amount_of_64_bits_is_rated():
    lines = quote(plan("per_row", unit_price_micro=1), Quantities(rows=2**63 - 1))

    assert lines[0].amount_micro == 2**63 - 1


@pytest.mark.parametrize("model", ["per_row", "per_call"])
def test_an_amount_beyond_64_bits_is_refused(model):
    with pytest.raises(AmountOutOfRange):
        quote(plan(model, unit_price_micro=2), Quantities(rows=2**62, succeeded=2**62))


@pytest.mark.parametrize(
    "wrong", [{"rows": -1}, {"calls": -1}, {"rows": 2**63}, {"hits": True}, {"files": "1"}]
)
def test_a_quantity_that_is_no_count_of_64_bits_is_refused(wrong):
    with pytest.raises(QuantityInvalid) as caught:
        Quantities(**wrong)

    assert caught.value.field == next(iter(wrong))
