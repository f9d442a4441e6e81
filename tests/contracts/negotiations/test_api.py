import pytest

from tests.factories.negotiations import access_request


@pytest.fixture
def asked(market):
    body = {"listing_id": market.listing_id, **access_request(max_rows=50)}
    return market.api(market.forecast_lab).post("/negotiations/", body)


def test_a_negotiation_goes_from_request_to_agreement(market, asked):
    path = f"/negotiations/{asked.json['id']}"

    offered = market.api(market.grid_co).post(f"{path}/offer", {"days": 10})
    accepted = market.api(market.forecast_lab).post(f"{path}/acceptance")

    states = [answer.json["state"] for answer in (asked, offered, accepted)]
    assert states == ["requested", "offered", "agreed"]


def test_every_round_is_kept_for_both_parties(market, asked):
    path = f"/negotiations/{asked.json['id']}"
    market.api(market.grid_co).post(f"{path}/offer", {})

    for party in (market.grid_co, market.forecast_lab):
        kinds = [item["kind"] for item in market.api(party).get(f"{path}/rounds").json]
        assert kinds == ["request", "offer"]


def test_the_fee_of_the_platform_is_not_the_providers_to_set(market, asked):
    path = f"/negotiations/{asked.json['id']}/offer"

    answer = market.api(market.grid_co).post(path, {"platform_fee_bp": 0})

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "platform_fee_bp")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"max_rows": 0}, "max_rows"),
        ({"max_rows": 2**53}, "max_rows"),
        ({"days": "7"}, "days"),
        ({"days": 0}, "days"),
        ({"purpose": ""}, "purpose"),
        ({"columns": ["salary"]}, "columns"),
    ],
)
def test_a_request_that_breaks_a_rule_names_its_field(market, changes, field):
    body = {"listing_id": market.listing_id, **access_request(**changes)}

    answer = market.api(market.forecast_lab).post("/negotiations/", body)

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_a_stranger_sees_nothing_of_it(market, asked):
    path = f"/negotiations/{asked.json['id']}"

    assert market.api(market.rival).get(path).status_code == 404
    assert market.api(market.rival).get(f"{path}/rounds").status_code == 404
    assert market.api(market.rival).get("/negotiations/").json == []


def test_ending_it_needs_a_reason(market, asked):
    path = f"/negotiations/{asked.json['id']}/end"

    assert market.api(market.grid_co).post(path, {}).status_code == 422
    assert market.api(market.grid_co).post(path, {"reason": "busy"}).json["state"] == "declined"
