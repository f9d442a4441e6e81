"""Which listings fit a demand, and which demands fit a provider's listings: the catalogue's search decides."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from exchange.catalogue.search import FoundListing, Wish, search_for_each, search_listings
from exchange.demands.queries import DemandCard, find_demands
from exchange.participants import Actor

#: Shown of each: enough to choose from.
MOST_LISTINGS = 6
#: Demands that are looked through for a provider, the newest; all of them cost the reads of one search.
MOST_DEMANDS = 30


@dataclass(frozen=True)
class FittingDemand:
    """A demand on the board and the provider's own listing that fits it best."""

    demand: DemandCard
    listing: FoundListing


def find_fitting_listings(
    session: Session, demand: DemandCard, *, actor: Actor, now: datetime
) -> list[FoundListing]:
    """The listings the actor may see that fit the demand, the best first."""
    return search_listings(session, actor=actor, wish=_wish(demand), now=now).items


def find_fitting_demands(session: Session, *, actor: Actor, now: datetime) -> list[FittingDemand]:
    """Demands on the board that a listing of the actor's organisation fits, the newest first."""
    own = actor.organisation_id
    demands = [
        demand
        for demand in find_demands(session, actor=actor, limit=MOST_DEMANDS)
        if demand.organisation_id != own
    ]
    wishes = [replace(_wish(demand, provider=[own]), size=1) for demand in demands]
    found = search_for_each(session, actor=actor, wishes=wishes, now=now)
    return [
        FittingDemand(demand, fitting.items[0])
        for demand, fitting in zip(demands, found, strict=True)
        if fitting.items
    ]


def _wish(demand: DemandCard, **filters: list[str]) -> Wish:
    content = demand.content
    filters["sector"] = [content["sector"]]
    if content["granularity"]:
        filters["granularity"] = [content["granularity"]]
    if content["region"]:
        filters["region"] = [content["region"]]
    # One language: every word of the market finds its translation, and both would count twice.
    return Wish(
        content["title_zh"],
        filters,
        size=MOST_LISTINGS,
        half_suffices=True,
        lifting=" ".join(content["columns"]),
        with_facets=False,
    )
