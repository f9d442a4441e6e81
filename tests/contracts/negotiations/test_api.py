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


def test_a_counter_offer_goes_back_and_forth_and_is_compared(market, asked):
    buyer, provider = market.api(market.forecast_lab), market.api(market.grid_co)
    path = f"/negotiations/{asked.json['id']}"
    provider.post(f"{path}/offer", {"days": 60, "message": "our usual term"})

    countered = buyer.post(f"{path}/counter-offer", {"days": 45, "answer_days": 3})
    compared = provider.get(f"{path}/differences", language="en")
    accepted = provider.post(f"{path}/acceptance")

    assert (countered.json["state"], countered.json["expires_at"][:10]) == ("countered", "2026-11-27")
    (clause,) = compared.json["clauses"]
    assert (clause["heading"], clause["members"]) == (
        "Limits of use",
        [{"member": "permission.days", "before": 60, "after": 45}],
    )
    assert accepted.json["state"] == "agreed"


def test_a_draft_is_read_as_clauses_with_their_limits(market, asked):
    path = f"/negotiations/{asked.json['id']}/clauses"

    clauses = market.api(market.grid_co).get(path, language="en").json

    limits = {limit["code"]: limit for clause in clauses for limit in clause["limits"]}
    assert limits["rows"]["text"] == "At most 50 rows may be had in all."
    assert market.api(market.rival).get(path).status_code == 404


def test_a_private_offer_is_made_and_accepted(market):
    body = {"listing_id": market.listing_id, "buyer_id": market.forecast_lab.organisation_id, "days": 90}
    offered = market.api(market.grid_co).post("/negotiations/offers", body)
    path = f"/negotiations/{offered.json['id']}"

    assert (offered.status_code, offered.json["state"]) == (201, "offered")
    assert market.api(market.rival).get(path).status_code == 404
    assert market.api(market.forecast_lab).post(f"{path}/acceptance").json["state"] == "agreed"


def test_every_fault_of_a_proposal_is_told_at_once(market, asked):
    path = f"/negotiations/{asked.json['id']}/offer"

    answer = market.api(market.grid_co).post(
        path, {"days": 0, "mood": "good", "liability": {"cap_percent": 0}}
    )

    assert {item["field"] for item in answer.json["errors"]} == {"days", "mood", "liability.cap_percent"}
    assert answer.json["code"] == "terms-invalid"


def test_a_limit_that_nothing_carries_out_is_refused(market, asked):
    answer = market.api(market.grid_co).post(
        f"/negotiations/{asked.json['id']}/offer", {"min_group_size": 5}
    )

    assert (answer.status_code, answer.json["code"]) == (422, "not-enforceable-yet")


def test_the_list_is_paged_and_filtered(market, asked):
    second = market.api(market.forecast_lab).post(
        "/negotiations/", {"listing_id": market.listing_id, **access_request()}
    )
    api = market.api(market.forecast_lab)

    (newest,) = api.get("/negotiations/", limit=1).json
    (older,) = api.get("/negotiations/", after=newest["id"]).json
    assert {newest["id"], older["id"]} == {asked.json["id"], second.json["id"]}
    assert api.get("/negotiations/", state="agreed").json == []


@pytest.mark.parametrize("missing", ["listing_id"])
def test_a_request_without_its_listing_says_so(market, missing):
    answer = market.api(market.forecast_lab).post("/negotiations/", access_request())

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, missing)
