"""What can be done with data keys: keep, find, destroy, and wrap again under a new master key."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from exchange.core.errors import NotFound
from exchange.datasets.keys.models import WrappedDataKey
from exchange.trust import MasterKeys, WrappedKey


class DataKeyDestroyed(NotFound):
    """The data were deleted by destroying their key."""

    code = "data-key-destroyed"


def keep_data_key(session: Session, *, subject: str, key: WrappedKey, now: datetime) -> None:
    """Store the wrapped key of a revision or upload, in the transaction that makes it known."""
    session.add(WrappedDataKey(subject=subject, wrapped_at=now, **vars(key)))


def get_data_key(session: Session, subject: str) -> WrappedKey:
    """The wrapped key of a revision or upload.

    Raises:
        NotFound: there is none, or it was destroyed.
    """
    row = session.get(WrappedDataKey, subject)
    if row is None:
        raise NotFound(f"there is no data key of {subject}")
    return usable_key(row, subject)


def usable_key(row: Any, subject: str) -> WrappedKey:
    """The key in a row.

    Raises:
        DataKeyDestroyed: nothing opens the data any more.
    """
    if row.wrapped is None:
        raise DataKeyDestroyed(f"the data of {subject} were deleted")
    return WrappedKey(row.algorithm, row.master_key_id, row.wrapped)


def destroy_data_key(session: Session, *, subject: str, now: datetime) -> None:
    """Delete the data by destroying their key; the files may then go at leisure, copies are noise too.

    Backups of the database hold the wrapped key until they are gone. Harmless when repeated.
    """
    session.execute(
        update(WrappedDataKey)
        .where(WrappedDataKey.subject == subject, WrappedDataKey.destroyed_at.is_(None))
        .values(wrapped=None, destroyed_at=now)
    )


def count_keys_to_wrap(session: Session, *, masters: MasterKeys) -> int:
    """How many data keys another master key than the current one wraps."""
    counted = session.scalar(select(func.count()).where(_of_other_masters(masters)))
    return int(counted or 0)


def wrap_keys_again(session: Session, *, masters: MasterKeys, limit: int, now: datetime) -> int:
    """Wrap some data keys again with the current master key; returns how many, 0 when all are done.

    The data keys themselves stay, so no stored file is touched. Each row changes only from what was read,
    so two processes that do it at once do no harm.
    """
    current = masters.current()
    rows = session.scalars(
        select(WrappedDataKey)
        .where(_of_other_masters(masters))
        .order_by(WrappedDataKey.subject)
        .limit(limit)
        .with_for_update(key_share=True)
    )
    count = 0
    for row in rows:
        raw = masters.unwrap(usable_key(row, row.subject), bound_to=row.subject)
        again = current.wrap(raw, bound_to=row.subject)
        row.algorithm, row.master_key_id, row.wrapped = again.algorithm, again.master_key_id, again.wrapped
        row.wrapped_at = now
        count += 1
    return count


def _of_other_masters(masters: MasterKeys) -> ColumnElement[bool]:
    return and_(WrappedDataKey.master_key_id != masters.current().id, WrappedDataKey.destroyed_at.is_(None))
