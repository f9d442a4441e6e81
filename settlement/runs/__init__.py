"""The settlement run: closes a period's epoch and bills every agreement once, whatever crashes or races."""

from settlement.runs.execution import run_settlement
from settlement.runs.report import ParkedItem, RunReport

__all__ = ["ParkedItem", "RunReport", "run_settlement"]
