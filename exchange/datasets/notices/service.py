"""What can be done with notices."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from exchange.core.clock import day_of
from exchange.core.database import insert_ignoring
from exchange.core.errors import Invalid
from exchange.core.events import record_event
from exchange.core.i18n import terminal_translations
from exchange.core.identifiers import new_id
from exchange.datasets import queries as datasets
from exchange.datasets.events import NoticePublished
from exchange.datasets.models import Notice, NoticeKind, NoticeReading
from exchange.datasets.notices import queries
from exchange.participants import Actor
from exchange.participants.actors import BUYER, PROVIDER

#: What a provider may state; the other kinds follow from what was done.
STATED_KINDS = (
    NoticeKind.SCHEMA_CHANGE_PLANNED,
    NoticeKind.UPDATE_DELAYED,
    NoticeKind.DEPRECATION_PLANNED,
    NoticeKind.DATA_CORRECTED,
)


def publish_notice(
    session: Session,
    *,
    actor: Actor,
    dataset_id: str,
    kind: str,
    text_zh: str,
    text_en: str,
    effective_on: date,
    affects: Sequence[str],
    now: datetime,
) -> queries.NoticeCard:
    """Tell the buyers of a data set what is planned, delayed or corrected; a notice is never changed.

    Raises:
        Invalid: a column that the newest revision does not have, or a planned change that lies in the past.
        NotFound: the data set is another provider's.
    """
    actor.require_role(PROVIDER)
    dataset = datasets.get_dataset(session, dataset_id, actor=actor)
    newest = datasets.find_revisions(session, dataset.id)[0]
    _require_columns(affects, newest.schema)
    if kind in {NoticeKind.SCHEMA_CHANGE_PLANNED, NoticeKind.DEPRECATION_PLANNED}:
        _require_future(effective_on, now)
    notice = Notice(
        id=new_id("ntc"),
        dataset_id=dataset_id,
        kind=kind,
        text_zh=text_zh,
        text_en=text_en,
        effective_on=effective_on.isoformat(),
        affects=list(affects),
        revision_id=None,
        published_by=actor.person_id,
        published_at=now,
    )
    _publish(session, actor, notice)
    return queries.get_notice(session, notice.id, actor=actor)


def tell_buyers(
    session: Session,
    *,
    actor: Actor,
    dataset_id: str,
    revision_id: str,
    kind: NoticeKind,
    message: str,
    values: Mapping[str, Any],
    now: datetime,
) -> None:
    """Publish what follows from an act of the provider or the operator, in both languages, as of today.

    Args:
        message: a message of the catalogue; `values` fills its places.
    """
    _publish(
        session,
        actor,
        Notice(
            id=new_id("ntc"),
            dataset_id=dataset_id,
            kind=kind.value,
            text_zh=(terminal_translations("zh").gettext(message) % values)[:2000],
            text_en=(message % values)[:2000],
            effective_on=day_of(now),
            affects=[],
            revision_id=revision_id,
            published_by=actor.person_id,
            published_at=now,
        ),
    )


def read_notice(session: Session, *, actor: Actor, notice_id: str, now: datetime) -> queries.NoticeCard:
    """Note that the actor's organisation has read a notice; the first reading counts.

    Raises:
        NotFound: there is none, or it is for others.
        NotPermitted: overseers see every notice, and none is addressed to them.
    """
    actor.require_role(PROVIDER, BUYER)
    queries.get_notice(session, notice_id, actor=actor)
    insert_ignoring(
        session,
        NoticeReading,
        notice_id=notice_id,
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        read_at=now,
    )
    return queries.get_notice(session, notice_id, actor=actor)


def _publish(session: Session, actor: Actor, notice: Notice) -> None:
    session.add(notice)
    session.flush()  # a card is read back, and a declaration refers to it
    event = NoticePublished(
        notice.id,
        notice.dataset_id,
        notice.kind,
        notice.text_zh,
        notice.text_en,
        notice.effective_on,
        notice.affects,
        notice.revision_id,
    )
    record_event(session, event, subject=notice.dataset_id, actor=actor.person_id, at=notice.published_at)


def _require_columns(affects: Sequence[str], schema: Mapping[str, Any]) -> None:
    names = [field["name"] for field in schema["fields"]]
    for name in affects:
        if name not in names:
            raise Invalid(
                f"the newest revision has no column {name}",
                field="affects",
                remedy=f"Choose from: {', '.join(names)}; leave it empty for the whole data set.",
            )


def _require_future(effective_on: date, now: datetime) -> None:
    if effective_on.isoformat() < day_of(now):
        raise Invalid(
            f"what is planned for {effective_on} would lie in the past",
            field="effective_on",
            remedy="Name the day from which it will hold, today at the earliest.",
        )
