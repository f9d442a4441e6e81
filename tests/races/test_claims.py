"""Two providers claim one demand at the same moment: one of them has it, the other is told."""

from concurrent.futures import ThreadPoolExecutor

from exchange.core.errors import WrongState
from exchange.demands.queries import find_claims
from tests.factories.demands import Demands


def test_a_demand_is_claimed_once(market):
    demands = Demands(market)
    demand_id = demands.open()

    def claim(member):
        try:
            demands.claim(demand_id, by=member, with_listing=False)
        except WrongState:
            return "too late"
        return "claimed"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(claim, [market.grid_co, market.rival]))

    claims = market.read(find_claims, demands.get(demand_id), actor=market.operator.actor)
    assert (outcomes, len(claims)) == (["claimed", "too late"], 1)


def test_two_listings_decided_at_once_are_both_found(market):
    from exchange.catalogue.search import Wish, search_listings

    versions = [market.approved(market.drafted(title_en=f"zinc {number}")) for number in range(4)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(market.decided, versions))

    found = market.read(search_listings, actor=market.rival.actor, wish=Wish("zinc"), now=market.now)
    assert found.total == 4
