"""How the offline verifier checks deliveries: under a signed agreement, in its bounds, counted without gaps."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from contracts.agreements.replay import AgreementFacts
from exchange.core.clock import from_millis, period_of
from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.datasets.revisions.replay import RevisionFacts

RULES = ReplayRules()


@dataclass
class _Count:
    number: int = 0
    rows: int = 0
    #: (period, epoch) -> [rows, calls]
    usage: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    requests: set[str] = field(default_factory=set)


@dataclass
class DeliveryFacts:
    """What was delivered under each agreement, as the log tells it."""

    counts: dict[str, _Count] = field(default_factory=lambda: defaultdict(_Count))
    closed_epoch: int = 0

    def totals(self, agreement_id: str, period: str, epoch: int) -> tuple[int, int]:
        """Rows and calls of an agreement in a period, epochs up to and including `epoch`."""
        found = [
            usage
            for (of_period, of_epoch), usage in self.counts[agreement_id].usage.items()
            if of_period == period and of_epoch <= epoch
        ]
        return sum(rows for rows, _ in found), sum(calls for _, calls in found)


@RULES.on("delivery.recorded")
def check_delivery(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(DeliveryFacts)
    agreement_id, rows = payload["agreement_id"], payload["rows"]
    count = facts.counts[agreement_id]
    if payload["number"] != count.number + 1:
        replay.finding(f"delivery {payload['number']} follows delivery {count.number}")
    if payload["request_id"] in count.requests:
        replay.finding(f"request {payload['request_id']} is recorded twice")
    if rows < 0 or payload["delivered_rows"] != count.rows + rows:
        replay.finding("the running total of rows does not add up")
    if payload["epoch"] <= facts.closed_epoch:
        replay.finding(f"a record joins epoch {payload['epoch']}, which is closed")
    if payload["period"] != period_of(from_millis(payload["recorded_at"])).key:
        replay.finding("the record is counted in another period than its time says")
    _check_terms(replay, payload)
    count.number, count.rows = payload["number"], payload["delivered_rows"]
    count.requests.add(payload["request_id"])
    usage = count.usage[payload["period"], payload["epoch"]]
    usage[0] += rows
    usage[1] += 1
    replay.checked(N_("deliveries"))


@RULES.on("meter.epoch_closed")
def note_closed_epoch(replay: Replay, event: LoggedEvent) -> None:
    facts = replay.facts(DeliveryFacts)
    if event.content["epoch"] != facts.closed_epoch + 1:
        replay.finding(f"epoch {event.content['epoch']} is closed after epoch {facts.closed_epoch}")
    facts.closed_epoch = event.content["epoch"]


def _check_terms(replay: Replay, payload: dict[str, Any]) -> None:
    terms = replay.facts(AgreementFacts).terms.get(payload["agreement_id"])
    if terms is None:
        replay.finding("data were delivered without an executed agreement")
        return
    if not terms.valid_from <= from_millis(payload["recorded_at"]) < terms.valid_until:
        replay.finding("data were delivered outside the agreement's time")
    if terms.revision_id in replay.facts(RevisionFacts).revoked:
        replay.finding("data of a revision were delivered after it was revoked")
    if terms.granted_rows is not None and payload["delivered_rows"] > terms.granted_rows:
        replay.finding("more rows were delivered than the terms grant")
    if not set(payload["question"]["columns"]) <= set(terms.columns):
        replay.finding("a column was delivered that the terms do not grant")
    if payload["mode"] not in terms.delivery_modes:
        replay.finding("data were delivered in a mode that the terms do not grant")
