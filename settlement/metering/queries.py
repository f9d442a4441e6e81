"""Reads of what was used and of what is in force."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from contracts import agreements, declarations, deliveries
from exchange.core.clock import parse_period
from exchange.pricing import UNDECLARED, Declared, Quantities, Usage, state_of
from settlement.metering.billable import Billable
from settlement.metering.errors import TotalsNotProven
from settlement.metering.span import Span

#: One of the two ways to ask for the use on some days.
Ask = Callable[..., Quantities]
#: Above every epoch that will ever be.
_ANY_EPOCH = 2**62


@dataclass(frozen=True)
class Measured:
    """What was used in a period up to a closed epoch: as kept by day, and as counted from the records.

    Declared revenue likewise: as the last declaration says, and as all of them add up. Both are final, because
    nothing joins a closed epoch, so they may be read before the work and once for all.
    """

    period: str
    epoch: int
    kept: dict[str, deliveries.UsageTotals]
    counted: dict[str, deliveries.UsageTotals]
    declared: dict[str, declarations.DeclaredTotals]
    added: dict[str, declarations.DeclaredTotals]

    def proven(self, agreement_id: str) -> Quantities:
        """The cumulative quantities of an agreement in the period; zero when nothing was used.

        Raises:
            TotalsNotProven: the day totals say something else than the delivery records.
        """
        kept, counted = self.kept.get(agreement_id), self.counted.get(agreement_id)
        if kept != counted:
            raise TotalsNotProven(
                f"in {self.period} up to epoch {self.epoch} the day totals say {_in_words(kept)}"
                f" and the delivery records say {_in_words(counted)}"
            )
        return Quantities() if kept is None else kept.quantities

    def proven_declared(self, agreement_id: str) -> Declared:
        """The revenue that stands for an agreement in the period.

        Raises:
            TotalsNotProven: the changes of the declarations add up to something else than the last one says.
        """
        last, added = self.declared.get(agreement_id), self.added.get(agreement_id)
        if last != added:
            raise TotalsNotProven(
                f"in {self.period} up to epoch {self.epoch} the last declaration says {_declared_in_words(last)}"
                f" and all declarations add up to {_declared_in_words(added)}"
            )
        return UNDECLARED if last is None else last.declared

    @property
    def unproven(self) -> list[str]:
        """The agreements whose two totals differ, used or not by the kept ones."""
        everyone = sorted(self.kept.keys() | self.counted.keys() | self.declared.keys() | self.added.keys())
        return [
            item
            for item in everyone
            if self.kept.get(item) != self.counted.get(item)
            or self.declared.get(item) != self.added.get(item)
        ]


def measure(session: Session, *, period: str, epoch: int) -> Measured:
    """Read the totals of closed epochs and count them anew from the records."""
    return Measured(
        period=period,
        epoch=epoch,
        kept={
            item.agreement_id: item for item in deliveries.usage_totals(session, period=period, epoch=epoch)
        },
        counted={
            item.agreement_id: item
            for item in deliveries.delivered_totals(session, period=period, epoch=epoch)
        },
        declared={
            item.agreement_id: item
            for item in declarations.declared_totals(session, period=period, epoch=epoch)
        },
        added={
            item.agreement_id: item
            for item in declarations.added_totals(session, period=period, epoch=epoch)
        },
    )


def billable(session: Session, measured: Measured, agreement_id: str) -> Billable:
    """What an agreement's price plan charges for the measured period.

    Epochs later than the measured one are left out of earlier periods too, so the same epoch always gives the
    same answer.

    Raises:
        TotalsNotProven: the day totals, of this period or of an earlier one that counts, say something else
            than the delivery records.
    """
    used, declared = measured.proven(agreement_id), measured.proven_declared(agreement_id)
    terms = agreements.get_terms(session, agreement_id)
    if not terms.price_plan.looks_beyond_period:
        return Billable(Usage(used, declared=declared))
    period = parse_period(measured.period)
    span = Span.of(
        terms,
        executed_at=agreements.get_executed_at(session, agreement_id),
        ends_at=agreements.get_ends_at(session, agreement_id),
    )
    reach = span.reach(period)
    kept, counted = (
        state_of(reach, period, partial(_on_days, session, ask, agreement_id, measured.epoch))
        for ask in (deliveries.usage_on_days, deliveries.delivered_on_days)
    )
    if kept != counted or kept[0].quantities != used:
        raise TotalsNotProven(
            f"from {reach.since or period.key} up to epoch {measured.epoch} the day totals of single days"
            " are not those of the delivery records"
        )
    return Billable(*kept)


def last_usage_epochs(session: Session, *, period: str, epoch: int = _ANY_EPOCH) -> dict[str, int]:
    """The last epoch, up to the given one, in which each agreement was used or declared for in the period."""
    used = deliveries.usage_totals(session, period=period, epoch=epoch)
    last = {item.agreement_id: item.last_epoch for item in used}
    for item in declarations.declared_totals(session, period=period, epoch=epoch):
        last[item.agreement_id] = max(item.last_epoch, last.get(item.agreement_id, 0))
    return last


def find_in_force(session: Session, *, start: datetime, end: datetime) -> list[Span]:
    """The spans of the agreements in force at some time in [start, end)."""
    cards = agreements.find_executed_agreements(session, before=end, valid_after=start)
    return [
        Span.of(card.terms, executed_at=card.executed_at, ends_at=card.ends_at)
        for card in cards
        if card.executed_at is not None
    ]


def _on_days(
    session: Session, ask: Ask, agreement_id: str, epoch: int, first: str, last: str
) -> Quantities:
    return ask(session, agreement_id, first=first, last=last, epoch=epoch)


def _declared_in_words(totals: declarations.DeclaredTotals | None) -> str:
    if totals is None:
        return "nothing"
    return (
        f"{totals.declared.revenue_fen} fen in {totals.declared.declarations} declarations,"
        f" the last in epoch {totals.last_epoch}"
    )


def _in_words(totals: deliveries.UsageTotals | None) -> str:
    if totals is None:
        return "nothing"
    return (
        f"{totals.rows} rows in {totals.calls} calls of {totals.size_bytes} bytes, {totals.succeeded} succeeded,"
        f" {totals.hits} hits, {totals.files} files, the last in epoch {totals.last_epoch}"
    )
