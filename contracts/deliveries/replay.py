"""How the offline verifier checks deliveries: under a signed agreement, in its bounds, counted without gaps."""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from contracts.agreements.life.order_facts import OrderFacts
from contracts.agreements.replay import AgreementFacts
from contracts.deliveries.limits import within_range
from contracts.deliveries.rate import too_soon_ms
from contracts.terms import Terms
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
    #: Times of the last deliveries, as many as a rate of the terms looks back.
    times: deque[int] = field(default_factory=deque)


@dataclass
class DeliveryFacts:
    """What was delivered under each agreement, as the log tells it."""

    counts: dict[str, _Count] = field(default_factory=lambda: defaultdict(_Count))
    closed_epoch: int = 0
    #: What stops each agreement: (kind, listing or order) -> when it ends by itself, if it does.
    halted: dict[str, dict[tuple[str, str], int | None]] = field(default_factory=lambda: defaultdict(dict))
    #: Delivery -> its size; those that were cut off.
    sizes: dict[str, int] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)

    def is_halted(self, agreement_id: str, at_ms: int) -> bool:
        """Whether a hold stands at an instant."""
        holds = self.halted.get(agreement_id, {}).values()
        return any(until is None or at_ms < until for until in holds)

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
    if facts.is_halted(agreement_id, payload["recorded_at"]):
        replay.finding("data were delivered while deliveries under the agreement were stopped")
    _check_terms(replay, payload)
    _check_pace(replay, count, payload)
    count.number, count.rows = payload["number"], payload["delivered_rows"]
    count.requests.add(payload["request_id"])
    facts.sizes[payload["delivery_id"]] = payload["size_bytes"]
    _count(replay, count, payload)
    replay.checked(N_("deliveries"))


def _check_pace(replay: Replay, count: _Count, payload: dict[str, Any]) -> None:
    """Where the terms set a rate: the delivery so many before this one is 60 seconds old."""
    terms = replay.facts(AgreementFacts).terms.get(payload["agreement_id"])
    if terms is None or terms.calls_per_minute is None:
        return
    at, times = payload["recorded_at"], count.times
    if len(times) == terms.calls_per_minute and too_soon_ms(times.popleft(), at) > 0:
        replay.finding("more deliveries were made in 60 seconds than the terms grant")
    times.append(at)


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
    """Only a listing that is stopped, or an order that stands, halts the agreements under it."""
    payload = event.content
    agreement_id, (kind, reference) = payload["agreement_id"], _hold(replay, payload)
    if kind == "order":
        order = replay.facts(OrderFacts).standing.get(reference)
        if order is None or not order.is_over(_terms(replay, agreement_id)):
            replay.finding("deliveries were halted though no order stood over the agreement")
        elif order.until != payload["until"]:
            replay.finding("deliveries were halted for another time than the order says")
    elif not _is_listing_stopped(replay, agreement_id):
        replay.finding("deliveries were halted though the listing was not stopped")
    replay.facts(DeliveryFacts).halted[agreement_id][kind, reference] = payload.get("until")
    replay.checked(N_("halts of deliveries"))


@RULES.on("deliveries.restarted")
def note_restart(replay: Replay, event: LoggedEvent) -> None:
    agreement_id, (kind, reference) = event.content["agreement_id"], _hold(replay, event.content)
    if kind == "order" and reference in replay.facts(OrderFacts).standing:
        replay.finding("deliveries were let go on though the order was not lifted")
    if kind == "listing" and _is_listing_stopped(replay, agreement_id):
        replay.finding("deliveries were let go on though the listing was stopped")
    replay.facts(DeliveryFacts).halted[agreement_id].pop((kind, reference), None)


@RULES.on("quota.reached")
def check_quota(replay: Replay, event: LoggedEvent) -> None:
    """The delivery before it brought the use to the mark."""
    payload = event.content
    count, terms = (
        replay.facts(DeliveryFacts).counts[payload["agreement_id"]],
        _terms(replay, payload["agreement_id"]),
    )
    used = count.number if payload["what"] == "calls" else count.rows
    granted = None
    if terms is not None:
        granted = terms.granted_calls if payload["what"] == "calls" else terms.granted_rows
    if (used, granted, count.number) != (payload["used"], payload["granted"], payload["number"]):
        replay.finding("the parties were told of another use of the quota than the records give")
    elif granted is not None and used * 100 < payload["percent"] * granted:
        replay.finding("the parties were told of a mark that the use has not reached")


@RULES.on("agreement.step_taken")
def check_handover(replay: Replay, event: LoggedEvent) -> None:
    """A handover names what was delivered until then."""
    payload = event.content
    if payload["step"] != "handover":
        return
    count = replay.facts(DeliveryFacts).counts[payload["agreement_id"]]
    if (payload["content"]["deliveries"], payload["content"]["rows"]) != (count.number, count.rows):
        replay.finding("the handover names another use than the records give")


@RULES.on("delivery.cut")
def check_cut(replay: Replay, event: LoggedEvent) -> None:
    """What was cut off was recorded before, once, and not sent whole."""
    payload, facts = event.content, replay.facts(DeliveryFacts)
    delivery_id = payload["delivery_id"]
    if facts.sizes.get(delivery_id) != payload["size_bytes"]:
        replay.finding("a delivery was cut off that is not recorded so")
    if not 0 <= payload["sent_bytes"] <= payload["size_bytes"]:
        replay.finding("more of a delivery was sent than it holds")
    facts.cut.add(delivery_id)
    replay.checked(N_("deliveries cut off"))


@RULES.at_end
def check_halts(replay: Replay) -> None:
    """A stop that is not carried out agreement by agreement is no stop."""
    halted = replay.facts(DeliveryFacts).halted
    orders = replay.facts(OrderFacts).standing
    for agreement_id, terms in replay.facts(AgreementFacts).terms.items():
        listing = "listing", terms.document["subject"]["listing_id"]
        if _is_listing_stopped(replay, agreement_id) and listing not in halted[agreement_id]:
            replay.finding("the listing is stopped and its agreement is not", subject=agreement_id)
        for order_id, order in orders.items():
            if order.is_over(terms) and ("order", order_id) not in halted[agreement_id]:
                replay.finding("an order stands and its agreement is not stopped", subject=agreement_id)


def _hold(replay: Replay, payload: dict[str, Any]) -> tuple[str, str]:
    """Which hold a halt is about; before there were orders every one was the listing's."""
    if "hold" in payload:
        return payload["hold"], payload["reference"]
    terms = _terms(replay, payload["agreement_id"])
    return "listing", "" if terms is None else terms.document["subject"]["listing_id"]


def _terms(replay: Replay, agreement_id: str) -> Terms | None:
    return replay.facts(AgreementFacts).terms.get(agreement_id)


def _is_listing_stopped(replay: Replay, agreement_id: str) -> bool:
    terms = _terms(replay, agreement_id)
    stopped = replay.facts(ListingFacts).stopped
    return terms is not None and terms.document["subject"]["listing_id"] in stopped


def _check_terms(replay: Replay, payload: dict[str, Any]) -> None:
    agreements = replay.facts(AgreementFacts)
    terms = agreements.terms.get(payload["agreement_id"])
    if terms is None:
        replay.finding("data were delivered without an executed agreement")
        return
    ends_at = agreements.ends_at(payload["agreement_id"])
    if not terms.valid_from <= from_millis(payload["recorded_at"]) < ends_at:
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
