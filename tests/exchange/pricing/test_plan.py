"""A plan is read strictly, written completely, and its errors say what to change."""

import pytest
import rfc8785
from hypothesis import given, settings

from exchange.pricing import PricePlan, PricePlanInvalid

from .strategies import plan_documents, plans

ROW = {"model": "per_row", "unit_price_micro": 1}
SHARE = {"model": "revenue_share", "share_bp": 500}
STEP, LAST = {"up_to": 10, "unit_price_micro": 2}, {"up_to": None, "unit_price_micro": 1}
PACKAGE = {"model": "package", "fee_micro": 1, "included_rows": 1, "expiry_days": 1, "over_price_micro": 1}
METERED_SUBSCRIPTION = {
    "model": "subscription",
    "fee_micro": 20_000,
    "included_rows": 1,
    "over_price_micro": 1,
}


def tiered(*steps, mode="graduated", **rest):
    return {"model": "per_row", "tiers": {"mode": mode, "steps": list(steps)}, **rest}


@settings(max_examples=300)
@given(plans)
def test_a_written_plan_reads_back_equal(plan):
    assert PricePlan.from_json(plan.to_json()) == plan


@settings(max_examples=300)
@given(plan_documents)
def test_writing_keeps_what_was_given_and_adds_only_defaults(document):
    written = PricePlan.from_json(document).to_json()

    assert {name: written.get(name) for name in document} == document


@given(plans)
def test_every_plan_has_canonical_bytes(plan):
    assert rfc8785.dumps(plan.to_json())


def test_defaults_are_written_out_so_that_the_signed_terms_are_complete():
    plan = PricePlan.from_json({"model": "per_row", "unit_price_micro": 500})

    assert plan.to_json() == {"model": "per_row", "unit_price_micro": 500, "free_rows": 0}


@pytest.mark.parametrize(
    "document",
    [
        {"model": "per_row", "unit_price_micro": 500, "free_rows": 3},
        {"model": "per_call", "unit_price_micro": 500, "free_calls": 0},
        {"model": "subscription", "fee_micro": 500, "included_rows": "unlimited"},
    ],
)
def test_the_first_three_forms_stay_as_they_were(document):
    assert PricePlan.from_json(document).to_json() == document


def test_the_largest_permitted_price_has_canonical_bytes():
    plan = PricePlan.from_json({"model": "per_call", "unit_price_micro": 2**53 - 1})

    assert b"9007199254740991" in rfc8785.dumps(plan.to_json())


@pytest.mark.parametrize(
    ("document", "member"),
    [
        ({}, "model"),
        ({"model": "volume"}, "model"),
        ({"model": ["per_row"]}, "model"),
        ({"model": "per_row"}, "unit_price_micro"),
        ({"model": "per_row", "unit_price_micro": -1}, "unit_price_micro"),
        ({"model": "per_row", "unit_price_micro": True}, "unit_price_micro"),
        ({"model": "per_row", "unit_price_micro": 1.0}, "unit_price_micro"),
        ({"model": "per_row", "unit_price_micro": "1"}, "unit_price_micro"),
        ({"model": "per_row", "unit_price_micro": 2**53}, "unit_price_micro"),
        (ROW | {"free_rows": None}, "free_rows"),
        (ROW | {"free_calls": 1}, "free_calls"),
        (ROW | {"colour": 1}, "colour"),
        (ROW | {"fee_micro": 1}, "fee_micro"),
        (ROW | {"tiers": {"mode": "volume", "steps": [LAST]}}, "unit_price_micro"),
        (tiered(LAST, mode="stairs"), "tiers.mode"),
        ({"model": "per_row", "tiers": {"steps": [LAST]}}, "tiers.mode"),
        ({"model": "per_row", "tiers": {"mode": "volume"}}, "tiers.steps"),
        ({"model": "per_row", "tiers": {"mode": "volume", "steps": [], "x": 1}}, "tiers.x"),
        (tiered(), "tiers.steps"),
        (tiered(*[STEP] * 21), "tiers.steps"),
        (tiered(LAST), "tiers.steps"),
        (tiered(STEP, STEP | {"up_to": 20}), "tiers.steps.1.up_to"),
        (tiered(LAST, LAST), "tiers.steps.0.up_to"),
        (tiered(STEP, STEP, LAST), "tiers.steps.1.up_to"),
        (tiered(STEP | {"up_to": 0}, LAST), "tiers.steps.0.up_to"),
        (tiered(STEP | {"up_to": True}, LAST), "tiers.steps.0.up_to"),
        (tiered(STEP | {"fee": 1}, LAST), "tiers.steps.0.fee"),
        (tiered({"up_to": 3}, LAST), "tiers.steps.0.unit_price_micro"),
        (tiered("cheap", LAST), "tiers.steps.0"),
        (ROW | {"trial": 14}, "trial"),
        (ROW | {"trial": {}}, "trial"),
        (ROW | {"trial": {"units": 1, "days": 1}}, "trial"),
        (ROW | {"trial": {"units": 0}}, "trial.units"),
        (ROW | {"trial": {"days": 36_501}}, "trial.days"),
        (ROW | {"trial": {"weeks": 2}}, "trial.weeks"),
        (ROW | {"minimum_micro": 10_001}, "minimum_micro"),
        (ROW | {"cap_micro": False}, "cap_micro"),
        (ROW | {"minimum_micro": 20_000, "cap_micro": 10_000}, "cap_micro"),
        ({"model": "subscription", "unit_price_micro": 1}, "unit_price_micro"),
        ({"model": "subscription", "fee_micro": 1, "included_rows": 10}, "over_price_micro"),
        ({"model": "subscription", "fee_micro": 1, "included_rows": "all"}, "included_rows"),
        ({"model": "subscription", "fee_micro": 1, "over_price_micro": 10}, "over_price_micro"),
        ({"model": "subscription", "fee_micro": 1, "term": "week"}, "term"),
        ({"model": "subscription", "fee_micro": 1, "cap_micro": 10_000}, "cap_micro"),
        (METERED_SUBSCRIPTION | {"cap_micro": 10_000}, "cap_micro"),
        (METERED_SUBSCRIPTION | {"included_mb": 1}, "included_mb"),
        (METERED_SUBSCRIPTION | {"trial": {"days": 1}}, "trial"),
        (PACKAGE | {"included_rows": 0}, "included_rows"),
        (PACKAGE | {"included_rows": "unlimited"}, "included_rows"),
        (PACKAGE | {"expiry_days": 0}, "expiry_days"),
        (PACKAGE | {"cap_micro": 10_000}, "cap_micro"),
        ({"model": "package", "fee_micro": 1}, "included_rows"),
        (
            {name: value for name, value in PACKAGE.items() if name != "over_price_micro"},
            "over_price_micro",
        ),
        ({"model": "one_off"}, "fee_micro"),
        ({"model": "one_off", "fee_micro": 1, "term": "year"}, "term"),
        ({"model": "free", "public_welfare": 1}, "public_welfare"),
        ({"model": "free", "fee_micro": 0}, "fee_micro"),
        ({"model": "revenue_share"}, "share_bp"),
        (SHARE | {"share_bp": 0}, "share_bp"),
        (SHARE | {"share_bp": 10_001}, "share_bp"),
        (SHARE | {"share_bp": 2.5}, "share_bp"),
        (SHARE | {"minimum_micro": 5}, "minimum_micro"),
        (SHARE | {"minimum_micro": 20_000, "cap_micro": 10_000}, "cap_micro"),
        (SHARE | {"fee_micro": 1}, "fee_micro"),
        (SHARE | {"free_rows": 1}, "free_rows"),
    ],
)
def test_a_refusal_names_the_member_and_the_remedy(document, member):
    with pytest.raises(PricePlanInvalid) as caught:
        PricePlan.from_json(document)

    assert caught.value.field == f"price_plan.{member}"
    assert caught.value.remedy


@pytest.mark.parametrize("document", [[], None, "per_row", 3])
def test_what_is_no_object_is_refused(document):
    with pytest.raises(PricePlanInvalid) as caught:
        PricePlan.from_json(document)

    assert caught.value.field == "price_plan"


def test_a_share_is_refused_in_its_own_unit():
    with pytest.raises(PricePlanInvalid) as caught:
        PricePlan.from_json(SHARE | {"share_bp": "5 %"})

    assert caught.value.remedy == "Give a whole number of basis points from 1 to 10000."
