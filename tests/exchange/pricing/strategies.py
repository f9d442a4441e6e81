"""Random plans and random ways through a period."""

from hypothesis import strategies as st

from exchange.pricing import PricePlan, Quantities

_prices = st.integers(0, 10**8)
_counts = st.integers(0, 10**7)

plan_documents = st.one_of(
    st.fixed_dictionaries(
        {"model": st.just("per_row"), "unit_price_micro": _prices}, optional={"free_rows": _counts}
    ),
    st.fixed_dictionaries(
        {"model": st.just("per_call"), "unit_price_micro": _prices}, optional={"free_calls": _counts}
    ),
    st.fixed_dictionaries(
        {"model": st.just("subscription"), "fee_micro": _prices},
        optional={"included_rows": st.just("unlimited")},
    ),
)
plans = plan_documents.map(PricePlan.from_json)
quantities = st.builds(Quantities, rows=_counts, calls=_counts)


@st.composite
def periods(draw):
    """The cumulative states at the statements of one period; corrections may lower them."""
    return draw(st.lists(quantities, min_size=1, max_size=8))
