"""How the offline verifier checks declarations: by the buyer, for a month in force, none missing or changed."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from contracts.agreements.replay import AgreementFacts
from contracts.declarations.months import is_declarable, shares_revenue
from contracts.deliveries.replay import DeliveryFacts
from exchange.core.clock import from_millis, parse_period
from exchange.core.entries import LoggedEvent
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.participants.replay import PeopleFacts
from exchange.pricing import UNDECLARED, Declared

RULES = ReplayRules()


class Standing(NamedTuple):
    """What stands for a month from an epoch on."""

    epoch: int
    declared: Declared


@dataclass
class DeclarationFacts:
    """What was declared under each agreement for each month, as the log tells it."""

    #: (agreement, month) -> every declaration in the order of the log.
    months: dict[tuple[str, str], list[Standing]] = field(default_factory=lambda: defaultdict(list))

    def up_to(self, agreement_id: str, period: str, epoch: int) -> Declared:
        """What stands for a month, epochs up to and including `epoch`."""
        counted = [item for item in self.months.get((agreement_id, period), ()) if item.epoch <= epoch]
        return counted[-1].declared if counted else UNDECLARED


@RULES.on("revenue.declared")
def check_declaration(replay: Replay, event: LoggedEvent) -> None:
    payload, facts = event.content, replay.facts(DeclarationFacts)
    month = facts.months[payload["agreement_id"], payload["period"]]
    before = month[-1].declared if month else UNDECLARED
    number, revenue_fen = payload["number"], payload["revenue_fen"]
    if number != before.declarations + 1:
        replay.finding(f"declaration {number} follows declaration {before.declarations}")
    if payload["change_fen"] != revenue_fen - before.revenue_fen:
        replay.finding(
            f"declaration {number} changes the revenue by {payload['change_fen']} fen, from"
            f" {before.revenue_fen} to {revenue_fen}"
        )
    # Not only no closed epoch: one that opens later would keep the revenue from the bills till then.
    is_open = replay.facts(DeliveryFacts).closed_epoch + 1
    if payload["epoch"] != is_open:
        replay.finding(f"a declaration joins epoch {payload['epoch']} while {is_open} is open")
    if payload["declared_at"] != event.at_ms:
        replay.finding("the revenue was declared at another time than its event")
    month.append(Standing(payload["epoch"], Declared(number, revenue_fen)))
    _check_terms(replay, event, payload)
    replay.checked(N_("declarations of revenue"))


def _check_terms(replay: Replay, event: LoggedEvent, payload: dict[str, Any]) -> None:
    agreements, agreement_id = replay.facts(AgreementFacts), payload["agreement_id"]
    terms = agreements.terms.get(agreement_id)
    if terms is None or not shares_revenue(terms):
        replay.finding("revenue was declared without an agreement that shares it")
        return
    executed_at = from_millis(agreements.executed_at_ms[agreement_id])
    if not is_declarable(
        parse_period(payload["period"]),
        terms,
        executed_at=executed_at,
        ends_at=agreements.ends_at(agreement_id),
        at=from_millis(event.at_ms),
    ):
        replay.finding(f"revenue was declared for {payload['period']}, outside the agreement's time")
    if replay.facts(PeopleFacts).organisation_of(event.actor) != terms.party("buyer").organisation_id:
        replay.finding("revenue was declared by somebody who does not act for the buyer")
