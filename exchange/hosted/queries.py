"""Reads of connection tests."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.hosted.models import ConnectionTest
from exchange.participants import Actor

_MOST_LISTED = 100


@dataclass(frozen=True)
class ConnectionTestCard:
    """A test as the review of a listing needs it."""

    id: str
    api_sha256: str
    tested_at: datetime


def find_passed_test(
    session: Session, *, organisation_id: str, api_sha256: str, not_before: datetime
) -> ConnectionTestCard | None:
    """The newest passed test of exactly this description by its provider; None when there is none."""
    row = session.execute(
        select(ConnectionTest.id, ConnectionTest.api_sha256, ConnectionTest.tested_at)
        .where(
            ConnectionTest.organisation_id == organisation_id,
            ConnectionTest.api_sha256 == api_sha256,
            ConnectionTest.passed,
            ConnectionTest.tested_at >= not_before,
        )
        .order_by(ConnectionTest.tested_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else ConnectionTestCard(*row)


def find_tests(session: Session, *, actor: Actor) -> list[ConnectionTest]:
    """The tests of the actor's organisation, of all for those who oversee, newest first."""
    query = select(ConnectionTest).order_by(ConnectionTest.tested_at.desc()).limit(_MOST_LISTED)
    if not actor.oversees:
        query = query.where(ConnectionTest.organisation_id == actor.organisation_id)
    return list(session.scalars(query))
