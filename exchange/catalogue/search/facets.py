"""Facets of the catalogue: narrowing by them, and counting what each of their values would leave."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from exchange.catalogue.search.places import as_flags, newest_first

#: In the order in which people narrow.
FACETS = (
    "sector",
    "granularity",
    "frequency",
    "newest",
    "price_model",
    "delivery",
    "quality",
    "region",
    "licence",
    "language",
    "provider",
)
PROVIDER = "provider"
#: Not for choosing: who may see a listing.
AUDIENCE = "audience"
#: Facets whose sets a process keeps. Providers are too many for that, and so are lists of who may see what.
REMEMBERED_FACETS = (*(facet for facet in FACETS if facet != PROVIDER), AUDIENCE)
#: Values shown of one facet; those asked for are always among them.
MOST_VALUES = 20
#: Up to this part of all listings, going to each costs less than going through all.
_FEW = 16

Filters = Mapping[str, Sequence[str]]
SetOf = Callable[[str, str], int]


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet with the number of listings it leaves."""

    value: str
    count: int
    selected: bool


@dataclass(frozen=True)
class Facet:
    """A facet with its values, the most frequent first."""

    name: str
    values: tuple[FacetValue, ...]


class Narrowing:
    """The filters of one search: values of one facet widen, facets narrow each other."""

    def __init__(self, found: int, filters: Filters, set_of: SetOf) -> None:
        self._found = found
        self._chosen = {facet: tuple(values) for facet, values in filters.items() if values}
        self._sets = {
            facet: _union(set_of(facet, value) for value in values)
            for facet, values in self._chosen.items()
        }

    def result(self) -> int:
        """What all the filters leave."""
        return self._without(None)

    def facets(self, known: Mapping[str, Mapping[str, int]], providers: Sequence[str]) -> list[Facet]:
        """Every facet, each counted under the filters of the others, as choosing one more value would act."""
        return [self._facet(name, known, providers) for name in FACETS]

    def _facet(self, name: str, known: Mapping[str, Mapping[str, int]], providers: Sequence[str]) -> Facet:
        base = self._without(name)
        chosen = self._chosen.get(name, ())
        counts: Counter[str] = (
            _counted(base, providers)
            if name == PROVIDER
            else Counter({value: (base & listings).bit_count() for value, listings in known[name].items()})
        )
        # Equal counts stand in the order of their names, so that a page looks the same each time.
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        shown = [value for value, count in ranked if count][:MOST_VALUES]
        shown += [value for value in chosen if value not in shown]
        return Facet(
            name, tuple(FacetValue(value, counts[value], selected=value in chosen) for value in shown)
        )

    def _without(self, facet: str | None) -> int:
        left = self._found
        for name, listings in self._sets.items():
            if name != facet:
                left &= listings
        return left


def _counted(listings: int, providers: Sequence[str]) -> Counter[str]:
    if listings.bit_count() * _FEW < len(providers):
        # One that came off the index between two reads of the memory has no provider there.
        return Counter(providers[number] for number in newest_first(listings) if number < len(providers))
    return Counter(compress(providers, as_flags(listings)))


def _union(sets: Iterable[int]) -> int:
    union = 0
    for listings in sets:
        union |= listings
    return union
