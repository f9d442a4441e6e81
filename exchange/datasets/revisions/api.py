"""The life of revisions over HTTP: history, difference and revocation."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from exchange.context import get_context
from exchange.core import canonical
from exchange.core.requests import get_session, now
from exchange.datasets.revisions.comparison import Asked, read_diff
from exchange.datasets.revisions.history import find_history as history_of
from exchange.datasets.revisions.revocation import revoke_revision as revoke
from exchange.datasets.revisions.schemas import (
    CompareSchema,
    FindHistorySchema,
    HistoryEntrySchema,
    RevisionRevocationSchema,
    RevokeRevisionSchema,
)
from exchange.datasets.schemas import split_names
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import OPERATOR, PROVIDER

blueprint = Blueprint(
    "revisions", __name__, url_prefix="/api/v1/datasets", description="The life of revisions"
)


@blueprint.get("/<dataset_id>/history")
@requires()
@blueprint.arguments(FindHistorySchema, location="query")
@blueprint.response(200, HistoryEntrySchema(many=True))
def find_history(page: dict[str, Any], dataset_id: str) -> Any:
    """Show what changed from revision to revision"""
    return history_of(get_session(), actor=current_actor(), dataset_id=dataset_id, now=now(), **page)


@blueprint.get("/<dataset_id>/revisions/<int:old>/diff/<int:new>")
@requires()
@blueprint.arguments(CompareSchema, location="query")
@blueprint.response(200, content_type="application/json", description="A canonical JSON document")
def diff_revisions(asked: dict[str, str], dataset_id: str, old: int, new: int) -> Any:
    """Compare two revisions"""
    context = get_context()
    document = read_diff(
        context.database,
        context.storage,
        actor=current_actor(),
        asked=Asked(dataset_id, old, new, split_names(asked["key"])),
        inline_cells=context.settings.diff_inline_cells,
        now=now(),
    )
    return Response(canonical.to_bytes(document), mimetype="application/json")


@blueprint.post("/<dataset_id>/revisions/<int:number>/revocation")
@requires(PROVIDER, OPERATOR)
@blueprint.arguments(RevokeRevisionSchema)
@blueprint.response(200, RevisionRevocationSchema)
def revoke_revision(body: dict[str, str], dataset_id: str, number: int) -> Any:
    """Withdraw a revision; nothing of it is delivered from now on"""
    return revoke(
        get_session(), actor=current_actor(), dataset_id=dataset_id, number=number, now=now(), **body
    )
