"""Facets against counting by hand."""

from hypothesis import given
from hypothesis import strategies as st

from exchange.catalogue.search.facets import FACETS, MOST_VALUES, PROVIDER, Narrowing

VALUES = {"sector": ["power", "energy"], "delivery": ["file", "query"], "provider": ["org_a", "org_b"]}
LISTING = st.fixed_dictionaries(
    {
        "sector": st.sampled_from(VALUES["sector"]).map(lambda value: {value}),
        "delivery": st.sets(st.sampled_from(VALUES["delivery"]), min_size=1),
        "provider": st.sampled_from(VALUES["provider"]).map(lambda value: {value}),
    }
)
FILTERS = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from(values), unique=True) for name, values in VALUES.items()}
)


def sets_of(listings):
    sets = {facet: {} for facet in FACETS}
    for number, listing in enumerate(listings):
        for facet, values in listing.items():
            for value in values:
                sets[facet][value] = sets[facet].get(value, 0) | 1 << number
    return sets


def passes(listing, filters, *, but=None):
    return all(
        not values or listing[facet] & set(values) for facet, values in filters.items() if facet != but
    )


@given(st.lists(LISTING, max_size=25), FILTERS)
def test_facets_count_what_choosing_their_value_would_leave(listings, filters):
    sets = sets_of(listings)
    narrowing = Narrowing((1 << len(listings)) - 1, filters, lambda facet, value: sets[facet].get(value, 0))
    providers = [next(iter(listing[PROVIDER])) for listing in listings]

    found = {facet.name: facet.values for facet in narrowing.facets(sets, providers)}

    assert narrowing.result() == sum(1 << n for n, item in enumerate(listings) if passes(item, filters))
    for facet, values in VALUES.items():
        expected = {
            value: sum(value in item[facet] and passes(item, filters, but=facet) for item in listings)
            for value in values
        }
        shown = {item.value: item.count for item in found[facet]}
        assert {value: count for value, count in expected.items() if count} == {
            value: count for value, count in shown.items() if count
        }
        assert {item.value for item in found[facet] if item.selected} == set(filters.get(facet, ()))


def test_a_facet_with_many_values_shows_the_most_frequent_and_the_chosen_one():
    sets = {facet: {} for facet in FACETS}
    sets["licence"] = {f"licence {n:03d}": (1 << n + 1) - 1 for n in range(100)}
    narrowing = Narrowing(
        (1 << 100) - 1, {"licence": ["licence 000"]}, lambda facet, value: sets[facet].get(value, 0)
    )

    licence = next(item for item in narrowing.facets(sets, []) if item.name == "licence")

    assert len(licence.values) == MOST_VALUES + 1
    assert (licence.values[0].value, licence.values[0].count) == ("licence 099", 100)
    assert (licence.values[-1].value, licence.values[-1].selected) == ("licence 000", True)
