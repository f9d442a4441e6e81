"""Which listings fit a demand, and which demands fit a provider's listings: the catalogue's search decides."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from exchange.catalogue.search import FoundListing, Wish, search_listings
from exchange.demands.queries import DemandCard, find_demands
from exchange.participants import Actor

#: Shown of each: enough to choose from.
MOST_LISTINGS = 6
#: Demands that are looked through for a provider, the newest; each costs one search.
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
    return _search(session, demand, actor, {}, now)[:MOST_LISTINGS]


def find_fitting_demands(session: Session, *, actor: Actor, now: datetime) -> list[FittingDemand]:
    """Demands on the board that a listing of the actor's organisation fits, the newest first."""
    fitting = []
    for demand in find_demands(session, actor=actor, limit=MOST_DEMANDS):
        if demand.organisation_id == actor.organisation_id:
            continue
        found = _search(session, demand, actor, {"provider": [actor.organisation_id]}, now)
        if found:
            fitting.append(FittingDemand(demand, found[0]))
    return fitting


def _search(
    session: Session, demand: DemandCard, actor: Actor, filters: dict[str, list[str]], now: datetime
) -> list[FoundListing]:
    content = demand.content
    filters = {**filters, "sector": [content["sector"]]}
    if content["granularity"]:
        filters["granularity"] = [content["granularity"]]
    if content["region"]:
        filters["region"] = [content["region"]]
    # One language: every word of the market finds its translation, and both would count twice.
    wish = Wish(
        content["title_zh"],
        filters,
        size=MOST_LISTINGS,
        half_suffices=True,
        lifting=" ".join(content["columns"]),
        with_facets=False,
    )
    return search_listings(session, actor=actor, wish=wish, now=now).items
