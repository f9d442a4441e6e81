"""How steps in the life of an agreement are refused."""

from exchange.core.errors import Conflict, Invalid, NotPermitted, WrongState


class OrderNotYours(NotPermitted):
    """Only the authority that ordered a suspension lifts it."""

    code = "order-not-yours"


class OrderNotStanding(WrongState):
    """The order was lifted, or has ended by itself."""

    code = "order-not-standing"


class StepNotPossible(WrongState):
    """As the agreement stands, this step cannot be taken."""

    code = "step-not-possible"


class EndNotPermitted(Invalid):
    """The agreement cannot end at this instant in this way; the terms say why."""

    code = "end-not-permitted"


class AgreementAbandoned(Conflict):
    """A party gave the agreement up, or nobody signed it in time; it is not signed any more."""

    code = "agreement-abandoned"
