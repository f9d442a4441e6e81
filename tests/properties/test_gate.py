"""The gate against a model of a few lines: whatever is asked in whatever order, both count the same."""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.deliveries import delivered_totals, queries, usage_totals
from contracts.deliveries.service import QuotaExhausted, RequestIdReused

GRANTED = 30
requests = st.tuples(st.just("deliver"), st.sampled_from("abcdef"), st.integers(1, 12))
steps = st.lists(st.one_of(requests, requests, requests, st.just(("close",))), max_size=14)


@dataclass
class Model:
    """What a gate is: a quota, and a list of requests that were let through."""

    epoch: int
    taken: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self.taken.values())

    def deliver(self, request: str, rows: int) -> str:
        if request in self.taken:
            return "again" if self.taken[request][0] == rows else "reused"
        if self.rows + rows > GRANTED:
            return "exhausted"
        self.taken[request] = (rows, self.epoch)
        return "delivered"

    def close(self) -> None:
        self.epoch += 1


def deliver(market, agreement, request, rows):
    before = len(market.deliveries.records(agreement.id))
    try:
        market.deliveries.deliver(agreement.id, rows, request_id=request)
    except QuotaExhausted:
        return "exhausted"
    except RequestIdReused:
        return "reused"
    return "delivered" if len(market.deliveries.records(agreement.id)) > before else "again"


def totals_of(market, agreement, epoch):
    found = [
        item
        for query in (usage_totals, delivered_totals)
        for item in market.read(query, period="2026-11", epoch=epoch)
        if item.agreement_id == agreement.id
    ]
    return {(item.rows, item.calls) for item in found}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_the_gate_does_what_the_model_does(market, script):
    agreement = market.agreements.executed(max_rows=GRANTED)
    model = Model(epoch=market.read(queries.open_epoch))
    for step, *arguments in script:
        if step == "close":
            market.deliveries.close_epoch()
            model.close()
        else:
            assert deliver(market, agreement, *arguments) == model.deliver(*arguments)

    meter = market.deliveries.meter(agreement.id)
    assert (meter.delivered_rows, meter.deliveries) == (model.rows, len(model.taken))
    records = market.deliveries.records(agreement.id)
    assert {record.request_id: (record.rows, record.epoch) for record in records} == model.taken
    assert totals_of(market, agreement, model.epoch) == ({(model.rows, len(records))} if records else set())
