"""How agreements end, through the API, month by month: early with a last statement, and completed with destruction."""

from datetime import timedelta

import pytest

from contracts.agreements.life.jobs import remind_of_ends
from contracts.terms import Terms
from exchange.client.lives import destruction_of
from exchange.core import clock
from exchange.core.clock import to_millis, to_text
from settlement.runs.jobs import SETTLE_CLOSED_PERIODS
from tests.factories.evidence import Evidence

DAY = timedelta(days=1)
PER_ROW = {"model": "per_row", "unit_price_micro": 1_000_000}


@pytest.fixture
def at(market, monkeypatch):
    """Let time pass, for requests and jobs alike; the jobs run as they would."""

    def pass_to(instant):
        market.now = instant
        monkeypatch.setattr(clock, "now", lambda: instant)
        remind_of_ends(market.context)
        SETTLE_CLOSED_PERIODS.run(market.context)

    return pass_to


@pytest.fixture
def deal(market):
    plans = [{"code": "own", "title_zh": "价", "title_en": "price", "plan": PER_ROW}]
    market.listing_id = market.listed(price_plans=plans).listing_id
    return market.agreements.executed(days=60, changes={"delivery": {"completion": "first_delivery"}})


def read(market, deal, request_id, rows=10):
    api = market.api(market.forecast_lab)
    return api.get(f"/agreements/{deal.id}/rows", key=request_id, limit=str(rows))


def step(market, deal, member, name, key, **content):
    body = {"step": name, "content": content}
    answer = market.api(member).post(f"/agreements/{deal.id}/steps", body, key=key)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_ended_early_it_is_billed_to_its_end_and_anybody_can_recompute_it(market, deal, at):
    start = market.now
    assert read(market, deal, "page-1").status_code == 200
    notice = step(market, deal, market.forecast_lab, "notice", "k-1", grounds="needed no longer")
    at(start + 15 * DAY)
    assert read(market, deal, "page-2", rows=20).status_code == 200

    at(start + 30 * DAY)
    refused = [read(market, deal, request_id) for request_id in ("page-2", "page-3")]
    at(start + 70 * DAY)

    life = market.api(market.grid_co).get(f"/agreements/{deal.id}/life").json
    bills = market.api(market.forecast_lab).get("/statements", agreement_id=deal.id).json
    assert notice["ends_at"] == (start + 30 * DAY).isoformat()
    assert [(answer.status_code, answer.json["code"]) for answer in refused] == [
        (403, "agreement-not-in-force")
    ] * 2
    assert (life["state"], life["days_left"]) == ("terminated", 0)
    assert {bill["period"]: bill["amount_fen"] for bill in bills} == {"2026-11": 1_000, "2026-12": 2_000}
    report = Evidence(market).verify()
    assert report.ok, report.findings
    assert report.checked["statements"] == 2


def test_completed_it_ends_with_the_signed_destruction_of_the_data(market, deal, at):
    start, buyer = market.now, market.forecast_lab
    read(market, deal, "page-1")
    step(market, deal, market.grid_co, "handover", "k-1")
    step(market, deal, buyer, "object", "k-2", grounds="May is missing")
    read(market, deal, "page-2")
    step(market, deal, market.grid_co, "handover", "k-3")
    accepted = step(market, deal, buyer, "accept", "k-4")

    at(start + 60 * DAY)
    ended = market.api(buyer).get(f"/agreements/{deal.id}/life").json
    at(start + 95 * DAY)
    overdue = market.api(market.regulator).get("/agreements/lives", state="completed").json
    told = {"id": deal.id, "terms_sha256": Terms.read(deal.terms).digest}
    said = {"method": "overwritten", "by": "Li Na", "statement": "no copy is left"}
    when = {"destroyed_at": to_text(market.now - DAY)}
    content = destruction_of(told, {**said, **when}, to_millis(market.now - DAY), buyer.key)
    destroyed = step(market, deal, buyer, "destroyed", "k-5", **content)

    assert accepted["is_accepted"]
    assert ended["state"] == "completed"
    assert [life["is_destruction_overdue"] for life in overdue] == [True]
    assert not destroyed["is_destruction_overdue"]
    report = Evidence(market).verify()
    assert report.ok, report.findings
    assert report.checked["confirmations of destruction"] == 1
