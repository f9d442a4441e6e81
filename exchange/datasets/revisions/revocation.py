"""Withdrawing one revision: nothing is deleted, and nothing of it leaves afterwards.

Whoever is about to list, agree on or deliver a revision shares its name until their commit, and who
revokes takes the name alone. So each of them is wholly before or wholly after the revocation, on any
number of nodes, and the log has them in that order.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from exchange.core.database import share_name, take_name
from exchange.core.events import record_event
from exchange.core.i18n import N_
from exchange.datasets import events, queries
from exchange.datasets.errors import RevisionNotStanding
from exchange.datasets.models import NoticeKind, RevisionRevocation
from exchange.datasets.notices.service import tell_buyers
from exchange.participants import Actor
from exchange.participants.actors import OPERATOR, PROVIDER

# Built once: putting a statement together costs more than running it, and every delivery and page runs these.
_REVOCATIONS = select(RevisionRevocation).where(
    RevisionRevocation.revision_id.in_(bindparam("revision_ids", expanding=True))
)
_REASON = select(RevisionRevocation.__table__.c.reason).where(
    RevisionRevocation.__table__.c.revision_id == bindparam("revision_id")
)


def revoke_revision(
    session: Session, *, actor: Actor, dataset_id: str, number: int, reason: str, now: datetime
) -> RevisionRevocation:
    """Withdraw a revision; revoking it again changes nothing, the first reason stands.

    The buyers with agreements on the data set get a notice. The files stay, so that what was delivered
    can still be proved.

    Raises:
        NotFound: there is no such revision, or it is another provider's.
        NotPermitted: neither its provider nor the operator.
    """
    actor.require_role(PROVIDER, OPERATOR)
    queries.get_dataset(session, dataset_id, actor=actor)
    revision = queries.get_revision_by_number(session, dataset_id, number)
    # Waits for every transaction that is listing, signing or delivering it; the next ones see the row.
    take_name(session, revision.id)
    known = session.get(RevisionRevocation, revision.id)
    if known is not None:
        return known
    row = RevisionRevocation(
        revision_id=revision.id, reason=reason, revoked_by=actor.person_id, revoked_at=now
    )
    session.add(row)
    event = events.RevisionRevoked(dataset_id, revision.id, number, revision.sha256, reason)
    record_event(session, event, subject=dataset_id, actor=actor.person_id, at=now)
    tell_buyers(
        session,
        actor=actor,
        dataset_id=dataset_id,
        revision_id=revision.id,
        kind=NoticeKind.REVISION_REVOKED,
        message=N_("Revision %(number)s was revoked: %(reason)s"),
        values={"number": number, "reason": reason},
        now=now,
    )
    return row


def require_standing(session: Session, revision_id: str) -> None:
    """Refuse a revoked revision, and keep it from being revoked until the caller's transaction ends.

    Raises:
        RevisionNotStanding: nothing of it may be listed, agreed on or delivered any more.
    """
    share_name(session, revision_id)
    # A statement of its own: on PostgreSQL it sees what was committed while the lock was waited for.
    refuse_revoked(session, revision_id)


def refuse_revoked(session: Session, revision_id: str) -> None:
    """Refuse a revision that is revoked by now, for work that `require_standing` will ask again.

    Raises:
        RevisionNotStanding: nothing of it may be listed, agreed on or delivered any more.
    """
    reason = session.connection().execute(_REASON, {"revision_id": revision_id}).scalar_one_or_none()
    if reason is not None:
        raise RevisionNotStanding(
            f"the revision was revoked: {reason}",
            remedy="Ask the provider for a listing of a revision that stands.",
            revision_id=revision_id,
        )


def is_standing(revision_id: Any) -> Any:
    """The condition that the revision whose id a column holds is not revoked."""
    return ~exists().where(RevisionRevocation.revision_id == revision_id)


def find_revocations(session: Session, revision_ids: Iterable[str]) -> dict[str, RevisionRevocation]:
    """Which of these revisions are revoked, by their ids."""
    rows = session.scalars(_REVOCATIONS, {"revision_ids": list(revision_ids)})
    return {row.revision_id: row for row in rows}
