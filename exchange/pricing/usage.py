"""What a plan is applied to: what was used in a period, and what it must know of the time before."""

from dataclasses import asdict, dataclass, fields
from typing import Final

from exchange.core.errors import Invalid

#: Amounts and quantities are stored in signed 64-bit columns.
LARGEST_STORED_INTEGER: Final = 2**63 - 1
#: A hundred thousand million yuan in a month: more than any firm turns over, and all of it as a share still
#: fits 64 bits of micro-yuan.
MAX_REVENUE_FEN: Final = 10**13


class QuantityInvalid(Invalid):
    """A cumulative quantity or amount of a period is no whole number, is below zero or is too large."""

    code = "quantity-invalid"


@dataclass(frozen=True, slots=True)
class Quantities:
    """What was used up to some point, cumulative; a correction lowers it, never below zero.

    A call that finds no row is a call and a success, but no hit. `size_bytes` are the delivered payload's.
    """

    calls: int = 0
    succeeded: int = 0
    hits: int = 0
    rows: int = 0
    size_bytes: int = 0
    files: int = 0

    def __post_init__(self) -> None:
        for name in QUANTITY_NAMES:
            value = getattr(self, name)
            # `type`, not `isinstance`: true is an int to Python and counts nothing.
            if type(value) is not int or not 0 <= value <= LARGEST_STORED_INTEGER:
                raise QuantityInvalid(
                    "A quantity is a whole number from 0 to 2^63-1.",
                    field=name,
                    remedy="Count the units themselves: rows, calls, bytes.",
                )

    def __add__(self, other: "Quantities") -> "Quantities":
        return Quantities(**{name: getattr(self, name) + getattr(other, name) for name in QUANTITY_NAMES})

    def to_json(self) -> dict[str, int]:
        """The quantities as events and reports hold them."""
        return asdict(self)


QUANTITY_NAMES: Final = tuple(item.name for item in fields(Quantities))
NOTHING: Final = Quantities()


@dataclass(frozen=True, slots=True)
class Declared:
    """What the buyer has declared for a period up to some point: how often, and the revenue that stands then.

    Zero revenue after a declaration is not the same as no declaration: the bill says which of them it is.
    """

    declarations: int = 0
    revenue_fen: int = 0

    def __post_init__(self) -> None:
        for name, most in (("declarations", LARGEST_STORED_INTEGER), ("revenue_fen", MAX_REVENUE_FEN)):
            value = getattr(self, name)
            if type(value) is not int or not 0 <= value <= most:
                raise QuantityInvalid(
                    f"Declared revenue is a whole number from 0 to {most}.",
                    field=name,
                    remedy="Give the revenue of the month in fen.",
                )

    def __add__(self, other: "Declared") -> "Declared":
        """Two parts of a period together."""
        return Declared(self.declarations + other.declarations, self.revenue_fen + other.revenue_fen)

    def to_json(self) -> dict[str, int]:
        """What is declared, as events and reports hold it."""
        return asdict(self)


UNDECLARED: Final = Declared()


@dataclass(frozen=True, slots=True)
class Usage:
    """The cumulative state of a period.

    `in_first_days` is the part of it that falls within the first days of the agreement which the plan treats
    by themselves (a trial in days, the validity of a package); nothing for any other plan. `declared` is what
    the buyer told of its own revenue.
    """

    quantities: Quantities = NOTHING
    in_first_days: Quantities = NOTHING
    declared: Declared = UNDECLARED


@dataclass(frozen=True, slots=True)
class Life:
    """Where a period lies in the life of its agreement, as far as the plan asks.

    `begins_term` says that a fee falls due in it. `earlier` is what was used in the periods before it that
    the plan counts together with it: since the agreement began, or since a subscription's year did.
    """

    begins_term: bool = True
    earlier: Usage = Usage()


#: The first period of an agreement; the only view that plans without memory need.
FIRST_PERIOD: Final = Life()
