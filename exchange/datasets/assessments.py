"""Describing a stored revision again by a declaration, and keeping the result beside the revision."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.core import canonical
from exchange.core.events import record_event
from exchange.core.identifiers import new_id
from exchange.datasets import queries
from exchange.datasets.engine import Place, scratch
from exchange.datasets.events import QualityAssessed
from exchange.datasets.models import DatasetRevision, QualityAssessment
from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.quality.profile import describe_quality
from exchange.datasets.quality.rules import require_fitting
from exchange.datasets.schema import Schema
from exchange.participants import Actor
from exchange.participants.actors import PROVIDER


def describe_stored(
    parquet: Place | Sequence[Place], schema: Schema, declaration: Declaration, *, as_of: date, temp: Path
) -> dict[str, Any]:
    """Describe stored files by a declaration; run before any transaction begins.

    Raises:
        DeclarationInvalid: a rule does not fit the columns.
    """
    require_fitting(declaration, schema)
    with scratch(temp) as work:
        return describe_quality(work, parquet, schema, declaration=declaration, as_of=as_of)


def assess_revision(
    session: Session, *, actor: Actor, revision_id: str, profile: dict[str, Any], now: datetime
) -> QualityAssessment:
    """Keep the description of one of the provider's own revisions; from now on it speaks for the revision.

    The revision itself and what is signed about it stay as they are; the next revision of the data set is
    described by the same declaration.
    """
    actor.require_role(PROVIDER)
    revision = queries.get_revision(session, revision_id, actor=actor)
    assessment = QualityAssessment(
        id=new_id("qas"),
        revision_id=revision_id,
        profile=profile,
        assessed_by=actor.person_id,
        assessed_at=now,
    )
    session.add(assessment)
    quality = profile["quality"]
    event = QualityAssessed(
        revision.dataset_id,
        revision_id,
        quality["level"],
        quality["scores"],
        quality["rules_version"],
        profile["declaration"],
        hashlib.sha256(canonical.to_bytes(profile)).hexdigest(),
    )
    record_event(session, event, subject=revision.dataset_id, actor=actor.person_id, at=now)
    return assessment


def declared_for(session: Session, dataset_id: str, *, actor: Actor) -> Declaration:
    """What was declared last about a data set that the actor may see."""
    queries.get_dataset(session, dataset_id, actor=actor)
    newest = session.scalars(
        select(QualityAssessment.profile)
        .join(DatasetRevision, DatasetRevision.id == QualityAssessment.revision_id)
        .where(DatasetRevision.dataset_id == dataset_id)
        .order_by(QualityAssessment.assessed_at.desc(), QualityAssessment.id.desc())
        .limit(1)
    ).first()
    return Declaration() if newest is None else Declaration.from_json(newest["declaration"])
