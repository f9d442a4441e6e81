"""How the offline verifier checks negotiations: who took which turn, and that what was accepted was proposed."""

from dataclasses import dataclass, field
from typing import Any

from contracts.negotiations.turns import BUYER, PROVIDER, TURNS, NegotiationState
from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.participants.replay import PeopleFacts

RULES = ReplayRules()
_STEPS = {"negotiation.offered": ("offer", PROVIDER), "negotiation.countered": ("counter_offer", BUYER)}


@dataclass
class Talk:
    """A negotiation as the log has told it so far."""

    organisations: dict[str, str]
    state: str
    draft: dict[str, Any]
    expires_at: int | None
    rounds: int = 1
    contract_id: str = ""
    renews: str | None = None
    begins_at: int | None = None


@dataclass
class NegotiationFacts:
    """Every negotiation by its id."""

    talks: dict[str, Talk] = field(default_factory=dict)


@RULES.on("negotiation.requested", "negotiation.privately_offered")
def note_opening(replay: Replay, event: LoggedEvent) -> None:
    payload, talks = event.content, replay.facts(NegotiationFacts).talks
    if payload["negotiation_id"] in talks:
        replay.finding("the negotiation begins a second time")
    by_buyer = event.type == "negotiation.requested"
    talk = Talk(
        {PROVIDER: payload["provider_id"], BUYER: payload["buyer_id"]},
        NegotiationState.REQUESTED if by_buyer else NegotiationState.OFFERED,
        payload["request" if by_buyer else "offer"],
        payload["expires_at"],
        renews=payload["renews"],
        begins_at=payload["begins_at"],
    )
    talks[payload["negotiation_id"]] = talk
    _require_author(replay, event, talk, BUYER if by_buyer else PROVIDER)


@RULES.on("negotiation.offered", "negotiation.countered")
def check_proposal(replay: Replay, event: LoggedEvent) -> None:
    payload, talk = event.content, _talk(replay, event)
    step, role = _STEPS[event.type]
    _take(replay, event, talk, step, role)
    if payload["round"] != talk.rounds + 1:
        replay.finding(f"round {payload['round']} follows round {talk.rounds}")
    talk.rounds, talk.draft, talk.expires_at = payload["round"], payload["offer"], payload["expires_at"]


@RULES.on("negotiation.accepted")
def check_acceptance(replay: Replay, event: LoggedEvent) -> None:
    """A draft binds as it was proposed, and only the other party makes it bind."""
    payload, talk = event.content, _talk(replay, event)
    _take(replay, event, talk, "acceptance", payload["role"])
    if payload["offer"] != talk.draft:
        replay.finding("another draft is accepted than the one that was proposed last")
    talk.contract_id = payload["contract_id"]
    replay.checked(N_("negotiations"))


@RULES.on("negotiation.ended")
def check_end(replay: Replay, event: LoggedEvent) -> None:
    talk = _talk(replay, event)
    role = PROVIDER if event.content["outcome"] == NegotiationState.DECLINED else BUYER
    _take(replay, event, talk, "end", role, in_time=False)


@RULES.on("negotiation.expired")
def check_expiry(replay: Replay, event: LoggedEvent) -> None:
    talk = _talk(replay, event)
    if talk.expires_at is None or event.at_ms < talk.expires_at:
        replay.finding("the negotiation is ended for lack of an answer before its time has passed")
    talk.state = TURNS.get((talk.state, "expiry", "exchange"), NegotiationState.EXPIRED)


def _talk(replay: Replay, event: LoggedEvent) -> Talk:
    return replay.facts(NegotiationFacts).talks[event.content["negotiation_id"]]


def _take(
    replay: Replay, event: LoggedEvent, talk: Talk, step: str, role: str, *, in_time: bool = True
) -> None:
    after = TURNS.get((talk.state, step, role))
    if after is None:
        replay.finding(f"{step} by the {role} while the negotiation is {talk.state}")
    if in_time and talk.expires_at is not None and event.at_ms >= talk.expires_at:
        replay.finding("the proposal was answered after its time")
    _require_author(replay, event, talk, role)
    talk.state = after or talk.state


def _require_author(replay: Replay, event: LoggedEvent, talk: Talk, role: str) -> None:
    organisation = replay.facts(PeopleFacts).organisation_of(event.actor)
    if organisation != talk.organisations[role]:
        replay.finding(f"the turn of the {role} is taken by somebody else")
