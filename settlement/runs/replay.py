"""How the offline verifier checks settlement runs: what a finished run closed is billed, or named as parked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from contracts.agreements.replay import AgreementFacts
from contracts.declarations.replay import DeclarationFacts
from contracts.deliveries.replay import DeliveryFacts
from exchange.audit import LoggedEvent, Replay, ReplayRules
from exchange.core.clock import from_millis, parse_period
from exchange.core.i18n import N_
from exchange.core.identifiers import derived_id
from exchange.pricing import NOTHING, UNDECLARED
from settlement.metering import Span
from settlement.runs.models import RunKind
from settlement.statements.replay import StatementFacts

RULES = ReplayRules()


@dataclass
class RunFacts:
    """What the runs have closed and parked, as the log tells it."""

    #: Epoch -> how many agreements were executed before it was closed.
    executed_at_close: dict[int, int] = field(default_factory=dict)
    #: Run -> the agreements it set aside.
    parked: dict[str, set[str]] = field(default_factory=dict)
    regular: set[str] = field(default_factory=set)
    finished: set[str] = field(default_factory=set)


@RULES.on("meter.epoch_closed")
def note_closed_epoch(replay: Replay, event: LoggedEvent) -> None:
    executed = len(replay.facts(AgreementFacts).terms)
    replay.facts(RunFacts).executed_at_close[event.content["epoch"]] = executed


@RULES.on("settlement.agreement_parked")
def note_parked(replay: Replay, event: LoggedEvent) -> None:
    payload = event.content
    replay.facts(RunFacts).parked.setdefault(payload["run_id"], set()).add(payload["agreement_id"])
    replay.checked(N_("parked agreements"))


@RULES.on("settlement.run_finished")
def check_run(replay: Replay, event: LoggedEvent) -> None:
    """Every delivery and declaration in an epoch that the run closed, and every fee, has its statement."""
    payload, facts = event.content, replay.facts(RunFacts)
    run_id, epoch = payload["run_id"], payload["epoch"]
    replay.checked(N_("settlement runs"))
    if run_id in facts.finished or run_id != derived_id(
        "run", payload["kind"], payload["period"], str(epoch)
    ):
        replay.finding(f"the run {run_id} finished twice, or does not have the id of what it settled")
    if epoch not in facts.executed_at_close:
        replay.finding(f"the run settled up to epoch {epoch}, which was not closed")
    if payload["parked"] != len(facts.parked.get(run_id, ())):
        replay.finding(f"the run says that it parked {payload['parked']} agreements")
    facts.finished.add(run_id)
    if payload["kind"] == RunKind.REGULAR:
        if payload["period"] in facts.regular:
            replay.finding(f"{payload['period']} is ended by a second regular run")
        facts.regular.add(payload["period"])
        _check_fees(replay, payload)
    if payload["kind"] == RunKind.LATE and payload["period"] not in facts.regular:
        replay.finding(f"a late run settled {payload['period']}, which no regular run has ended")
    _check_deliveries(replay, payload)
    _check_declared(replay, payload)


def _check_deliveries(replay: Replay, payload: Mapping[str, Any]) -> None:
    facts, period, epoch = replay.facts(DeliveryFacts), payload["period"], payload["epoch"]
    parked = replay.facts(RunFacts).parked.get(payload["run_id"], set())
    for agreement_id in list(facts.counts):
        used = facts.totals(agreement_id, period, epoch)
        covered = replay.facts(StatementFacts).covered.get((agreement_id, period))
        billed = covered.usage.quantities if covered else NOTHING
        if agreement_id not in parked and used != billed:
            replay.finding(
                f"{used.rows} rows in {used.calls} calls were delivered under {agreement_id} in {period} up to"
                f" epoch {epoch}; statements cover {billed.rows} rows in {billed.calls} calls"
            )
        replay.checked(N_("settled agreements"))


def _check_declared(replay: Replay, payload: Mapping[str, Any]) -> None:
    facts, period, epoch = replay.facts(DeclarationFacts), payload["period"], payload["epoch"]
    parked = replay.facts(RunFacts).parked.get(payload["run_id"], set())
    for agreement_id in [item for item, of_period in facts.months if of_period == period]:
        covered = replay.facts(StatementFacts).covered.get((agreement_id, period))
        billed = covered.usage.declared if covered else UNDECLARED
        declared = facts.up_to(agreement_id, period, epoch)
        if agreement_id not in parked and declared != billed:
            replay.finding(
                f"declaration {declared.declarations} says {declared.revenue_fen} fen for {period} under"
                f" {agreement_id} up to epoch {epoch}; statements cover {billed.revenue_fen} fen of declaration"
                f" {billed.declarations}"
            )


def _check_fees(replay: Replay, payload: Mapping[str, Any]) -> None:
    """A period's fee is billed for every agreement that was in force, used or not."""
    agreements, period = replay.facts(AgreementFacts), parse_period(payload["period"])
    runs, covered = replay.facts(RunFacts), replay.facts(StatementFacts).covered
    known = runs.executed_at_close.get(payload["epoch"], 0)
    for agreement_id, terms in islice(agreements.terms.items(), known):
        executed_at = from_millis(agreements.executed_at_ms[agreement_id])
        ends_at = agreements.ends_at(agreement_id)
        span = Span.of(terms, executed_at=executed_at, ends_at=ends_at)
        is_due = span.overlaps(period.start, period.end) and span.is_charged_unused(period)
        is_parked = agreement_id in runs.parked.get(payload["run_id"], ())
        if is_due and not is_parked and (agreement_id, period.key) not in covered:
            replay.finding(f"the fee of {agreement_id} for {period.key} is not billed")
