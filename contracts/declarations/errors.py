"""How a declaration is refused."""

from exchange.core.errors import Conflict, Invalid, LimitExceeded, WrongState


class NoRevenueShared(WrongState):
    """The price of the agreement is no share of revenue, so nothing is to be declared under it."""

    code = "no-revenue-shared"


class MonthNotDeclarable(Invalid):
    """The agreement was not in force in the month, or the month has not begun."""

    code = "month-not-declarable"


class AlreadyDeclared(Conflict):
    """Another declaration of the month stands than the one that is to be corrected."""

    code = "already-declared"


class DeclarationsExhausted(LimitExceeded):
    """The month was declared and corrected as often as it may be."""

    code = "declarations-exhausted"
