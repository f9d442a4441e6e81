"""How the offline verifier checks the books: every transfer balances, and all of them re-add."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.audit import LoggedEvent, Replay, ReplayRules
from exchange.core.i18n import N_
from settlement.ledger.models import account_id_of
from settlement.ledger.posting import payload_digest, require_balanced, transfer_id_of

RULES = ReplayRules()


@dataclass(frozen=True)
class NotedTransfer:
    """A transfer as the log tells it."""

    kind: str
    reference: str
    legs: tuple[tuple[str, int], ...]
    is_reversal: bool


@dataclass
class LedgerFacts:
    """All transfers, and what they add up to per account and per currency."""

    transfers: dict[str, NotedTransfer] = field(default_factory=dict)
    balances_fen: Counter[str] = field(default_factory=Counter)
    trial_fen: Counter[str] = field(default_factory=Counter)
    reversed: set[str] = field(default_factory=set)


@RULES.on("ledger.transfer_posted")
def check_transfer(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(LedgerFacts)
    transfer_id, entries = payload["transfer_id"], payload["entries"]
    legs = tuple((entry["account_id"], entry["amount_fen"]) for entry in entries)
    if transfer_id in facts.transfers or transfer_id != transfer_id_of(payload["key"]):
        replay.finding(f"transfer {transfer_id} is posted twice, or under another key's id")
    _check_reversal(replay, payload, legs)
    facts.transfers[transfer_id] = NotedTransfer(
        payload["kind"], payload["reference"], legs, payload["reverses"] is not None
    )
    for entry in entries:
        _check_entry(replay, entry)
    if _digest_of(payload, legs) != payload["payload_digest"]:
        replay.finding(f"transfer {transfer_id} does not have the digest it names")
    replay.checked(N_("ledger transfers"))
    require_balanced((entry["currency"], entry["amount_fen"]) for entry in entries)


@RULES.at_end
def check_trial_balance(replay: Replay) -> None:
    """Every fen on one side stands on the other: over all accounts, debits equal credits."""
    for currency, total_fen in replay.facts(LedgerFacts).trial_fen.items():
        if total_fen:
            replay.finding(f"all transfers in {currency} add up to {total_fen} fen, not zero")
    replay.checked(N_("trial balances"))


def _check_entry(replay: Replay, entry: Mapping[str, Any]) -> None:
    facts, account_id = replay.facts(LedgerFacts), entry["account_id"]
    if account_id != account_id_of(entry["owner"], entry["purpose"], entry["currency"]):
        replay.finding(f"{account_id} is not the account of {entry['owner']} for {entry['purpose']}")
    facts.balances_fen[account_id] += entry["amount_fen"]
    facts.trial_fen[entry["currency"]] += entry["amount_fen"]
    if facts.balances_fen[account_id] != entry["balance_after_fen"]:
        replay.finding(
            f"account {account_id} stands at {facts.balances_fen[account_id]} fen,"
            f" not at {entry['balance_after_fen']} fen"
        )


def _check_reversal(replay: Replay, payload: Mapping[str, Any], legs: tuple[tuple[str, int], ...]) -> None:
    facts, target = replay.facts(LedgerFacts), payload["reverses"]
    if target is None:
        return
    original = facts.transfers.get(target)
    if original is None or original.is_reversal or target in facts.reversed:
        replay.finding(f"{target} cannot be reversed: it is unknown, reversed, or a reversal")
    elif tuple((account_id, -amount_fen) for account_id, amount_fen in legs) != original.legs:
        replay.finding(f"the reversal is not the equal and opposite of {target}")
    facts.reversed.add(target)


def _digest_of(payload: Mapping[str, Any], legs: tuple[tuple[str, int], ...]) -> str:
    return payload_digest(
        kind=payload["kind"],
        reference=payload["reference"],
        occurred_at_ms=payload["occurred_at"],
        reverses=payload["reverses"],
        legs=legs,
    )
