"""How a settlement run went, in words for programs and people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ParkedItem:
    """An agreement that could not be billed, and why."""

    agreement_id: str
    error: str


@dataclass(frozen=True)
class RunReport:
    """How a run stands; without `run_id` there was nothing to settle and no run was made."""

    run_id: str | None
    kind: str
    period: str
    epoch_closed: int
    state: str
    statements: int
    parked: tuple[ParkedItem, ...]
