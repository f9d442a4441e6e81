import pytest

from tests.factories.catalogue import offer


@pytest.fixture
def draft(market):
    return market.api(market.grid_co).post("/listings/", {"dataset_id": market.dataset_id, **offer()})


def test_a_listing_goes_from_draft_to_offer(market, draft):
    listing, provider, operator = draft.json["listing_id"], market.grid_co, market.operator
    path = f"/listings/{listing}/versions/1"

    assert market.api(provider).post(f"{path}/submission").json["state"] == "submitted"
    decision = {"decision": "listed", "reason": "complete"}
    assert market.api(operator).post(f"{path}/decision", decision).json["state"] == "listed"
    assert market.api(market.forecast_lab).get(f"/listings/{listing}").json["version"] == 1


def test_a_draft_shows_its_number_and_digest(draft):
    assert (draft.status_code, draft.json["version"], draft.json["state"]) == (201, 1, "draft")
    assert len(draft.json["digest"]) == 64


def test_another_providers_listing_is_not_there(market, draft):
    path = f"/listings/{draft.json['listing_id']}"
    rival = market.api(market.rival)

    assert rival.post(f"{path}/versions", offer()).status_code == 404
    assert rival.post(f"{path}/versions/1/submission").status_code == 404
    assert rival.get(path).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sector": "weather"}, "sector"),
        ({"title_zh": ""}, "title_zh"),
        ({"scenarios": []}, "scenarios"),
        ({"usage_policy": {"purposes": []}}, "usage_policy.purposes"),
        ({"usage_policy": {"purposes": ["p"], "onward_transfer": "free"}}, "usage_policy.onward_transfer"),
        ({"usage_policy": {"purposes": ["p"], "max_days": 0}}, "usage_policy.max_days"),
        ({"delivery_modes": ["fax"]}, "delivery_modes.0"),
        ({"price_plan": {"model": "per_row", "unit_price_micro": 0.5}}, "price_plan.unit_price_micro"),
        ({"price_plan": {"model": "per_row", "unit_price_micro": 2**53}}, "price_plan.unit_price_micro"),
    ],
)
def test_an_offer_that_breaks_a_rule_names_its_field(market, changes, field):
    body = {"dataset_id": market.dataset_id, **offer(**changes)}

    answer = market.api(market.grid_co).post("/listings/", body)

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_an_offer_does_not_choose_its_own_facts(market):
    body = {"dataset_id": market.dataset_id, **offer(), "revision": {"rows": 10**9}}

    answer = market.api(market.grid_co).post("/listings/", body)

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "revision")


@pytest.mark.parametrize(("who", "status"), [("forecast_lab", 403), ("regulator", 403), ("grid_co", 403)])
def test_only_the_operator_decides(market, who, status):
    path = f"/listings/{market.listing_id}/versions/1/decision"
    body = {"decision": "rejected", "reason": "no"}

    assert market.api(getattr(market, who)).post(path, body).status_code == status


def test_a_buyer_sees_no_queue_of_versions(market):
    assert market.api(market.forecast_lab).get("/listings/versions").status_code == 403


def test_a_provider_sees_their_own_versions_only(market, draft):
    assert len(market.api(market.grid_co).get("/listings/versions").json) == 2
    assert market.api(market.rival).get("/listings/versions").json == []


def test_the_catalogue_is_not_for_strangers(market):
    assert market.api().get("/listings/").status_code == 401
