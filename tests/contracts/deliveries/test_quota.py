"""Both sides are told when 80 and 100 percent of a quota are used, once each."""

import pytest

from exchange.core.entries import decode_record
from exchange.core.events import find_events
from tests.factories.evidence import Evidence


def told(market, agreement):
    events = market.read(find_events, [agreement.id], ["quota.reached"])
    found = [decode_record(event.record) for event in events]
    return [(item["what"], item["percent"], item["used"]) for item in found]


def test_each_mark_is_told_once_with_the_delivery_that_reaches_it(market):
    agreement = market.agreements.executed(max_rows=50)
    for rows in (30, 10, 5, 5):
        market.deliveries.deliver(agreement.id, rows)

    assert told(market, agreement) == [("rows", 80, 40), ("rows", 100, 50)]
    assert Evidence(market).findings() == ""


def test_a_delivery_that_passes_both_marks_tells_of_the_last(market):
    agreement = market.agreements.executed(max_rows=50)
    market.deliveries.deliver(agreement.id, 50)

    assert told(market, agreement) == [("rows", 100, 50)]


def test_calls_have_marks_of_their_own(market):
    agreement = market.agreements.executed(max_calls=5)
    for _ in range(5):
        market.deliveries.deliver(agreement.id)

    assert told(market, agreement) == [("calls", 80, 4), ("calls", 100, 5)]


def test_without_a_quota_nothing_is_told(market):
    agreement = market.agreements.executed()
    market.deliveries.deliver(agreement.id)

    assert told(market, agreement) == []


@pytest.mark.parametrize(
    ("member", "value", "said"),
    [("used", 41, "another use of the quota"), ("percent", 100, "a mark that the use has not reached")],
)
def test_another_mark_than_the_records_give_is_a_finding(market, member, value, said):
    agreement = market.agreements.executed(max_rows=50)
    market.deliveries.deliver(agreement.id, 40)
    evidence = Evidence(market)
    evidence.one("quota.reached").payload[member] = value

    assert said in evidence.findings()
