"""How the offline verifier checks demands: every step follows from the state before it, by who may take it."""

import hashlib
from dataclasses import dataclass, field

from exchange.core import canonical
from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules

RULES = ReplayRules()
_DAY_MS = 86_400_000
_UNCLAIMED_DAYS = 7
_CLAIMABLE = frozenset({"open", "operator_intervened"})
_UNFULFILLED = frozenset({"draft", "pending", "claimed"}) | _CLAIMABLE
#: Per event: the states it may be taken from, and the one it leads to; None where it stays as it was.
_STEPS: dict[str, tuple[frozenset[str], str | None]] = {
    "demand.submitted": (frozenset({"draft"}), "pending"),
    "demand.claimed": (_CLAIMABLE, "claimed"),
    "demand.confirmed": (frozenset({"claimed"}), "confirmed"),
    "demand.claim_declined": (frozenset({"claimed"}), "open"),
    "demand.withdrawn": (_UNFULFILLED, "withdrawn"),
    "demand.expired": (_UNFULFILLED, "expired"),
    "demand.unclaimed": (frozenset({"open"}), None),
    "demand.intervened": (frozenset({"open"}), "operator_intervened"),
    "demand.negotiated": (frozenset({"confirmed"}), None),
    "demand.contracted": (frozenset({"confirmed"}), "contracted"),
}


@dataclass
class DemandFacts:
    """What the log has said of demands so far."""

    states: dict[str, str] = field(default_factory=dict)
    buyers: dict[str, str] = field(default_factory=dict)
    #: Since when each waits on the board, in milliseconds.
    opened_at: dict[str, int] = field(default_factory=dict)
    #: The claim that waits for an answer, or had it.
    claims: dict[str, str] = field(default_factory=dict)


@RULES.on("demand.written")
def note_demand(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(DemandFacts)
    if hashlib.sha256(canonical.to_bytes(payload["content"])).hexdigest() != payload["digest"]:
        replay.finding("the content of the demand does not have the digest the event names")
    if facts.states.setdefault(payload["demand_id"], "draft") != "draft":
        replay.finding("a demand was rewritten after it was submitted")
    if (
        facts.buyers.setdefault(payload["demand_id"], payload["organisation_id"])
        != payload["organisation_id"]
    ):
        replay.finding("a demand was rewritten by another organisation")
    replay.checked(N_("demands"))


@RULES.on("demand.reviewed")
def check_review(replay: Replay, event: LoggedEvent) -> None:
    opened = event.content["decision"] == "open"
    _move(replay, event, frozenset({"pending"}), "open" if opened else "draft")
    if opened:
        replay.facts(DemandFacts).opened_at[event.content["demand_id"]] = event.at_ms


@RULES.on(*_STEPS)
def check_step(replay: Replay, event: LoggedEvent) -> None:
    if event.type in _CHECKS:
        _CHECKS[event.type](replay, event)
    _move(replay, event, *_STEPS[event.type])


def _check_claim(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(DemandFacts)
    if payload["provider_id"] == facts.buyers.get(payload["demand_id"]):
        replay.finding("an organisation claimed its own demand")
    facts.claims[payload["demand_id"]] = payload["claim_id"]


def _check_answer(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(DemandFacts)
    if facts.claims.get(payload["demand_id"]) != payload["claim_id"]:
        replay.finding("a claim was answered that does not wait on this demand")
    facts.opened_at[payload["demand_id"]] = event.at_ms


def _check_waited(replay: Replay, event: LoggedEvent) -> None:
    opened_at = replay.facts(DemandFacts).opened_at.get(event.content["demand_id"])
    if opened_at is None or event.at_ms - opened_at <= _UNCLAIMED_DAYS * _DAY_MS:
        replay.finding("the operator's turn came before seven days without a claim were over")


_CHECKS = {
    "demand.claimed": _check_claim,
    "demand.confirmed": _check_answer,
    "demand.claim_declined": _check_answer,
    "demand.unclaimed": _check_waited,
    "demand.intervened": _check_waited,
}


def _move(replay: Replay, event: LoggedEvent, before: frozenset[str], after: str | None) -> None:
    states, demand_id = replay.facts(DemandFacts).states, event.content["demand_id"]
    state = states.get(demand_id)
    if state not in before:
        replay.finding(f"{event.type} does not follow on a demand that is {state or 'not written'}")
    states[demand_id] = after or state or ""
