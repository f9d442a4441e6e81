"""The life of an agreement: suspended by order, ended early, completed, destroyed; where it stands at an instant."""

from contracts.agreements.life.enquiries import HoldCard, HoldsOver, LastUse, Use
from contracts.agreements.life.events import (
    AgreementEndMoved,
    StepTaken,
    SuspensionLifted,
    SuspensionOrdered,
)
from contracts.agreements.life.queries import (
    OrderCard,
    agreements_under,
    find_standing_orders,
    require_open,
    share_orders,
)

__all__ = [
    "AgreementEndMoved",
    "HoldCard",
    "HoldsOver",
    "LastUse",
    "OrderCard",
    "StepTaken",
    "SuspensionLifted",
    "SuspensionOrdered",
    "Use",
    "agreements_under",
    "find_standing_orders",
    "require_open",
    "share_orders",
]
