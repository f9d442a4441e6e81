"""Searching what stays with its provider: found like everything else, and honest about what nobody measured."""

import pytest

from exchange.catalogue.search.index import rebuild
from exchange.demands.matching import find_fitting_listings
from tests.exchange.demands.conftest import demands  # noqa: F401 - a fixture
from tests.factories import hosted as product
from tests.factories.browsers import Browser
from tests.factories.participants import PASSWORD


@pytest.fixture
def listing_id(market):
    return product.listed(market).listing_id


def facet(found, name):
    [values] = [item.values for item in found.facets if item.name == name]
    return {item.value: item.count for item in values}


def test_it_is_found_by_its_words_and_its_columns(listing_id, search):
    assert [item.id for item in search("用电信用").items] == [listing_id]
    assert [item.id for item in search("arrears_days").items] == [listing_id]


@pytest.mark.parametrize("filters", [{"delivery": ["proxy"]}, {"quality": ["unmeasured"]}])
def test_it_is_found_by_what_sets_it_apart(listing_id, search, filters):
    assert [item.id for item in search(filters=filters).items] == [listing_id]


def test_the_facets_count_it_as_what_it_is(listing_id, search):
    found = search()

    assert facet(found, "delivery")["proxy"] == 1
    assert facet(found, "quality")["unmeasured"] == 1
    assert facet(found, "newest") == {"2026": 1}


def test_its_card_claims_no_rows_and_no_revision(listing_id, search):
    [item] = search("用电信用").items

    assert (item.card["rows"], item.card["revision_id"], item.card["dataset_id"]) == (None, None, None)
    assert item.card["hosted_id"].startswith("hst_")


def test_an_index_that_is_made_again_has_it(market, listing_id, search):
    market.context.database.write(lambda session: rebuild(session, at=market.now))

    assert [item.id for item in search(filters={"delivery": ["proxy"]}).items] == [listing_id]


def test_the_api_and_its_words_in_both_languages(market, listing_id):
    answer = market.api(market.forecast_lab).get("/listings", quality="unmeasured").json

    assert [item["id"] for item in answer["items"]] == [listing_id]
    [values] = [item["values"] for item in answer["facets"] if item["name"] == "quality"]
    labels = {item["value"]: (item["label_zh"], item["label_en"]) for item in values}
    assert labels["unmeasured"] == ("未测定", "Not measured")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The data stay with the provider; quality not measured"),
        ("zh", "数据留在供方，质量未测定"),
    ],
)
def test_the_page_says_it_beside_no_picture(market, listing_id, language, words):
    browser = Browser(market.app, language)
    browser.sign_in(market.forecast_lab.login, PASSWORD)

    html = browser.get("/catalogue/", delivery="proxy").text
    assert words in html
    assert 'class="spark"' not in html


def test_a_demand_finds_it(market, listing_id, demands):  # noqa: F811 - the fixture
    wanted = demands.get(demands.open(title_zh="用电信用", columns=["score"], granularity=None, region=""))

    found = market.read(find_fitting_listings, wanted, actor=market.forecast_lab.actor, now=market.now)
    assert [item.id for item in found] == [listing_id]
