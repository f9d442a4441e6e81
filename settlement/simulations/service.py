"""The questions about prices that need more than a plan: an agreement's real use, the notice of a change."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from contracts import agreements, declarations, deliveries
from exchange.core.clock import parse_period
from exchange.core.errors import Invalid, WrongState
from exchange.participants import Actor
from exchange.pricing import (
    UNDECLARED,
    Declared,
    PricePlan,
    Quantities,
    Simulation,
    TaxTerms,
    compare_plans,
    earliest_increase,
    simulate_period,
    state_of,
)
from settlement.metering import Span

#: Above every epoch: a simulation counts what is there, billed or not.
_EVERY_EPOCH = 2**62


def simulate_agreement(
    session: Session,
    *,
    actor: Actor,
    agreement_id: str,
    period: str,
    plan: PricePlan | None,
    tax: TaxTerms,
) -> Simulation:
    """What an agreement's real use of a month costs under a plan; under its own one when none is given.

    What the plan asks of the time before the month is taken from the agreement's real life too.

    Raises:
        NotFound: the actor is neither party nor overseer of such an agreement.
        WrongState: not everybody has signed it.
        Invalid: it was not in force in the month.
    """
    card = agreements.get_agreement_card(session, agreement_id, actor=actor)
    if card.executed_at is None:
        raise WrongState("the agreement is not signed by everybody yet, so nothing was used under it")
    month, span = (
        parse_period(period),
        Span.of(card.terms, executed_at=card.executed_at, ends_at=card.ends_at),
    )
    if not span.overlaps(month.start, month.end):
        raise Invalid(
            f"the agreement was not in force in {month.key}",
            field="period",
            remedy="Name a month of the agreement.",
        )
    plan = plan or span.plan

    def count(first: str, last: str) -> Quantities:
        return deliveries.usage_on_days(session, agreement_id, first=first, last=last, epoch=_EVERY_EPOCH)

    usage, life = state_of(span.reach(month, plan), month, count)
    usage = replace(usage, declared=_declared(session, agreement_id, month.key))
    return Simulation((simulate_period(plan, month.key, usage, life, tax=tax),))


def _declared(session: Session, agreement_id: str, period: str) -> Declared:
    totals = declarations.declared_totals(session, period=period)
    return next((item.declared for item in totals if item.agreement_id == agreement_id), UNDECLARED)


def compare_prices(
    old: PricePlan,
    new: PricePlan,
    *,
    old_tax: TaxTerms | None,
    new_tax: TaxTerms | None,
    notice_given_on: date,
    notice_days: int,
) -> dict[str, object]:
    """Whether a change of price may take effect now, and if not, when after a notice given on a day."""
    change = compare_plans(old, new, old_tax=old_tax, new_tax=new_tax)
    earliest = None if change.may_take_effect_now else earliest_increase(notice_given_on, notice_days)
    return {
        "direction": change.direction.value,
        "reasons": list(change.reasons),
        "may_take_effect_now": change.may_take_effect_now,
        "earliest_increase": earliest,
    }
