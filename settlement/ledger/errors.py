"""How the ledger refuses."""

from exchange.core.errors import Conflict, Invalid, LimitExceeded


class TransferUnbalanced(Invalid):
    """The legs of a transfer do not sum to zero, are fewer than two, or one of them is zero."""

    code = "transfer-unbalanced"


class UnknownAccount(Invalid):
    """A leg names an account that was never opened."""

    code = "unknown-account"


class TransferKeyReused(Conflict):
    """The key stands for another transfer."""

    code = "transfer-key-reused"


class AlreadyReversed(Conflict):
    """A transfer is reversed at most once, and a reversal never."""

    code = "already-reversed"


class InsufficientFunds(LimitExceeded):
    """The transfer would take an account below the least balance it may have."""

    code = "insufficient-funds"
