import pytest

from exchange.catalogue.search import Wish, search_listings
from exchange.core.errors import NotFound
from exchange.datasets import service as datasets
from tests.factories.catalogue import offer
from tests.factories.datasets import taken_in
from tests.factories.participants import register


def sees(market, who):
    """Whether the listing exists for somebody, in every way in which it can be asked for."""
    found = market.read(search_listings, actor=who.actor, wish=Wish(), now=market.now)
    is_listed = market.listing_id in [item.id for item in found.items]
    assert found.total == len(found.items)
    try:
        market.on_offer(by=who)
    except NotFound:
        assert not is_listed
        assert market.api(who).get(f"/listings/{market.listing_id}").status_code == 404
        assert market.api(who).get(f"/listings/{market.listing_id}/prices").status_code == 404
        return False
    assert is_listed
    return True


def limited(market, **visibility):
    market.decided(market.edited(visibility=visibility))


def test_a_public_listing_is_for_everybody_who_is_signed_in(market):
    assert all(sees(market, who) for who in (market.forecast_lab, market.rival, market.grid_co))


def test_a_denied_organisation_does_not_know_of_it(market):
    limited(market, deny=[market.rival.organisation_id])

    assert not sees(market, market.rival)
    assert sees(market, market.forecast_lab)


def test_a_private_listing_is_for_those_it_names(market):
    limited(market, audience="private", allow=[market.forecast_lab.organisation_id])

    assert sees(market, market.forecast_lab)
    assert not sees(market, market.rival)


def test_a_certified_listing_is_not_for_organisations_that_wait_for_their_verification(market):
    newcomer = market.do(lambda session, now: register(session, "newcomer", "buyer", number=77, now=now))
    assert sees(market, newcomer)

    limited(market, audience="certified")

    assert not sees(market, newcomer)
    assert sees(market, market.rival)


@pytest.mark.parametrize("who", ["grid_co", "grid_approver", "operator", "regulator"])
def test_provider_and_overseers_always_see_it(market, who):
    limited(market, audience="private", allow=[market.forecast_lab.organisation_id])

    assert sees(market, getattr(market, who))


def test_what_one_may_not_see_one_cannot_ask_for(market):
    limited(market, deny=[market.forecast_lab.organisation_id])

    with pytest.raises(NotFound):
        market.negotiations.requested()


def test_the_newest_listed_version_decides(market):
    limited(market, deny=[market.rival.organisation_id])
    limited(market)

    assert sees(market, market.rival)


def test_a_private_parent_is_no_parent_to_a_stranger(market):
    """How a listing is graded is not told to those who may not know of it."""
    limited(market, audience="private", allow=[market.forecast_lab.organisation_id])
    revision = market.do(
        datasets.create_dataset,
        actor=market.rival.actor,
        name="Derived",
        source_name="load.csv",
        ingested=taken_in(market.context.storage),
    )

    answer = market.api(market.rival).post(
        "/listings",
        {"dataset_id": revision.dataset_id, **offer(source={"parents": [market.listing_id]})},
    )

    assert [item["field"] for item in answer.json["errors"]] == ["source.parents.0"]
