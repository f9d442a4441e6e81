"""A plan is read strictly, written completely, and its errors say what to change."""

import pytest
import rfc8785
from hypothesis import given, settings

from exchange.pricing import PricePlan, PricePlanInvalid

from .strategies import plan_documents, plans


@settings(deadline=None)
@given(plans)
def test_a_written_plan_reads_back_equal(plan):
    assert PricePlan.from_json(plan.to_json()) == plan


@settings(deadline=None)
@given(plan_documents)
def test_writing_keeps_what_was_given_and_adds_only_defaults(document):
    assert document.items() <= PricePlan.from_json(document).to_json().items()


def test_defaults_are_written_out_so_that_the_signed_terms_are_complete():
    plan = PricePlan.from_json({"model": "per_row", "unit_price_micro": 500})

    assert plan.to_json() == {"model": "per_row", "unit_price_micro": 500, "free_rows": 0}


def test_the_largest_permitted_price_has_canonical_bytes():
    plan = PricePlan.from_json({"model": "per_call", "unit_price_micro": 2**53 - 1})

    assert b"9007199254740991" in rfc8785.dumps(plan.to_json())


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "price_plan.model"),
        ({"model": "volume"}, "price_plan.model"),
        ({"model": ["per_row"]}, "price_plan.model"),
        ({"model": "per_row"}, "price_plan.unit_price_micro"),
        ({"model": "per_row", "unit_price_micro": -1}, "price_plan.unit_price_micro"),
        ({"model": "per_row", "unit_price_micro": True}, "price_plan.unit_price_micro"),
        ({"model": "per_row", "unit_price_micro": 1.0}, "price_plan.unit_price_micro"),
        ({"model": "per_row", "unit_price_micro": "1"}, "price_plan.unit_price_micro"),
        ({"model": "per_row", "unit_price_micro": 2**53}, "price_plan.unit_price_micro"),
        ({"model": "per_row", "unit_price_micro": 1, "free_rows": None}, "price_plan.free_rows"),
        ({"model": "per_row", "unit_price_micro": 1, "free_calls": 1}, "price_plan.free_calls"),
        ({"model": "subscription", "fee_micro": 1, "included_rows": 10}, "price_plan.included_rows"),
        ({"model": "subscription", "unit_price_micro": 1}, "price_plan.unit_price_micro"),
        ([], "price_plan"),
    ],
)
def test_a_refusal_names_the_field_and_the_remedy(document, field):
    with pytest.raises(PricePlanInvalid) as caught:
        PricePlan.from_json(document)

    assert caught.value.field == field
    assert caught.value.remedy
