"""The rules see what really happened as clean, and every forgery of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.core.clock import to_millis
from exchange.core.entries import LoggedEvent, decode_record
from exchange.core.events import EventRow
from exchange.core.replay import Replay
from exchange.demands import service
from exchange.demands.replay import RULES


@pytest.fixture
def log(market):
    """What the log holds about demands, in its order."""

    def events():
        with market.context.database.reading() as session:
            rows = session.query(EventRow).filter(EventRow.type.like("demand.%")).order_by(EventRow.id)
            return [
                LoggedEvent(at, row.type, row.event_id, to_millis(row.occurred_at), row.subject, row.actor,
                            decode_record(row.record))
                for at, row in enumerate(rows)
            ]  # fmt: skip

    return events


def findings(events):
    replay = Replay(RULES)
    for event in events:
        replay.apply(event)
    replay.finish()
    return [finding.message for finding in replay.findings]


def test_whole_lives_are_clean(market, demands, log):
    demands.confirmed()
    market.agreements.executed()
    demands.act(service.decline_claim, demands.claimed(), reason="too coarse")
    demands.act(service.withdraw_demand, demands.open(), reason="not needed")
    waiting, later = demands.open(), market.now + timedelta(days=8)
    market.do(service.mark_unclaimed, demand_id=waiting, now=later)
    demands.at(later).act(service.intervene, waiting, by=market.operator, note="calling")

    events = log()
    assert findings(events) == []
    assert {event.type for event in events} >= {
        "demand.contracted",
        "demand.intervened",
        "demand.claim_declined",
    }


@pytest.mark.parametrize(
    ("left_out", "complaint"),
    [
        ("demand.submitted", "demand.reviewed does not follow"),
        ("demand.reviewed", "demand.claimed does not follow"),
        ("demand.claimed", "demand.confirmed does not follow"),
        ("demand.confirmed", "demand.contracted does not follow"),
    ],
)
def test_a_step_left_out_is_found(market, demands, log, left_out, complaint):
    demands.confirmed()
    market.agreements.executed()

    found = findings(event for event in log() if event.type != left_out)

    assert any(complaint in message for message in found)


@pytest.mark.parametrize(
    ("type_", "change", "complaint"),
    [
        ("demand.written", {"content": {"title_en": "other"}}, "does not have the digest"),
        ("demand.confirmed", {"claim_id": "clm_other"}, "does not wait on this demand"),
        ("demand.claimed", {"provider_id": "the buyer"}, "claimed its own demand"),
    ],
)
def test_a_changed_payload_is_found(market, demands, log, type_, change, complaint):
    demands.confirmed()
    if "provider_id" in change:
        change = {"provider_id": market.forecast_lab.organisation_id}

    events = [
        replace(event, payload={**event.payload, **change}) if event.type == type_ else event
        for event in log()
    ]

    assert any(complaint in message for message in findings(events))


def test_an_intervention_before_its_time_is_found(market, demands, log):
    demand_id, later = demands.open(), market.now + timedelta(days=8)
    demands.at(later).act(service.intervene, demand_id, by=market.operator, note="calling")

    events = [replace(event, at_ms=to_millis(market.now)) for event in log()]

    assert any("before seven days" in message for message in findings(events))
