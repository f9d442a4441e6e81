from datetime import timedelta

from exchange.core import clock
from exchange.demands.jobs import WATCH, watch_demands


def test_the_job_expires_what_is_over_and_marks_what_waits(market, demands, monkeypatch):
    over, waiting = demands.open(valid_to="2026-11-30"), demands.open()
    monkeypatch.setattr(clock, "now", lambda: market.now + timedelta(days=8))

    watch_demands(market.context)

    assert demands.state(over) == "expired"
    assert demands.get(waiting).unclaimed_at == market.now + timedelta(days=8)


def test_the_job_leaves_the_rest_alone(market, demands, monkeypatch):
    demand_id = demands.open()
    before = demands.get(demand_id)
    monkeypatch.setattr(clock, "now", lambda: market.now + timedelta(days=7))

    WATCH.run(market.context)

    assert demands.get(demand_id) == before
