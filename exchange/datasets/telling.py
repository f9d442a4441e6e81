"""Who is told of what happens to data sets."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from exchange.core.enquiries import enquire
from exchange.core.i18n import N_
from exchange.core.telling import Both, Fact, Telling, Topic, shortened
from exchange.datasets.enquiries import AgreementsOnData
from exchange.datasets.models import Dataset
from exchange.participants import get_actor

_NOTICES = "/notices/"


def tell_notice(session: Session, fact: Fact) -> Iterator[Telling]:
    """Every buyer who has or had an agreement on the data set: what its provider says of it."""
    payload = fact.payload
    agreements = enquire(session, AgreementsOnData(dataset_id=payload["dataset_id"]))
    yield Telling(
        Topic.DATA,
        tuple(sorted({agreement.buyer_id for agreement in agreements})),
        N_("Notice on the data set %(dataset)s, effective %(day)s: %(text)s"),
        {
            "dataset": _dataset(session, payload["dataset_id"]).name,
            "day": payload["effective_on"],
            "text": Both(shortened(payload["text_zh"]), shortened(payload["text_en"])),
        },
        page=_NOTICES,
    )


def tell_revoked(session: Session, fact: Fact) -> Iterator[Telling]:
    """The provider, when the operator withdrew the revision; its buyers get a notice."""
    dataset = _dataset(session, fact.payload["dataset_id"])
    if get_actor(session, fact.actor).organisation_id == dataset.organisation_id:
        return
    yield Telling(
        Topic.DATA,
        (dataset.organisation_id,),
        N_("The operator revoked revision %(number)s of %(dataset)s. Reason: %(reason)s"),
        {
            "number": str(fact.payload["number"]),
            "dataset": dataset.name,
            "reason": shortened(fact.payload["reason"]),
        },
        page=_NOTICES,
    )


def _dataset(session: Session, dataset_id: str) -> Dataset:
    return session.get_one(Dataset, dataset_id)
