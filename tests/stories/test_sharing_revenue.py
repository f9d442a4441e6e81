"""A deal on a share of revenue, from its listing to a bill that anybody can recompute, as its parties live it."""

import json
from pathlib import Path

import pytest

from exchange.app import replay_rules
from exchange.audit import VKey, verify_bundle
from exchange.client import Refused
from exchange.core.clock import now, period_of
from exchange.demo.deals import DealPlan, deals_of_folder
from exchange.demo.walk import Walk

LOADS = "time,load_kw\n" + "".join(f"2026-01-01 {hour:02d}:00:00,{300 + hour * 7}\n" for hour in range(24))
SHARE = {"model": "revenue_share", "share_bp": 500, "minimum_micro": 10_000_000}


class SharedPlan(DealPlan):
    """A deal of the demo at another price."""

    @property
    def offer(self):
        return {**super().offer, "price_plans": [self.priced(SHARE)]}


@pytest.fixture
def agreement_id(parties, tmp_path):
    """A listing whose price is a share of revenue, reviewed, agreed on, signed and delivered."""
    folder = tmp_path / "series"
    folder.mkdir()
    (folder / "loads.csv").write_text(LOADS, encoding="utf-8")
    [plan] = deals_of_folder(folder)
    return Walk(SharedPlan(**vars(plan)), parties, lambda *_: None).run().agreement_id


@pytest.fixture
def month():
    return period_of(now()).key


@pytest.fixture
def settle(parties, month):
    return lambda: parties["operator"].exchange.run_settlement(month, interim=True)


def statement_of(exchange, agreement_id):
    return exchange.statements(agreement_id=agreement_id)[0]


def test_the_listing_says_the_share_and_is_found_by_it(agreement_id, parties):
    buyer = parties["buyer"].exchange
    found = buyer.search_listings(price_model="revenue_share")

    [facet] = [item for item in found["facets"] if item["name"] == "price_model"]
    assert found["items"][0]["card"]["price_plans"][0]["plan"] == SHARE
    assert [(item["value"], item["label_zh"]) for item in facet["values"]] == [
        ("revenue_share", "收入分成")
    ]
    assert buyer.agreement(agreement_id)["terms"]["price_plan"] == SHARE


def test_a_month_goes_from_nothing_declared_to_its_share(
    agreement_id, parties, settle, month, tmp_path: Path
):
    buyer, provider = parties["buyer"].exchange, parties["provider"].exchange
    settle()
    empty = statement_of(provider, agreement_id)
    buyer.declare_revenue(agreement_id, month, 15_000, "forecasts sold")
    buyer.declare_revenue(agreement_id, month, 40_000, "forecasts and advice sold", corrects=1)
    settle()
    shared = statement_of(provider, agreement_id)

    assert (empty["amount_fen"], empty["declared"]["after"]["declarations"]) == (1_000, 0)
    assert (shared["amount_fen"], shared["declared"]["after"]["revenue_fen"]) == (1_000, 40_000)
    assert [item["revenue_fen"] for item in provider.revenue_declarations(agreement_id)] == [40_000, 15_000]
    report = _verified(parties, tmp_path)
    assert report.findings == []
    assert report.checked["declarations of revenue"] == 2


def test_only_the_buyer_declares(agreement_id, parties, month):
    with pytest.raises(Refused) as refused:
        parties["provider"].exchange.declare_revenue(agreement_id, month, 15_000, "forecasts sold")

    assert refused.value.status == 403
    assert json.dumps(parties["buyer"].exchange.revenue_declarations(agreement_id)) == "[]"


def _verified(parties, folder):
    bundle = folder / "evidence.zip"
    regulator = parties["regulator"].exchange
    regulator.download_bundle(bundle)
    log_key = VKey.parse(regulator.log_status()["log_key"])
    return verify_bundle(bundle, rules=replay_rules(), log_key=log_key)
