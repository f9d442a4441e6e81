"""Facts about settlement runs."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class AgreementParked:
    """An agreement could not be billed in a run; it waits, with the reason, and the others went on."""

    type: ClassVar[str] = "settlement.agreement_parked"
    run_id: str
    agreement_id: str
    period: str
    epoch: int
    reason: str


@dataclass(frozen=True)
class RunFinished:
    """Every agreement with use in the period up to the epoch is billed, or parked and named as such."""

    type: ClassVar[str] = "settlement.run_finished"
    run_id: str
    kind: str
    period: str
    epoch: int
    statements: int
    parked: int
