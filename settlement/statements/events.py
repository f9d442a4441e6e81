"""Facts about bills."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class StatementIssued:
    """A bill was issued; with the signed terms and the delivery records it can be recomputed from here.

    Quantities are cumulative for agreement and period; `quantities_before` is None for the first statement
    of a period, and `charged_before_fen` is what its earlier statements charged. `life` is what the price
    plan asks of the time before the period; None for a plan that charges by the period alone. `declared` is the
    buyer's revenue from where the last statement ended; None where the price is no share of it.
    """

    type: ClassVar[str] = "statement.issued"
    statement_id: str
    number: str
    agreement_id: str
    period: str
    epoch: int
    provider_id: str
    buyer_id: str
    terms_sha256: str
    quantities_before: dict[str, int] | None
    quantities_after: dict[str, int]
    life: dict[str, Any] | None
    declared: dict[str, Any] | None
    charged_before_fen: int
    lines: list[dict[str, Any]]
    amount_fen: int
    fee_fen: int
    provider_fen: int
    transfer_id: str | None
    issued_at: int
