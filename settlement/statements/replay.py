"""How the offline verifier recomputes statements: from delivery records and signed terms to the last fen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.agreements.replay import AgreementFacts
from contracts.declarations.replay import DeclarationFacts
from contracts.deliveries.replay import DeliveryFacts
from contracts.terms import Terms
from exchange.audit import LoggedEvent, Replay, ReplayRules
from exchange.core.clock import from_millis, parse_period
from exchange.core.errors import Invalid
from exchange.core.i18n import N_
from exchange.pricing import NOTHING, UNDECLARED, Declared, Quantities, Usage, state_of
from settlement.ledger import transfer_id_of
from settlement.ledger.replay import LedgerFacts
from settlement.metering import Billable, Span
from settlement.statements.calculation import (
    Bill,
    calculate_bill,
    declared_of,
    legs_of,
    life_of,
    statement_id_of,
    statement_number,
    transfer_key_of,
    year_of,
)

RULES = ReplayRules()


@dataclass(frozen=True)
class Covered:
    """What the statements of one agreement and period cover so far."""

    epoch: int
    usage: Usage
    charged_fen: int


@dataclass
class StatementFacts:
    """What is billed so far, as the log tells it."""

    #: (agreement, period) -> what its last statement covers.
    covered: dict[tuple[str, str], Covered] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    issued_by_year: dict[int, int] = field(default_factory=dict)


@RULES.on("statement.issued")
def check_statement(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(StatementFacts)
    deal = payload["agreement_id"], payload["period"]
    last = facts.covered.get(deal)
    covered_fen = (last.charged_fen if last else 0) + payload["amount_fen"]
    facts.covered[deal] = Covered(payload["epoch"], _claimed(payload), covered_fen)
    replay.checked(N_("statements"))
    _check_identity(replay, event, payload)
    terms = _signed_terms(replay, payload)
    used = _delivered(replay, terms, payload)
    _check_quantities(replay, payload, last, used)
    before = last.usage if last else None
    _check_life(replay, payload, life_of(terms, before, used))
    _check_declared(replay, payload, declared_of(terms, before, used))
    bill = calculate_bill(
        terms,
        before=before,
        used=used,
        charged_before_fen=last.charged_fen if last else 0,
    )
    _check_amounts(replay, payload, bill)
    _check_transfer(replay, payload, terms, bill)


@RULES.at_end
def check_every_transfer_has_its_statement(replay: Replay) -> None:
    """Money moved for a statement that nobody issued is a finding."""
    known = replay.facts(StatementFacts).ids
    for transfer_id, transfer in replay.facts(LedgerFacts).transfers.items():
        if transfer.kind == "statement" and transfer.reference not in known:
            replay.finding(
                f"{transfer_id} books the statement {transfer.reference}, which was never issued"
            )


def _check_identity(replay: Replay, event: LoggedEvent, payload: Mapping[str, Any]) -> None:
    """Named by what it bills, issued once, numbered without gaps."""
    facts, statement_id = replay.facts(StatementFacts), payload["statement_id"]
    if statement_id in facts.ids:
        replay.finding(f"the statement {statement_id} is issued a second time")
    facts.ids.add(statement_id)
    if statement_id != statement_id_of(payload["agreement_id"], payload["period"], payload["epoch"]):
        replay.finding(f"the statement {statement_id} does not have the id of what it bills")
    if payload["issued_at"] != event.at_ms:
        replay.finding("the statement was issued at another time than its event")
    year = year_of(from_millis(payload["issued_at"]))
    place = facts.issued_by_year.get(year, 0) + 1
    facts.issued_by_year[year] = place
    if payload["number"] != statement_number(year, place):
        replay.finding(
            f"the statement has the number {payload['number']}; {statement_number(year, place)} is next"
        )


def _claimed(payload: Mapping[str, Any]) -> Usage:
    first_days = (payload["life"] or {}).get("in_first_days_after")
    declared = (payload.get("declared") or {}).get("after")
    return Usage(
        Quantities(**payload["quantities_after"]),
        Quantities(**first_days) if first_days else NOTHING,
        Declared(**declared) if declared else UNDECLARED,
    )


def _delivered(replay: Replay, terms: Terms, payload: Mapping[str, Any]) -> Billable:
    """What the records of the period, and of the time before it that the plan asks for, add up to."""
    facts, agreement_id, epoch = replay.facts(DeliveryFacts), payload["agreement_id"], payload["epoch"]
    agreements = replay.facts(AgreementFacts)
    executed_at = from_millis(agreements.executed_at_ms[agreement_id])
    ends_at = agreements.ends_at(agreement_id)
    period = parse_period(payload["period"])
    span = Span.of(terms, executed_at=executed_at, ends_at=ends_at)
    if not span.overlaps(period.start, period.end):
        replay.finding(f"the statement bills {period.key}, in which the agreement was not in force")
    reach = span.reach(period)
    usage, life = state_of(
        reach, period, lambda first, last: facts.on_days(agreement_id, first, last, epoch)
    )
    declared = replay.facts(DeclarationFacts).up_to(agreement_id, period.key, epoch)
    return Billable(replace(usage, declared=declared), life)


def _check_life(replay: Replay, payload: Mapping[str, Any], life: dict[str, Any] | None) -> None:
    if payload["life"] != life:
        replay.finding(
            f"the statement says of the agreement's life {payload['life']}; the evidence says {life}"
        )


def _check_declared(replay: Replay, payload: Mapping[str, Any], declared: dict[str, Any] | None) -> None:
    # Statements from before there were shares of revenue say nothing of it.
    if payload.get("declared") != declared:
        replay.finding(
            f"the statement says of the declared revenue {payload.get('declared')}; the declarations say {declared}"
        )


def _check_quantities(
    replay: Replay, payload: Mapping[str, Any], last: Covered | None, used: Billable
) -> None:
    """From where the last statement ended to what the delivery records of closed epochs add up to."""
    facts, epoch = replay.facts(DeliveryFacts), payload["epoch"]
    if epoch > facts.closed_epoch:
        replay.finding(f"the statement bills epoch {epoch}, which is not closed")
    if last is not None and epoch <= last.epoch:
        replay.finding(f"epoch {epoch} is billed a second time")
    before = last.usage.quantities.to_json() if last else None
    if payload["quantities_before"] != before:
        replay.finding(
            f"the statement begins at {payload['quantities_before']}, the last one ended at {before}"
        )
    if payload["charged_before_fen"] != (last.charged_fen if last else 0):
        replay.finding("the statement names another amount than the earlier ones charged")
    after, delivered = payload["quantities_after"], used.usage.quantities.to_json()
    if after != delivered:
        replay.finding(f"the statement bills up to {after}; {delivered} were delivered")


def _signed_terms(replay: Replay, payload: Mapping[str, Any]) -> Terms:
    terms = replay.facts(AgreementFacts).terms.get(payload["agreement_id"])
    if terms is None:
        raise Invalid(f"a statement bills {payload['agreement_id']}, which nobody signed")
    if terms.digest != payload["terms_sha256"]:
        replay.finding("the statement names other terms than the signed ones")
    for role in ("provider", "buyer"):
        if payload[f"{role}_id"] != terms.party(role).organisation_id:
            replay.finding(f"the statement names another {role} than the signed terms")
    return terms


def _check_amounts(replay: Replay, payload: Mapping[str, Any], bill: Bill) -> None:
    if payload["lines"] != bill.lines_json():
        replay.finding("the lines are not those that the signed price plan gives")
    for name in ("amount_fen", "fee_fen", "provider_fen"):
        if payload[name] != getattr(bill, name):
            replay.finding(f"{name} is {payload[name]}; the signed terms give {getattr(bill, name)}")
    replay.checked(N_("statement lines"), len(bill.lines))


def _check_transfer(replay: Replay, payload: Mapping[str, Any], terms: Terms, bill: Bill) -> None:
    """The ledger books exactly the recomputed bill, and nothing where nothing is owed."""
    legs = tuple((leg.account_id, leg.amount_fen) for leg in legs_of(terms, bill))
    expected = transfer_id_of(transfer_key_of(payload["statement_id"])) if legs else None
    if payload["transfer_id"] != expected:
        replay.finding(f"the statement names the transfer {payload['transfer_id']}, not {expected}")
    if expected is None:
        return
    booked = replay.facts(LedgerFacts).transfers.get(expected)
    if booked is None or booked.legs != legs or booked.reference != payload["statement_id"]:
        replay.finding("the ledger does not book the statement as it is computed from the signed terms")
