"""Search over HTTP and from the terminal."""

import json

import pytest
from click.testing import CliRunner

from exchange.catalogue.search.cli import catalogue, search
from exchange.cli import wdx
from exchange.client.profile import Profile, save_profile
from tests.exchange.client.conftest import serving

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_the_api_answers_items_total_and_facets_in_words(market):
    answer = market.api(market.forecast_lab).get("/listings", q="负荷", granularity="PT15M")

    found = answer.json
    assert answer.status_code == 200
    assert [item["id"] for item in found["items"]] == [market.listing_id]
    assert (found["total"], found["page"], found["relaxed"]) == (1, 1, False)
    facets = {facet["name"]: facet["values"] for facet in found["facets"]}
    assert facets["granularity"] == [
        {"value": "PT15M", "label_zh": "15 分钟", "label_en": "15 min", "count": 1, "selected": True}
    ]
    assert facets["provider"][0]["label_en"] == "grid-co"


def test_the_api_takes_a_facet_several_times(market, listed):
    listed(sector="energy")

    answer = market.api(market.rival).client.get(
        "/api/v1/listings?sector=energy&sector=power", headers=market.rival.sign_in_headers()
    )
    assert answer.json["total"] == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sector": "weather"}, "sector.0"),
        ({"colour": "red"}, "colour"),
        ({"region": "Hubei"}, "region.0"),
        ({"sort": "price"}, "sort"),
        ({"page": 101}, "page"),
        ({"q": "x" * 201}, "q"),
    ],
)
def test_the_api_names_the_field_of_a_question_that_makes_no_sense(market, query, field):
    answer = market.api(market.forecast_lab).get("/listings", **query)

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


@pytest.fixture
def run(market, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def invoke(*arguments, by=market.forecast_lab):
        with serving(market.app) as url:
            save_profile(Profile(url, by.token))
            return CliRunner().invoke(search, [str(item) for item in arguments])

    return invoke


def test_the_command_prints_what_it_found(market, run):
    result = run("负荷", "15min", "--facet", "granularity=PT15M")

    assert (result.exit_code, market.listing_id in result.output) == (0, True)


def test_the_command_prints_json_for_programs(market, run):
    result = run("load 15min", "--facet", "sector=power", "--facet", "sector=energy", "--json")

    assert json.loads(result.output)["items"][0]["id"] == market.listing_id


def test_the_command_says_how_a_facet_is_written(run):
    result = run("--facet", "granularity")

    assert (result.exit_code, "FACET=VALUE" in result.output) == (2, True)


def test_the_operator_makes_the_index_again(market):
    result = CliRunner().invoke(catalogue, ["reindex"], obj=lambda: market.context)

    assert (result.exit_code, result.output) == (0, "1\n")
    assert wdx.commands["catalogue"] is catalogue
