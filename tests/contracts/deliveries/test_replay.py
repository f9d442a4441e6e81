"""The operator writes the log; a delivery that was dropped, doubled or made up is found all the same."""

from datetime import timedelta

import pytest

from exchange.core.clock import to_millis
from tests.factories.evidence import Evidence


@pytest.fixture
def evidence(market):
    """Three deliveries of 10, 20 and 5 rows under one agreement of 50, then a closed epoch."""
    agreement = market.agreements.executed(max_rows=50, columns=["time", "load_kw"], days=60)
    for rows in (10, 20, 5):
        market.deliveries.deliver(agreement.id, rows)
    market.deliveries.close_epoch()
    return Evidence(market)


def deliveries(evidence):
    return evidence.of_type("delivery.recorded")


def test_an_honest_log_holds(evidence):
    report = evidence.verify()

    assert report.ok, report.findings
    assert report.checked["deliveries"] == 3


@pytest.mark.parametrize("dropped", [0, 1])
def test_a_dropped_delivery_is_found(evidence, dropped):
    evidence.drop(deliveries(evidence)[dropped])

    assert f"delivery {dropped + 2} follows delivery {dropped}" in evidence.findings()


def test_a_dropped_delivery_whose_place_is_filled_is_found(evidence):
    """Renumbering does not help: the running totals no longer add up."""
    evidence.drop(deliveries(evidence)[0])
    for number, event in enumerate(deliveries(evidence), start=1):
        event.payload["number"] = number

    assert "running total of rows does not add up" in evidence.findings()


def test_a_doubled_delivery_is_found(evidence):
    evidence.repeat(deliveries(evidence)[1])

    found = evidence.findings()
    assert "delivery 2 follows delivery 2" in found
    assert "is recorded twice" in found


def test_a_doubled_delivery_that_is_counted_on_is_found(evidence):
    again = evidence.repeat(deliveries(evidence)[2])
    again.payload |= {"number": 4, "delivered_rows": 40}

    assert "is recorded twice" in evidence.findings()


@pytest.mark.parametrize("rows", [11, 9, -10])
def test_inflated_or_deflated_rows_are_found(evidence, rows):
    deliveries(evidence)[0].payload["rows"] = rows

    assert "running total of rows does not add up" in evidence.findings()


def test_deliveries_in_another_order_are_found(evidence):
    first, second, _ = deliveries(evidence)
    first.payload, second.payload = second.payload, first.payload

    assert "delivery 2 follows delivery 0" in evidence.findings()


def test_a_delivery_without_an_agreement_is_found(evidence):
    evidence.drop(evidence.one("agreement.executed"))

    assert "without an executed agreement" in evidence.findings()


def test_a_delivery_before_its_agreement_is_found(evidence):
    executed = evidence.one("agreement.executed")
    evidence.drop(executed)
    evidence.events.append(executed)

    assert "without an executed agreement" in evidence.findings()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"rows": 21, "delivered_rows": 51}, "more rows were delivered than the terms grant"),
        ({"mode": "stream"}, "a mode that the terms do not grant"),
        ({"period": "2026-10"}, "another period than its time says"),
    ],
)
def test_a_delivery_outside_its_terms_is_found(evidence, change, found):
    deliveries(evidence)[-1].payload |= change

    assert found in evidence.findings()


def test_a_delivery_of_a_column_that_is_not_granted_is_found(evidence):
    deliveries(evidence)[0].payload["question"]["columns"] = ["time", "remark"]

    assert "a column was delivered that the terms do not grant" in evidence.findings()


@pytest.mark.parametrize("days", [-1, 60])
def test_a_delivery_outside_the_agreements_time_is_found(evidence, market, days):
    at = to_millis(market.now + timedelta(days=days))
    deliveries(evidence)[0].payload["recorded_at"] = at

    assert "outside the agreement's time" in evidence.findings()


def test_a_delivery_that_joins_a_closed_epoch_is_found(evidence):
    closed = evidence.one("meter.epoch_closed")
    evidence.drop(closed)
    evidence.events.insert(evidence.events.index(deliveries(evidence)[-1]), closed)

    assert "joins epoch 1, which is closed" in evidence.findings()


def test_an_epoch_that_is_skipped_is_found(evidence):
    evidence.one("meter.epoch_closed").payload["epoch"] = 2

    assert "epoch 2 is closed after epoch 0" in evidence.findings()
