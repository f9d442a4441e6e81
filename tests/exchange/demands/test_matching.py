import pytest
from sqlalchemy import event

from exchange.demands.matching import find_fitting_demands, find_fitting_listings
from tests.factories.catalogue import described


@pytest.fixture
def fitting(market, demands):
    def titles(**changes):
        card = demands.get(demands.open(**changes))
        found = market.read(find_fitting_listings, card, actor=market.forecast_lab.actor, now=market.now)
        return [item.card["title_en"] for item in found]

    return titles


def test_a_demand_shows_the_listings_that_fit(fitting):
    assert fitting() == ["Load curve"]


@pytest.mark.parametrize(
    "changes",
    [
        {"sector": "energy"},
        {"granularity": "P1D"},
        {"region": "420000"},
        {"title_zh": "求购铜现货价格", "columns": ["copper price"]},
        {"title_zh": "变压器油温", "columns": ["load_kw"]},
    ],
)
def test_a_listing_of_another_sector_rhythm_region_or_subject_does_not_fit(fitting, changes):
    assert fitting(**changes) == []


def test_the_wanted_columns_decide_between_listings_that_fit(market, fitting):
    for name in ("voltage_v", "current_a"):
        market.listed(title_en=name, dictionary=described(remark={"meaning_en": name}))

    assert fitting(columns=["voltage"])[0] == "voltage_v"


def test_a_provider_sees_the_demands_that_its_listings_fit(market, demands):
    wanted = demands.open()
    demands.open(title_zh="求购风速", columns=["wind_speed"])

    mine = market.read(find_fitting_demands, actor=market.grid_co.actor, now=market.now)
    others = market.read(find_fitting_demands, actor=market.rival.actor, now=market.now)

    assert [(item.demand.id, item.listing.id) for item in mine] == [(wanted, market.listing_id)]
    assert others == []


def test_a_demand_does_not_fit_its_own_buyers_listings(market, demands):
    demands.open(by=market.rival)
    market.listed()

    assert len(market.read(find_fitting_demands, actor=market.grid_co.actor, now=market.now)) == 1
    assert market.read(find_fitting_demands, actor=market.rival.actor, now=market.now) == []


def test_many_demands_cost_the_database_as_much_as_one(market, demands):
    asked = []

    def count():
        asked.clear()
        market.read(find_fitting_demands, actor=market.grid_co.actor, now=market.now)
        return len(asked)

    event.listen(market.context.database.engine, "before_cursor_execute", lambda *_: asked.append(1))
    demands.open()
    count()
    one = count()
    for _ in range(6):
        demands.open()

    assert count() == one
