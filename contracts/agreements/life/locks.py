"""One agreement at a time: what is decided by how it stands stays true until the commit."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.agreements.models import Agreement


def lock_agreement(session: Session, agreement_id: str) -> Agreement:
    """Let nobody else sign, suspend or end the agreement until the commit, and read it as it stands now."""
    return session.scalars(
        select(Agreement)
        .where(Agreement.id == agreement_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
