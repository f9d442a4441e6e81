"""Random plans, random states of a period, and random ways through it."""

from hypothesis import strategies as st

from exchange.pricing import MAX_REVENUE_FEN, QUANTITY_NAMES, Declared, Life, PricePlan, Quantities, Usage

UNITS = {"per_call": "calls", "per_hit": "hits", "per_row": "rows", "per_mb": "mb", "per_file": "files"}

prices = st.integers(0, 10**8)
#: Small ones meet often, so that boundaries are hit; large ones are there too.
counts = st.one_of(st.integers(0, 40), st.integers(0, 10**7))
_limits = st.integers(0, 10**6).map(lambda fen: fen * 10_000)


@st.composite
def tier_tables(draw):
    ends = sorted(draw(st.sets(st.integers(1, 60), min_size=1, max_size=4)))
    return {
        "mode": draw(st.sampled_from(["graduated", "volume"])),
        "steps": [{"up_to": end, "unit_price_micro": draw(prices)} for end in [*ends, None]],
    }


trials = st.one_of(
    st.fixed_dictionaries({"units": st.integers(1, 60)}),
    st.fixed_dictionaries({"days": st.integers(1, 90)}),
)


@st.composite
def limits(draw):
    minimum = draw(st.none() | _limits)
    cap = draw(st.none() | _limits)
    if minimum and cap is not None and cap < minimum:
        minimum, cap = cap, minimum
    # A minimum of nothing is none, and is written as none.
    named = {"minimum_micro": minimum or None, "cap_micro": cap}
    return {name: value for name, value in named.items() if value is not None}


@st.composite
def metered_documents(draw, models=tuple(UNITS)):
    model = draw(st.sampled_from(models))
    document = {"model": model}
    if draw(st.booleans()):
        document["unit_price_micro"] = draw(prices)
    else:
        document["tiers"] = draw(tier_tables())
    if draw(st.booleans()):
        document[f"free_{UNITS[model]}"] = draw(counts)
    if draw(st.booleans()):
        document["trial"] = draw(trials)
    return document | draw(limits())


@st.composite
def share_documents(draw):
    return {"model": "revenue_share", "share_bp": draw(st.integers(1, 10_000)), **draw(limits())}


@st.composite
def subscription_documents(draw):
    document = {"model": "subscription", "fee_micro": draw(prices)}
    if (term := draw(st.sampled_from(["month", "quarter", "year"]))) != "month":
        document["term"] = term
    included = f"included_{draw(st.sampled_from(list(UNITS.values())))}"
    if draw(st.booleans()):
        document |= {included: draw(counts), "over_price_micro": draw(prices)}
        if draw(st.booleans()):
            fee_fen = -(-document["fee_micro"] // 10_000)
            document["cap_micro"] = (fee_fen + draw(st.integers(0, 10**5))) * 10_000
    elif draw(st.booleans()):
        document[included] = "unlimited"
    return document


@st.composite
def package_documents(draw):
    return {
        "model": "package",
        "fee_micro": draw(prices),
        f"included_{draw(st.sampled_from(list(UNITS.values())))}": draw(st.integers(1, 60)),
        "expiry_days": draw(st.integers(1, 90)),
        "over_price_micro": draw(prices),
    }


plan_documents = st.one_of(
    metered_documents(),
    subscription_documents(),
    package_documents(),
    share_documents(),
    st.fixed_dictionaries({"model": st.just("one_off"), "fee_micro": prices}),
    st.fixed_dictionaries({"model": st.just("free")}, optional={"public_welfare": st.booleans()}),
)
plans = plan_documents.map(PricePlan.from_json)


@st.composite
def quantities(draw):
    """As the gate counts: every hit is a success with rows, every file a success, every success a call."""
    calls = draw(counts)
    succeeded = draw(st.integers(0, calls))
    hits = draw(st.integers(0, succeeded))
    return Quantities(
        calls=calls,
        succeeded=succeeded,
        hits=hits,
        rows=hits + (draw(counts) if hits else 0),
        size_bytes=draw(st.one_of(st.integers(0, 60 * 10**6), st.integers(0, 10**12))),
        files=draw(st.integers(0, succeeded)),
    )


#: Nothing declared, zero declared, small sums that round, and the largest.
declared = st.just(Declared()) | st.builds(
    Declared,
    declarations=st.integers(1, 5),
    revenue_fen=st.integers(0, 200) | st.integers(0, MAX_REVENUE_FEN // 2),
)


@st.composite
def usages(draw):
    """A state of a period; what falls within the first days is a part of it."""
    used = draw(quantities())
    return Usage(
        used,
        Quantities(**{name: draw(st.integers(0, getattr(used, name))) for name in QUANTITY_NAMES}),
        draw(declared),
    )


lives = st.builds(Life, begins_term=st.booleans(), earlier=usages())


@st.composite
def periods(draw):
    """The cumulative states at the statements of one period; corrections may lower them."""
    return draw(st.lists(usages(), min_size=1, max_size=6))


@st.composite
def grown(draw):
    """Two states of a period, the second not below the first in anything."""
    used, more = draw(usages()), draw(usages())
    return used, Usage(
        used.quantities + more.quantities,
        used.in_first_days + more.in_first_days,
        used.declared + more.declared,
    )
