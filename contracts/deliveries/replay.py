"""How the offline verifier checks deliveries: under a signed agreement, in its bounds, counted without gaps."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from contracts.agreements.replay import AgreementFacts
from contracts.deliveries.limits import within_range
from exchange.catalogue.replay import ListingFacts
from exchange.core.clock import day_of, from_millis, period_of
from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.datasets.revisions.replay import RevisionFacts
from exchange.pricing import NOTHING, QUANTITY_NAMES, Quantities

RULES = ReplayRules()


@dataclass
class _Count:
    number: int = 0
    rows: int = 0
    #: (day, epoch) -> what was used, in the order of `QUANTITY_NAMES`; a log holds millions of deliveries.
    days: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    requests: set[str] = field(default_factory=set)


@dataclass
class DeliveryFacts:
    """What was delivered under each agreement, as the log tells it."""

    counts: dict[str, _Count] = field(default_factory=lambda: defaultdict(_Count))
    closed_epoch: int = 0
    #: Agreements under which nothing may be delivered now.
    halted: set[str] = field(default_factory=set)

    def totals(self, agreement_id: str, period: str, epoch: int) -> Quantities:
        """What was used under an agreement in a period, epochs up to and including `epoch`."""
        return self.on_days(agreement_id, f"{period}-01", f"{period}-31", epoch)

    def on_days(self, agreement_id: str, first: str, last: str, epoch: int) -> Quantities:
        """What was used on the days from first to last, both included, epochs up to and including `epoch`."""
        found = [
            used
            for (day, of_epoch), used in self.counts[agreement_id].days.items()
            if first <= day <= last and of_epoch <= epoch
        ]
        return Quantities(*map(sum, zip(*found, strict=True))) if found else NOTHING


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
    if agreement_id in facts.halted:
        replay.finding("data were delivered while deliveries under the agreement were stopped")
    _check_terms(replay, payload)
    count.number, count.rows = payload["number"], payload["delivered_rows"]
    count.requests.add(payload["request_id"])
    _count(replay, count, payload)
    replay.checked(N_("deliveries"))


@RULES.on("meter.epoch_closed")
def note_closed_epoch(replay: Replay, event: LoggedEvent) -> None:
    facts = replay.facts(DeliveryFacts)
    if event.content["epoch"] != facts.closed_epoch + 1:
        replay.finding(f"epoch {event.content['epoch']} is closed after epoch {facts.closed_epoch}")
    facts.closed_epoch = event.content["epoch"]


def _count(replay: Replay, count: _Count, payload: dict[str, Any]) -> None:
    """Add up what the delivery counts as: a hit is a success with rows, a file a success in that mode."""
    succeeded = payload["succeeded"]
    expected = {
        "hits": int(bool(succeeded) and payload["rows"] > 0),
        "files": int(bool(succeeded) and payload["mode"] == "file"),
    }
    if succeeded not in (0, 1) or any(payload[name] != value for name, value in expected.items()):
        replay.finding("the delivery is counted as something else than what was handed out")
    key = day_of(from_millis(payload["recorded_at"])), payload["epoch"]
    used = [1 if name == "calls" else payload[name] for name in QUANTITY_NAMES]
    count.days[key] = [a + b for a, b in zip(count.days.get(key, [0] * len(used)), used, strict=True)]


@RULES.on("deliveries.halted")
def note_halt(replay: Replay, event: LoggedEvent) -> None:
    """Only a listing that is stopped halts the agreements on it."""
    agreement_id = event.content["agreement_id"]
    if not _is_listing_stopped(replay, agreement_id):
        replay.finding("deliveries were halted though the listing was not stopped")
    replay.facts(DeliveryFacts).halted.add(agreement_id)
    replay.checked(N_("halts of deliveries"))


@RULES.on("deliveries.restarted")
def note_restart(replay: Replay, event: LoggedEvent) -> None:
    agreement_id = event.content["agreement_id"]
    if _is_listing_stopped(replay, agreement_id):
        replay.finding("deliveries were let go on though the listing was stopped")
    replay.facts(DeliveryFacts).halted.discard(agreement_id)


@RULES.at_end
def check_halts(replay: Replay) -> None:
    """A stop that is not carried out agreement by agreement is no stop."""
    halted = replay.facts(DeliveryFacts).halted
    for agreement_id in replay.facts(AgreementFacts).terms:
        if _is_listing_stopped(replay, agreement_id) and agreement_id not in halted:
            replay.finding("the listing is stopped and its agreement is not", subject=agreement_id)


def _is_listing_stopped(replay: Replay, agreement_id: str) -> bool:
    terms = replay.facts(AgreementFacts).terms.get(agreement_id)
    stopped = replay.facts(ListingFacts).stopped
    return terms is not None and terms.document["subject"]["listing_id"] in stopped


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
    if terms.granted_calls is not None and payload["number"] > terms.granted_calls:
        replay.finding("more deliveries were made than the terms grant")
    if not within_range(payload["question"], terms):
        replay.finding("data were delivered from outside the range of time that the terms grant")
    if not set(payload["question"]["columns"]) <= set(terms.columns):
        replay.finding("a column was delivered that the terms do not grant")
    if payload["mode"] not in terms.delivery_modes:
        replay.finding("data were delivered in a mode that the terms do not grant")
