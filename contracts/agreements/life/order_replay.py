"""How the offline verifier checks orders: by an authority, and lifted by the same one."""

from contracts.agreements.life.order_facts import OrderFact, OrderFacts
from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.participants.actors import OPERATOR, REGULATOR
from exchange.participants.replay import PeopleFacts

RULES = ReplayRules()


@RULES.on("suspension.ordered")
def check_ordered(replay: Replay, event: LoggedEvent) -> None:
    payload, people = event.content, replay.facts(PeopleFacts)
    if payload["authority"] not in {REGULATOR, OPERATOR} or not people.has_role(
        event.actor, payload["authority"]
    ):
        replay.finding("a suspension was ordered by somebody who is no such authority")
    if payload["authority"] == REGULATOR and not payload["order_no"]:
        replay.finding("a regulator's order has no number")
    if payload["until"] is not None and payload["until"] <= event.at_ms:
        replay.finding("an order ends before it was given")
    replay.facts(OrderFacts).standing[payload["order_id"]] = OrderFact(
        payload["scope"], payload["subject_id"], people.organisation_of(event.actor), payload["until"]
    )
    replay.checked(N_("suspensions by order"))


@RULES.on("suspension.lifted")
def check_lifted(replay: Replay, event: LoggedEvent) -> None:
    order = replay.facts(OrderFacts).standing.pop(event.content["order_id"], None)
    if order is None:
        replay.finding("an order was lifted that does not stand")
    elif order.authority_id != replay.facts(PeopleFacts).organisation_of(event.actor):
        replay.finding("an order was lifted by another authority than the one that gave it")
    replay.checked(N_("lifted orders"))
