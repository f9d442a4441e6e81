import pytest

from tests.factories.catalogue import PER_ROW, TICKED, offer
from tests.factories.datasets import ROWS

PASSED = {"reason": "complete", "checklist": TICKED}


@pytest.fixture
def draft(market):
    return market.api(market.grid_co).post("/listings/", {"dataset_id": market.dataset_id, **offer()})


@pytest.fixture
def path(draft):
    return f"/listings/{draft.json['listing_id']}"


def test_a_listing_goes_from_draft_through_two_reviews_to_offer(market, path):
    author, approver = market.api(market.grid_co), market.api(market.grid_approver)
    operator, version = market.api(market.operator), f"{path}/versions/1"

    assert author.post(f"{version}/submission", {"note": "first"}).json["state"] == "org_review"
    approved = approver.post(f"{version}/approval", {"decision": "approved", **PASSED}).json
    assert (approved["state"], approved["due_at"]) == ("platform_review", "2026-11-27T16:00:00+00:00")
    decided = operator.post(f"{version}/decision", {"decision": "listed", **PASSED})
    assert decided.json["state"] == "listed"
    assert market.api(market.forecast_lab).get(path).json["version"] == 1
    steps = author.get(f"{version}/reviews").json
    assert [(step["step"], step["decision"]) for step in steps] == [
        ("submission", "submitted"),
        ("organisation", "approved"),
        ("platform", "listed"),
    ]
    assert steps[2]["checklist"] == sorted(TICKED)


def test_a_draft_shows_its_number_and_digest(draft):
    assert (draft.status_code, draft.json["version"], draft.json["state"]) == (201, 1, "draft")
    assert len(draft.json["digest"]) == 64


def test_another_providers_listing_is_not_there(market, path):
    rival = market.api(market.rival)

    assert rival.post(f"{path}/versions", offer()).status_code == 404
    assert rival.post(f"{path}/versions/1/submission", {}).status_code == 404
    assert rival.post(f"{path}/versions/1/withdrawal", {"reason": "no"}).status_code == 404
    assert rival.get(path).status_code == 404
    assert rival.get(f"{path}/versions").status_code == 404
    assert rival.get(f"{path}/versions/1").status_code == 404
    assert rival.get(f"{path}/versions/1/reviews").status_code == 404
    assert rival.get(f"{path}/state").status_code == 404
    assert rival.get(f"{path}/prices").status_code == 404


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
        ({"plan": {"model": "per_row", "unit_price_micro": 0.5}}, "price_plans.0.plan.unit_price_micro"),
        ({"plan": {"model": "per_row", "unit_price_micro": 2**53}}, "price_plans.0.plan.unit_price_micro"),
        ({"price_plan": PER_ROW}, "price_plan"),
        ({"dataset_id": None}, "dataset_id"),
    ],
)
def test_an_offer_that_breaks_a_rule_names_its_field(market, changes, field):
    body = {"dataset_id": market.dataset_id, **offer(**changes)}

    answer = market.api(market.grid_co).post("/listings/", body)

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_an_offer_that_breaks_several_rules_is_told_all_of_them(market):
    body = {
        "dataset_id": market.dataset_id,
        **offer(sector="weather", scenarios=[], rights={"operate": False}),
    }

    answer = market.api(market.grid_co).post("/listings/", body).json

    assert answer["code"] == "listing-invalid"
    assert [item["field"] for item in answer["errors"]] == ["sector", "scenarios", "rights.operate"]
    assert all(item["remedy"] for item in answer["errors"])


def test_an_offer_that_is_no_object_is_refused(market):
    assert market.api(market.grid_co).post("/listings/", [1]).status_code == 422


def test_an_offer_does_not_choose_its_own_facts(market):
    body = {"dataset_id": market.dataset_id, **offer(), "revision": {"rows": 10**9}, "grade": "general"}

    answer = market.api(market.grid_co).post("/listings/", body)

    assert {item["field"] for item in answer.json["errors"]} == {"revision", "grade"}


@pytest.mark.parametrize("who", ["forecast_lab", "regulator", "grid_co"])
def test_only_the_operator_decides(market, who):
    path = f"/listings/{market.listing_id}/versions/1/decision"
    body = {"decision": "rejected", "reason": "no"}

    assert market.api(getattr(market, who)).post(path, body).status_code == 403


def test_a_decision_that_ticks_a_strange_item_is_refused(market):
    version = market.approved(market.drafted())
    path = f"/listings/{version.listing_id}/versions/1/decision"
    body = {"decision": "rejected", "reason": "no", "checklist": ["weather"]}

    answer = market.api(market.operator).post(path, body)

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "checklist")


def test_the_operator_sees_what_is_overdue(market):
    version = market.approved(market.drafted())
    operator = market.api(market.operator)

    assert operator.get("/listings/versions", overdue="true").json == []
    market.now = version.due_at.replace(day=version.due_at.day + 1)
    overdue = operator.get("/listings/versions", overdue="true").json
    assert [item["listing_id"] for item in overdue] == [version.listing_id]


def test_a_listing_is_suspended_resumed_and_delisted(market):
    path, operator = f"/listings/{market.listing_id}", market.api(market.operator)
    stop = {"reason": "a complaint", "effect": "new_deals_only"}

    assert operator.post(f"{path}/suspension", stop).json["state"] == "suspended"
    seen = market.api(market.forecast_lab).get(path).json
    assert (seen["state"], seen["state_reason"]) == ("suspended", "a complaint")
    assert operator.post(f"{path}/resumption", {"reason": "unfounded"}).json["state"] == "listed"
    assert market.api(market.grid_co).post(f"{path}/delisting", stop).json["state"] == "delisted"
    assert market.api(market.grid_co).get(f"{path}/state").json["stop_effect"] == "new_deals_only"


def test_an_effect_must_be_stated(market):
    answer = market.api(market.operator).post(
        f"/listings/{market.listing_id}/suspension", {"reason": "a complaint"}
    )

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "effect")


def test_prices_are_told_version_by_version(market):
    market.decided(market.edited(plan={**PER_ROW, "unit_price_micro": 3_000}))

    prices = market.api(market.forecast_lab).get(f"/listings/{market.listing_id}/prices").json

    assert [item["price_plans"][0]["plan"]["unit_price_micro"] for item in prices] == [3_000, 2_000]
    assert prices[0]["price_notice"]["direction"] == "increase"


def test_a_buyer_sees_no_queue_of_versions(market):
    assert market.api(market.forecast_lab).get("/listings/versions").status_code == 403


def test_a_provider_sees_their_own_versions_only(market, draft):
    assert len(market.api(market.grid_co).get("/listings/versions").json) == 2
    assert market.api(market.rival).get("/listings/versions").json == []


def test_the_catalogue_is_not_for_strangers(market):
    assert market.api().get("/listings/").status_code == 401


def test_a_request_names_a_price_plan(market):
    plans = [
        {"code": "rows", "plan": PER_ROW},
        {"code": "month", "plan": {"model": "subscription", "fee_micro": 880_000_000}},
    ]
    market.decided(market.edited(price_plans=plans))
    buyer, provider = market.api(market.forecast_lab), market.api(market.grid_co)
    request = {
        "listing_id": market.listing_id,
        "purpose": "research and planning",
        "scenario": "load forecasting",
        "max_rows": ROWS,
    }

    refused = buyer.post("/negotiations", {**request, "plan": "year"})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "plan")
    for plan, model in ((None, "per_row"), ("month", "subscription")):
        negotiation = buyer.post("/negotiations", {**request, "plan": plan}).json["id"]
        provider.post(f"/negotiations/{negotiation}/offer", {})
        rounds = buyer.get(f"/negotiations/{negotiation}/rounds").json
        assert rounds[1]["content"]["price_plan"]["model"] == model
