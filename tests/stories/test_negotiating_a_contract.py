"""A deal on which two parties do not agree at once: three rounds, a limit that bites, a bill, a proof."""

import json
from pathlib import Path

import pytest
import rfc8785

from exchange.app import replay_rules
from exchange.audit import VKey, verify_bundle
from exchange.client import ReceiptBook, Refused
from exchange.core.clock import now, period_of
from exchange.demo.deals import deals_of_folder
from exchange.demo.walk import Walk

PRICES = "date,load_kw\n" + "".join(f"2026-01-{day:02d},{300 + day}\n" for day in range(1, 31))
DEARER = {"model": "per_row", "unit_price_micro": 900_000, "free_rows": 0}
AGREED = {"model": "per_row", "unit_price_micro": 500_000, "free_rows": 0}


@pytest.fixture
def walk(parties, tmp_path):
    """A listed data set of thirty days, its price open to negotiation."""
    folder = tmp_path / "series"
    folder.mkdir()
    (folder / "loads.csv").write_text(PRICES, encoding="utf-8")
    (plan,) = deals_of_folder(folder)
    walk = Walk(plan, parties, lambda *_: None)
    revision = walk._upload()
    offer = walk._complete_offer(revision)
    walk._complete_offer = lambda _: {**offer, "price_terms": {**offer["price_terms"], "negotiable": True}}
    walk._list(revision)
    return walk


def negotiated(walk, parties) -> str:
    """Request, dearer offer, counter-offer, middle offer, acceptance; returns the negotiation."""
    buyer, provider = parties["buyer"].exchange, parties["provider"].exchange
    asked = walk.plan.request(walk.deal.listing_id, 20) | {"networks": ["127.0.0.0/8", "::1"]}
    number = buyer.request_access(asked)["id"]
    provider.offer_terms(number, price_plan=DEARER, days=30, message="for a short term")
    buyer.counter_offer(number, price_plan={**DEARER, "unit_price_micro": 300_000}, days=60)
    provider.offer_terms(number, price_plan=AGREED, max_calls=2)
    buyer.accept_offer(number)
    return number


def signed(number, parties) -> dict:
    agreement = parties["buyer"].exchange.agreement_of(number)
    for role in ("provider", "buyer"):
        parties[role].exchange.sign_agreement(
            agreement["id"], parties[role].key, role=role, expected_sha256=agreement["terms_sha256"]
        )
    return agreement


@pytest.fixture
def deal(walk, parties):
    return signed(negotiated(walk, parties), parties)


def test_the_rounds_show_how_the_price_was_found(deal, parties):
    exchange = parties["regulator"].exchange
    number = deal["negotiation_id"]

    kinds = [item["kind"] for item in exchange.rounds(number)]
    last = exchange.differences(number, language="en")
    whole = exchange.differences(number, before=1, after=4, language="zh")

    assert kinds == ["request", "offer", "counter_offer", "offer", "acceptance"]
    assert [clause["heading"] for clause in last["clauses"]] == ["Limits of use", "Price"]
    prices = next(clause for clause in whole["clauses"] if clause["key"] == "price")
    assert any(piece["change"] == "added" and "0.5" in piece["text"] for piece in prices["pieces"])


def test_what_was_agreed_is_what_was_signed_and_what_the_gate_keeps(deal, parties):
    buyer = parties["buyer"].exchange
    book = ReceiptBook(buyer.exchange_signing_key())
    terms = buyer.terms_bytes(deal["id"])
    for page in ("first", "second"):
        buyer.read_page(deal["id"], book, request_id=page, limit=10)

    assert rfc8785.dumps(json.loads(terms)) == terms
    assert deal["terms"]["price_plan"] == AGREED
    with pytest.raises(Refused) as refusal:
        buyer.read_page(deal["id"], book, request_id="third", limit=1)
    assert refusal.value.code == "quota-exhausted"


def test_the_bill_follows_the_agreed_price_and_the_bundle_proves_the_rounds(deal, parties, tmp_path: Path):
    buyer = parties["buyer"].exchange
    book = ReceiptBook(buyer.exchange_signing_key())
    buyer.read_page(deal["id"], book, request_id="page", limit=20)
    parties["operator"].exchange.run_settlement(period_of(now()).key, interim=True)
    bundle = tmp_path / "evidence.zip"
    parties["regulator"].exchange.download_bundle(bundle)
    log_key = VKey.parse(parties["regulator"].exchange.log_status()["log_key"])

    report = verify_bundle(bundle, rules=replay_rules(), log_key=log_key)

    (statement,) = buyer.statements(agreement_id=deal["id"])
    assert statement["amount_fen"] == 20 * 50
    assert (report.findings, report.checked["negotiations"], report.checked["agreed terms"]) == ([], 1, 1)
