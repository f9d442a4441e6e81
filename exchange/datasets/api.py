"""Data sets over HTTP; the body of an upload is the file itself, streamed."""

from typing import Any

from flask import g, request
from flask_smorest import Blueprint

from exchange.context import get_context
from exchange.core.requests import get_session, now
from exchange.datasets import queries, service
from exchange.datasets.ingest.upload import Deposited, take_in
from exchange.datasets.schemas import DatasetSchema, RevisionSchema, UploadSchema
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import OPERATOR, PROVIDER, REGULATOR

blueprint = Blueprint("datasets", __name__, url_prefix="/api/v1/datasets", description="Data and revisions")


@blueprint.post("")
@requires(PROVIDER)
@blueprint.arguments(UploadSchema, location="query")
@blueprint.response(201, RevisionSchema)
def create_dataset(upload: dict[str, Any]) -> Any:
    """Upload a file as a new data set"""
    ingested = _ingested_upload(upload)
    return service.create_dataset(
        get_session(),
        actor=current_actor(),
        name=upload["name"] or upload["filename"],
        source_name=upload["filename"],
        ingested=ingested,
        now=now(),
    )


@blueprint.post("/<dataset_id>/revisions")
@requires(PROVIDER)
@blueprint.arguments(UploadSchema, location="query")
@blueprint.response(201, RevisionSchema)
def add_revision(upload: dict[str, Any], dataset_id: str) -> Any:
    """Upload a file as the next revision"""
    ingested = _ingested_upload(upload)
    return service.add_revision(
        get_session(),
        actor=current_actor(),
        dataset_id=dataset_id,
        source_name=upload["filename"],
        ingested=ingested,
        now=now(),
    )


@blueprint.get("")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, DatasetSchema(many=True))
def find_datasets() -> Any:
    """List the data sets you may see"""
    return queries.find_datasets(get_session(), actor=current_actor())


@blueprint.get("/<dataset_id>/revisions")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, RevisionSchema(many=True))
def find_revisions(dataset_id: str) -> Any:
    """List the revisions of a data set"""
    dataset = queries.get_dataset(get_session(), dataset_id, actor=current_actor())
    return queries.find_revisions(get_session(), dataset.id)


def _ingested_upload(upload: dict[str, Any]) -> Deposited:
    # Kept for the request: when the transaction is run again after a lost race, the body is read already.
    if "ingested" not in g:
        context = get_context()
        request.max_content_length = context.settings.max_upload_bytes
        g.ingested = take_in(
            request.stream,
            name=upload["filename"],
            text_columns=[name.strip() for name in upload["text_columns"].split(",") if name.strip()],
            content_digest=request.headers.get("Content-Digest", ""),
            storage=context.storage,
        )
    ingested: Deposited = g.ingested
    return ingested
