"""Who may follow the life of a data set, and of which columns they may see values."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from exchange.core.enquiries import enquire
from exchange.core.errors import NotFound
from exchange.datasets.enquiries import AgreementsOnData, OnOffer, in_force
from exchange.datasets.models import Dataset
from exchange.participants import Actor


@dataclass(frozen=True)
class View:
    """What one organisation sees of a data set: everything, or values of some columns, or none."""

    dataset: Dataset
    sees_all: bool
    columns: frozenset[str] = frozenset()
    #: Columns that a listing shows to everybody who sees it.
    open_columns: frozenset[str] = frozenset()
    #: Whether the organisation has, or had, an agreement on the data set.
    is_party: bool = False

    def tells_times(self, time_field: str | None) -> bool:
        """Whether the first and last time may be told: both are values of the time's column."""
        return self.sees_all or time_field is None or time_field in self.columns | self.open_columns


def view_of(session: Session, *, actor: Actor, dataset_id: str, at: datetime) -> View:
    """How far the actor sees into a data set.

    Its provider, the operator and the regulator see everything; a buyer sees values of the columns that
    agreements in force grant; everybody who sees a listing of it sees schema and counts.

    Raises:
        NotFound: there is none, or nothing of it is for this actor.
    """
    dataset = session.get(Dataset, dataset_id)
    if dataset is None:
        raise NotFound(f"there is no data set {dataset_id}")
    if actor.oversees or dataset.organisation_id == actor.organisation_id:
        return View(dataset, sees_all=True)
    agreements = enquire(session, AgreementsOnData(dataset_id, buyer_id=actor.organisation_id))
    offered = enquire(session, OnOffer(dataset_id, actor))
    if not agreements and not offered:
        raise NotFound(f"there is no data set {dataset_id}")
    granted = (agreement.columns for agreement in in_force(agreements, at=at))
    return View(
        dataset,
        sees_all=False,
        columns=frozenset().union(*granted),
        open_columns=frozenset().union(*offered),
        is_party=bool(agreements),
    )
