"""Whatever is agreed, the terms say it, in the same bytes for ever."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.terms import Party, Terms, build_terms
from exchange.core.clock import from_millis
from exchange.pricing import PricePlan

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
prices = st.integers(0, 2**53 - 1)
plans = st.one_of(
    st.fixed_dictionaries({"model": st.just("per_row"), "unit_price_micro": prices, "free_rows": prices}),
    st.fixed_dictionaries({"model": st.just("per_call"), "unit_price_micro": prices}),
    st.fixed_dictionaries({"model": st.just("subscription"), "fee_micro": prices}),
)
instants = st.integers(0, 2**42).map(from_millis)
offers = st.fixed_dictionaries(
    {
        "purpose": texts,
        "scenario": texts,
        "columns": st.lists(texts, min_size=1, max_size=4),
        "delivery_modes": st.lists(st.sampled_from(["query", "file"]), min_size=1, max_size=2, unique=True),
        "max_rows": st.none() | st.integers(1, 2**53 - 1),
        "price_plan": plans,
        "platform_fee_bp": st.integers(0, 10_000),
    }
)


@st.composite
def arguments(draw):
    content = {
        "title_zh": draw(texts),
        "title_en": draw(texts),
        "sector": "power",
        "revision": {"id": draw(texts), "sha256": "a" * 64, "rows": draw(st.integers(0, 2**40))},
        "schema_digest": "b" * 64,
    }
    return {
        "agreement_id": draw(texts),
        "negotiation_id": draw(texts),
        "parties": tuple(
            Party(role, draw(texts), draw(texts), draw(texts), "91350100M000100Y43", draw(texts), "Ed25519")
            for role in ("provider", "buyer", "exchange")
        ),
        "listing": {"id": "lst", "version": 1, "digest": "d" * 64, "dataset_id": "dts", "content": content},
        "offer": draw(offers),
        "valid_from": draw(instants),
        "valid_until": draw(instants),
    }


@settings(max_examples=60)
@given(arguments())
def test_terms_read_back_say_what_was_agreed(agreed):
    terms = Terms.read(build_terms(**agreed).data)

    offer = agreed["offer"]
    assert terms.agreement_id == agreed["agreement_id"]
    assert tuple(terms.party(party.role) for party in agreed["parties"]) == agreed["parties"]
    assert (terms.columns, terms.delivery_modes) == (
        tuple(offer["columns"]),
        tuple(offer["delivery_modes"]),
    )
    assert (terms.granted_rows, terms.platform_fee_bp) == (offer["max_rows"], offer["platform_fee_bp"])
    assert terms.price_plan == PricePlan.from_json(offer["price_plan"])
    assert (terms.valid_from, terms.valid_until) == (agreed["valid_from"], agreed["valid_until"])


@settings(max_examples=30)
@given(arguments())
def test_the_same_agreement_has_the_same_bytes(agreed):
    assert build_terms(**agreed) == build_terms(**agreed)


@settings(max_examples=30)
@given(arguments(), st.timedeltas(timedelta(milliseconds=1), timedelta(days=1)))
def test_another_end_is_another_document(agreed, longer):
    before = agreed["valid_until"] - datetime(1970, 1, 1, tzinfo=UTC)
    other = {**agreed, "valid_until": agreed["valid_until"] + longer}

    changed = (before + longer) // timedelta(milliseconds=1) != before // timedelta(milliseconds=1)
    assert (build_terms(**agreed).digest != build_terms(**other).digest) == changed
