"""What would it have cost? A plan applied to recorded or imagined use, period by period."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final

from exchange.core.clock import SHANGHAI, Period, parse_period, period_of
from exchange.core.errors import Invalid
from exchange.pricing.kinds import PriceModel
from exchange.pricing.life import reach_of, state_of
from exchange.pricing.plan import PricePlan
from exchange.pricing.rating import RatedLine, rate
from exchange.pricing.tax import TaxedAmount, TaxTerms, tax_amount
from exchange.pricing.units import Unit
from exchange.pricing.usage import NOTHING, QUANTITY_NAMES, UNDECLARED, Declared, Life, Quantities, Usage

#: Twenty years by the day, or ten agreements' lives by the month: more is no question but an attack.
MAX_USAGE_ROWS: Final = 8_000
MAX_PERIODS: Final = 240
_ON = re.compile(r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$")
NO_TAX: Final = TaxTerms()


class SimulationInvalid(Invalid):
    """The use to simulate is missing, badly dated, too much, or too coarse for the plan."""

    code = "simulation-invalid"


@dataclass(frozen=True, slots=True)
class DatedUse:
    """What was used in a month (`YYYY-MM`) or on a day (`YYYY-MM-DD`), and what revenue is declared of it."""

    on: str
    quantities: Quantities
    declared: Declared = UNDECLARED

    def __post_init__(self) -> None:
        if not isinstance(self.on, str) or not _ON.match(self.on) or not _is_date(self.on):
            raise SimulationInvalid(
                f"{self.on!r} is neither a month nor a day.",
                field="on",
                remedy="Write YYYY-MM or YYYY-MM-DD.",
            )


def dated_use(row: Mapping[str, Any], plan: PricePlan) -> DatedUse:
    """Read what was used on a day or in a month; the quantity that the plan counts must be there.

    Calls without a word on how many succeeded all did.

    Raises:
        SimulationInvalid: a member is unknown or what the plan counts is missing.
        QuantityInvalid: a quantity is no count.

    """
    if unknown := sorted(row.keys() - {"on", _REVENUE, *QUANTITY_NAMES}):
        raise SimulationInvalid(
            f"{', '.join(unknown)} is nothing that is counted.",
            field=unknown[0],
            remedy=f"Use only on, {', '.join(QUANTITY_NAMES)}, {_REVENUE}.",
        )
    used = {name: row[name] for name in QUANTITY_NAMES if name in row}
    if "calls" in used:
        used.setdefault("succeeded", used["calls"])
    needed = _COUNTED_BY.get(plan.unit) if plan.unit else None
    if plan.model is PriceModel.REVENUE_SHARE:
        needed = _REVENUE
    if needed is not None and needed not in {*used, *row}:
        raise SimulationInvalid(
            f"The plan counts {needed}, and the use does not tell them.",
            field=needed,
            remedy=f"Give {needed} for every month or day.",
        )
    declared = Declared(1, row[_REVENUE]) if _REVENUE in row else UNDECLARED
    return DatedUse(row.get("on", ""), Quantities(**used), declared)


_REVENUE: Final = "revenue_fen"
#: Of a priced unit: the quantity that tells it.
_COUNTED_BY: Final = {
    Unit.ROWS: "rows",
    Unit.CALLS: "succeeded",
    Unit.HITS: "hits",
    Unit.MB: "size_bytes",
    Unit.FILES: "files",
}


@dataclass(frozen=True, slots=True)
class SimulatedPeriod:
    """The bill of one month."""

    period: str
    quantities: Quantities
    declared: Declared
    lines: tuple[RatedLine, ...]
    amount: TaxedAmount


@dataclass(frozen=True, slots=True)
class Simulation:
    """The bills of every month, and their sum; tax is rounded once a bill, as on real statements."""

    periods: tuple[SimulatedPeriod, ...]

    @property
    def amount(self) -> TaxedAmount:
        return TaxedAmount(
            *(
                sum(getattr(period.amount, name) for period in self.periods)
                for name in ("net_fen", "tax_fen", "gross_fen")
            )
        )

    def to_json(self) -> dict[str, Any]:
        """The report as the API and `--json` give it."""
        return {
            "periods": [
                {
                    "period": period.period,
                    "quantities": period.quantities.to_json(),
                    "declared": period.declared.to_json(),
                    "lines": [{"key": line.key, **_line_json(line)} for line in period.lines],
                    **asdict(period.amount),
                }
                for period in self.periods
            ],
            **asdict(self.amount),
        }


def simulate(
    plan: PricePlan,
    usage: Sequence[DatedUse],
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    tax: TaxTerms = NO_TAX,
) -> Simulation:
    """Charge every month from the first to the last one with use, as one agreement.

    Args:
        starts_on: first day of the agreement; the first day of the first month by default.
        ends_on: first day after it; by default the day after the last month with use.

    Raises:
        SimulationInvalid: there is no use, it lies outside the agreement, or the plan tells days apart (a
            trial in days, the validity of a package) that a month's total does not.

    """
    start, end = _span(usage, starts_on, ends_on)

    def count(first: str, last: str) -> Quantities:
        return sum((row.quantities for row in usage if _falls(row.on, first, last)), NOTHING)

    periods = []
    for period in _periods(start, end):
        used, life = state_of(reach_of(plan, start=start, end=end, period=period), period, count)
        used = replace(used, declared=_declared_in(usage, period))
        periods.append(simulate_period(plan, period.key, used, life, tax=tax))
    return Simulation(tuple(periods))


def simulate_period(
    plan: PricePlan, period: str, usage: Usage, life: Life, *, tax: TaxTerms = NO_TAX
) -> SimulatedPeriod:
    """The bill of one whole period in a known state."""
    lines = rate(plan, None, usage, life)
    amount = tax_amount(sum(line.amount_fen for line in lines), tax)
    return SimulatedPeriod(period, usage.quantities, usage.declared, lines, amount)


def _declared_in(usage: Sequence[DatedUse], period: Period) -> Declared:
    return sum((row.declared for row in usage if row.on[: len(period.key)] == period.key), UNDECLARED)


def _span(
    usage: Sequence[DatedUse], starts_on: date | None, ends_on: date | None
) -> tuple[datetime, datetime]:
    if not usage or len(usage) > MAX_USAGE_ROWS:
        raise SimulationInvalid(
            f"Between 1 and {MAX_USAGE_ROWS} months or days of use can be simulated.",
            field="usage",
            remedy="Give one row a month, or a day.",
        )
    start = starts_on or date.fromisoformat(f"{min(row.on for row in usage)[:7]}-01")
    last = parse_period(max(row.on for row in usage)[:7])
    end = _midnight(ends_on) if ends_on else last.end
    if _midnight(start) >= end or any(not _is_inside(row.on, start, end) for row in usage):
        raise SimulationInvalid(
            "There is use outside the agreement's time.",
            field="starts_on",
            remedy="Let the agreement begin before the first use and end after the last.",
        )
    return _midnight(start), end


def _is_inside(on: str, start: date, end: datetime) -> bool:
    last = end.astimezone(SHANGHAI).date()
    if len(on) == len("YYYY-MM"):
        return start.isoformat()[:7] <= on and date.fromisoformat(f"{on}-01") < last
    return start <= date.fromisoformat(on) < last


def _periods(start: datetime, end: datetime) -> Iterator[Period]:
    period = period_of(start)
    for _ in range(MAX_PERIODS):
        yield period
        period = period_of(period.end)
        if period.start >= end:
            return
    raise SimulationInvalid(
        f"More than {MAX_PERIODS} months are too many.", field="usage", remedy="Simulate a part of them."
    )


def _falls(on: str, first: str, last: str) -> bool:
    """Whether a row belongs to the days from first to last; a month must belong to them whole or not at all."""
    if len(on) == len(first):
        return first <= on <= last
    month = parse_period(on)
    whole = first <= f"{on}-01" and month.end <= _midnight(date.fromisoformat(last), days=1)
    if not whole and first[:7] <= on <= last[:7]:
        raise SimulationInvalid(
            f"The plan ends its first days on {last}, and {on} is given as one total.",
            field="usage",
            remedy=f"Give the days of {on} one by one.",
        )
    return whole


def _midnight(day: date, *, days: int = 0) -> datetime:
    return datetime.combine(date.fromordinal(day.toordinal() + days), time(), tzinfo=SHANGHAI)


def _is_date(on: str) -> bool:
    try:
        date.fromisoformat(on if len(on) > len("YYYY-MM") else f"{on}-01")
    except ValueError:
        return False
    return True


def _line_json(line: RatedLine) -> dict[str, Any]:
    shown = ("description", "quantity", "unit_price_micro", "amount_micro", "amount_fen")
    return {name: getattr(line, name) for name in shown}
