"""Reads of notices."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session

from exchange.core.enquiries import enquire
from exchange.core.errors import NotFound
from exchange.datasets.enquiries import AgreementsOnData
from exchange.datasets.models import Dataset, DatasetRevision, Notice, NoticeReading
from exchange.participants import Actor


@dataclass(frozen=True)
class NoticeCard:
    """A notice as one organisation sees it."""

    id: str
    dataset_id: str
    dataset_name: str
    kind: str
    text_zh: str
    text_en: str
    effective_on: str
    affects: list[Any]
    revision_number: int | None
    published_at: datetime
    #: When the reader's organisation read it; None while it has not.
    read_at: datetime | None


def get_notice(session: Session, notice_id: str, *, actor: Actor) -> NoticeCard:
    """One notice that is for the actor.

    Raises:
        NotFound: there is none, or it is for others.
    """
    for row in session.execute(_cards(session, actor).where(Notice.id == notice_id)):
        return _card(row)
    raise NotFound(f"there is no notice {notice_id}")


def find_notices(
    session: Session,
    *,
    actor: Actor,
    dataset_id: str | None = None,
    unread: bool = False,
    before: str | None = None,
    limit: int = 50,
) -> list[NoticeCard]:
    """The notices for an actor, newest first.

    Args:
        before: the id of the last notice of the page before.
    """
    query = _cards(session, actor, dataset_id)
    if dataset_id is not None:
        query = query.where(Notice.dataset_id == dataset_id)
    if unread:
        query = query.where(NoticeReading.read_at.is_(None))
    if before is not None:
        query = query.where(Notice.id < before)
    rows = session.execute(query.order_by(Notice.id.desc()).limit(limit))
    return [_card(row) for row in rows]


def count_unread(session: Session, *, actor: Actor) -> int:
    """How many notices for the actor their organisation has not read."""
    unread = _cards(session, actor).where(NoticeReading.read_at.is_(None)).subquery()
    return session.scalar(select(func.count()).select_from(unread)) or 0


def _cards(session: Session, actor: Actor, dataset_id: str | None = None) -> Any:
    """Every notice for the actor, joined with its data set and with the reader's own reading.

    Args:
        dataset_id: the one data set whose notices are wanted; then no agreement on others is read.
    """
    reading = and_(
        NoticeReading.notice_id == Notice.id, NoticeReading.organisation_id == actor.organisation_id
    )
    query = (
        select(Notice, Dataset.name, DatasetRevision.number, NoticeReading.read_at)
        .join(Dataset, Dataset.id == Notice.dataset_id)
        .outerjoin(DatasetRevision, DatasetRevision.id == Notice.revision_id)
        .outerjoin(NoticeReading, reading)
    )
    if actor.oversees:
        return query
    agreements = enquire(session, AgreementsOnData(dataset_id, buyer_id=actor.organisation_id))
    bought = {item.dataset_id for item in agreements}
    is_bought = Notice.dataset_id.in_(sorted(bought)) if bought else false()
    return query.where(or_(Dataset.organisation_id == actor.organisation_id, is_bought))


def _card(row: Any) -> NoticeCard:
    notice, name, number, read_at = row
    return NoticeCard(
        id=notice.id,
        dataset_id=notice.dataset_id,
        dataset_name=name,
        kind=notice.kind,
        text_zh=notice.text_zh,
        text_en=notice.text_en,
        effective_on=notice.effective_on,
        affects=notice.affects,
        revision_number=number,
        published_at=notice.published_at,
        read_at=read_at,
    )
