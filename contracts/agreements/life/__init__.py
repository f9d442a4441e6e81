"""The life of an agreement: suspended by order, ended early, completed, destroyed; where it stands at an instant."""

from contracts.agreements.life.enquiries import HoldCard, HoldsOver, LastUse, Use
from contracts.agreements.life.events import (
    AgreementEnded,
    AgreementEndMoved,
    AgreementEndNear,
    DestructionDue,
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
    "AgreementEndNear",
    "AgreementEnded",
    "DestructionDue",
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
