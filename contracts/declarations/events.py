"""Facts about declared revenue."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class RevenueDeclared:
    """The buyer declared its revenue of a month; the fields are those of its receipt.

    `revenue_fen` is the whole revenue of the month from here on, `change_fen` what it adds to the declaration
    before. A further declaration is the only way to correct one.
    """

    type: ClassVar[str] = "revenue.declared"
    declaration_id: str
    agreement_id: str
    period: str
    number: int
    revenue_fen: int
    change_fen: int
    covers: str
    evidence: str
    evidence_sha256: str | None
    epoch: int
    declared_at: int
