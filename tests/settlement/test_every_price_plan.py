"""Every plan that can be listed is metered by the real gate, billed in any cutting, and recomputed offline."""

import copy
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from exchange.core.clock import day_of
from exchange.pricing import NOTHING, UNDECLARED, Declared, Life, Quantities, Usage
from settlement.runs import run_settlement
from settlement.statements.queries import find_statement_cards
from tests.exchange.pricing.second_rater import bill_fen
from tests.factories.deliveries import page
from tests.factories.evidence import Evidence

STEPS = [{"up_to": 40, "unit_price_micro": 125_000}, {"up_to": None, "unit_price_micro": 33_333}]
PLANS = {
    "per call": {"model": "per_call", "unit_price_micro": 333_333, "free_calls": 1},
    "per hit": {"model": "per_hit", "unit_price_micro": 505_000},
    "per row": {"model": "per_row", "unit_price_micro": 12_345, "free_rows": 10},
    "per MB": {"model": "per_mb", "unit_price_micro": 80_000_000},
    "per file": {"model": "per_file", "unit_price_micro": 3_000_000},
    "graduated": {"model": "per_row", "tiers": {"mode": "graduated", "steps": STEPS}},
    "volume": {"model": "per_row", "tiers": {"mode": "volume", "steps": STEPS}, "free_rows": 5},
    "bounded hits": {
        "model": "per_hit",
        "tiers": {"mode": "graduated", "steps": [STEPS[0] | {"up_to": 2}, STEPS[1]]},
        "minimum_micro": 210_000,
        "cap_micro": 300_000,
    },
    "trial in rows": {"model": "per_row", "unit_price_micro": 70_000, "trial": {"units": 100}},
    "trial in days": {"model": "per_call", "unit_price_micro": 70_000, "trial": {"days": 9}},
    "subscription": {"model": "subscription", "fee_micro": 99_990_000},
    "subscription with a quota": {
        "model": "subscription",
        "fee_micro": 10_000_000,
        "included_rows": 50,
        "over_price_micro": 12_345,
    },
    "quarterly": {"model": "subscription", "fee_micro": 30_000_000, "term": "quarter"},
    "yearly": {
        "model": "subscription",
        "fee_micro": 80_000_000,
        "term": "year",
        "included_calls": 5,
        "over_price_micro": 123_456,
    },
    "package": {
        "model": "package",
        "fee_micro": 50_000_000,
        "included_rows": 130,
        "expiry_days": 20,
        "over_price_micro": 12_345,
    },
    "one-off": {"model": "one_off", "fee_micro": 20_000_000},
    "free": {"model": "free", "public_welfare": True},
    "revenue share": {"model": "revenue_share", "share_bp": 333, "minimum_micro": 5_000_000},
}
#: Days after the 24th of November, and the questions of that day. The trial ends on the 2nd of December, the
#: package on the 13th.
CALENDAR = [
    (0, [page(60), page(7)]),
    (1, [page(10, time_from="2030-01-01", time_to="2030-01-02")]),
    (8, [page(33)]),
    (9, [page(11), page(form="csv", mode="file", limit=None)]),
    (20, [page(20), page(10, time_from="2030-01-01", time_to="2030-01-02")]),
    (40, [page(5)]),
]
#: What the buyer declares on which day: November is corrected when it is settled, January is never declared.
DECLARED = {1: [("2026-11", 10_001)], 9: [("2026-11", 25_555)], 40: [("2026-12", 77_777)]}
#: What is settled on which day, and whether so far or for good.
RUNS = {
    0: [("2026-11", True)],
    1: [("2026-11", True)],
    8: [("2026-11", False), ("2026-12", True)],
    9: [("2026-12", True)],
    40: [("2026-11", False), ("2026-12", False), ("2027-01", True)],
}
PERIODS = ("2026-11", "2026-12", "2027-01")
FEBRUARY = datetime(2027, 2, 1, 0, 0, tzinfo=UTC)


@pytest.fixture
def agreements(market):
    """One signed agreement for each plan."""
    return {
        name: market.agreements.executed(days=120, changes={"price_plan": plan}).id
        for name, plan in PLANS.items()
    }


@pytest.fixture
def records(market, agreements):
    """Everybody reads the same; runs cut the months at different places. The records of one agreement."""
    found = {name: [] for name in agreements}
    for day, questions in CALENDAR:
        now = market.now + timedelta(days=day)
        for name, agreement_id in agreements.items():
            for question in questions:
                prepared = market.deliveries.prepared(agreement_id, question)
                found[name].append(market.deliveries.record(agreement_id, prepared, now=now))
        for month, revenue_fen in DECLARED.get(day, []):
            market.declarations.declare(agreements["revenue share"], revenue_fen, month, now=now)
        for period, interim in RUNS.get(day, []):
            run_settlement(market.context.database, period=period, interim=interim, now=now)
    run_settlement(market.context.database, period="2027-01", interim=False, now=FEBRUARY)
    return found


def used(records):
    total = NOTHING
    for record in records:
        total += Quantities(
            calls=1,
            succeeded=1,
            hits=int(record.rows > 0),
            rows=record.rows,
            size_bytes=record.size_bytes,
            files=int(record.mode == "file"),
        )
    return total


def state(plan, records, period):
    """What a reader with a pocket calculator takes from the records."""
    days = plan.get("expiry_days") or plan.get("trial", {}).get("days") or 0
    last_of_first = day_of(records[0].recorded_at + timedelta(days=days - 1))
    first_days = [item for item in records if days and day_of(item.recorded_at) <= last_of_first]

    told = [fen for months in DECLARED.values() for month, fen in months if month == period]
    shares = plan["model"] == "revenue_share" and told
    declared = Declared(len(told), told[-1]) if shares else UNDECLARED

    def usage(chosen):
        return Usage(used(filter(chosen, records)), used(filter(chosen, first_days)), declared)

    goes_on = plan["model"] in {"package", "one_off"} or "term" in plan or "trial" in plan
    life = Life(
        begins_term=period == PERIODS[0] or not goes_on,
        earlier=usage(lambda item: goes_on and item.period < period),
    )
    return usage(lambda item: item.period == period), life


def test_statements_of_every_plan_add_up_to_the_bill_of_each_month(market, agreements, records):
    billed, expected = {}, {}
    for name, agreement_id in agreements.items():
        cards = market.read(find_statement_cards, agreement_id)
        for period in PERIODS:
            billed[name, period] = sum(card.amount_fen for card in cards if card.period == period)
            expected[name, period] = bill_fen(PLANS[name], *state(PLANS[name], records[name], period))

    assert billed == expected
    assert all(any(billed[name, period] for period in PERIODS) for name in PLANS if name != "free")


def test_the_evidence_alone_gives_the_same_bills(market, agreements, records):
    report = Evidence(market).verify()

    assert report.findings == []
    assert report.checked["contracts"] == len(PLANS)
    assert report.checked["deliveries"] == sum(len(found) for found in records.values())
    assert report.checked["statements"] > 3 * len(PLANS)
    assert report.checked["declarations of revenue"] == 3


def test_day_totals_that_lost_a_hit_park_the_agreement(market, agreements):
    market.deliveries.deliver(agreements["per hit"], 3)
    with market.context.database.writing() as session:
        session.execute(text("UPDATE usage_days SET hits = hits - 1"))

    report = run_settlement(
        market.context.database, period="2026-11", interim=True, now=market.now + timedelta(days=1)
    )

    [parked] = report.parked
    assert parked.agreement_id == agreements["per hit"]
    assert "0 hits" in parked.error


CHANGES = [
    ("package", lambda life: life.update(begins_term=True)),
    ("package", lambda life: life["in_first_days_after"].update(rows=1)),
    ("yearly", lambda life: life["earlier"].update(succeeded=0)),
]


def test_another_life_than_the_evidence_tells_is_found(market, agreements, records):
    """A fee that falls due twice, a package that lasts longer, use that is forgotten."""
    evidence, found = Evidence(market), []
    for name, change in CHANGES:
        event = next(
            event
            for event in reversed(evidence.of_type("statement.issued"))
            if event.payload["agreement_id"] == agreements[name] and event.payload["period"] == "2026-12"
        )
        true = event.payload
        event.payload = copy.deepcopy(true)
        change(event.payload["life"])
        found.append(evidence.findings())
        event.payload = true

    assert all("of the agreement's life" in findings for findings in found)
    assert evidence.findings() == ""


@pytest.mark.parametrize("change", [{"hits": 0}, {"succeeded": 2}, {"files": 1}, {"hits": 2}])
def test_a_delivery_that_is_counted_as_something_else_is_found(market, agreements, change):
    market.deliveries.deliver(agreements["per hit"], 3)
    evidence = Evidence(market)
    evidence.one("delivery.recorded").payload |= change

    assert "counted as something else" in evidence.findings()
