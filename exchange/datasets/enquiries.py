"""What the data sets need to know from the stages after them; those answer in their `wiring.py`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from exchange.core.enquiries import Enquiry
from exchange.participants import Actor


@dataclass(frozen=True)
class AgreementOnData:
    """A signed agreement on one revision, as far as the life of data concerns it."""

    agreement_id: str
    buyer_id: str
    dataset_id: str
    revision_id: str
    #: The columns that the terms grant; what happens to others cannot break the agreement.
    columns: tuple[str, ...]
    valid_until: datetime


@dataclass(frozen=True)
class AgreementsOnData(Enquiry[AgreementOnData]):
    """Which executed agreements are there, ended ones too: on a data set, of a buyer, or both."""

    dataset_id: str | None = None
    buyer_id: str | None = None


@dataclass(frozen=True)
class OnOffer(Enquiry[frozenset[str]]):
    """Is the data set offered to the actor? Each listing that it may see answers with its open columns.

    The values of those are shown to everybody who sees the listing.
    """

    dataset_id: str
    actor: Actor


def in_force(agreements: Iterable[AgreementOnData], *, at: datetime) -> list[AgreementOnData]:
    """The agreements that have not ended at an instant."""
    return [agreement for agreement in agreements if at < agreement.valid_until]
