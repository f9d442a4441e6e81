"""What the life of an agreement asks of the gate."""

from dataclasses import dataclass
from datetime import datetime

from exchange.core.enquiries import Enquiry


@dataclass(frozen=True)
class Use:
    """What was delivered under an agreement, and before when it cannot end any more for that."""

    deliveries: int
    rows: int
    not_before: datetime


@dataclass(frozen=True)
class LastUse(Enquiry[Use]):
    """What was used so far; no answer before everybody signed.

    To the end of the transaction nothing more is recorded under the agreement, so what is decided by the answer
    stays true.
    """

    agreement_id: str


@dataclass(frozen=True)
class HoldCard:
    """One reason for which nothing is delivered under an agreement: its listing's or an order's."""

    agreement_id: str
    kind: str
    reference: str
    since: datetime
    until: datetime | None

    def stands(self, at: datetime) -> bool:
        """Whether it has effect at an instant."""
        return self.until is None or at < self.until


@dataclass(frozen=True)
class HoldsOver(Enquiry[HoldCard]):
    """What stops deliveries under some agreements; locks nothing."""

    agreement_ids: tuple[str, ...]
