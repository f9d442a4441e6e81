"""Data sets over HTTP; the body of an upload is the file itself, streamed."""

import tempfile
from pathlib import Path
from typing import Any

from flask import g, request
from flask_smorest import Blueprint

from exchange.context import get_context
from exchange.core.requests import get_session, now
from exchange.datasets import queries, service
from exchange.datasets.ingest.revision import Ingested
from exchange.datasets.ingest.upload import look_at, take_in
from exchange.datasets.revisions.schemas import RevisionCheckSchema
from exchange.datasets.schemas import (
    DatasetSchema,
    NextRevisionSchema,
    RevisionSchema,
    UploadSchema,
    split_names,
)
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
@blueprint.arguments(NextRevisionSchema, location="query")
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
        breaking_change=upload["breaking_change"],
        notice_days=get_context().settings.change_notice_days,
        now=now(),
    )


@blueprint.post("/<dataset_id>/revision-checks")
@requires(PROVIDER)
@blueprint.arguments(NextRevisionSchema, location="query")
@blueprint.response(200, RevisionCheckSchema)
def check_revision(upload: dict[str, Any], dataset_id: str) -> Any:
    """Say what uploading a file as the next revision would do; nothing is kept"""
    ingested = _looked_at(upload)
    return service.check_revision(
        get_session(),
        actor=current_actor(),
        dataset_id=dataset_id,
        ingested=ingested,
        breaking_change=upload["breaking_change"],
        notice_days=get_context().settings.change_notice_days,
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


def _ingested_upload(upload: dict[str, Any]) -> Ingested:
    # Kept for the request: when the transaction is run again after a lost race, the body is read already.
    if "ingested" not in g:
        context = get_context()
        request.max_content_length = context.settings.max_upload_bytes
        g.ingested = take_in(
            request.stream,
            name=upload["filename"],
            text_columns=split_names(upload["text_columns"]),
            content_digest=request.headers.get("Content-Digest", ""),
            storage=context.storage,
        )
    ingested: Ingested = g.ingested
    return ingested


def _looked_at(upload: dict[str, Any]) -> Ingested:
    # Kept for the request: when the transaction is run again after a lost race, the body is read already.
    if "looked_at" not in g:
        context = get_context()
        request.max_content_length = context.settings.max_upload_bytes
        with tempfile.TemporaryDirectory(dir=context.storage.incoming) as folder:
            g.looked_at = look_at(
                request.stream,
                Path(folder),
                name=upload["filename"],
                text_columns=split_names(upload["text_columns"]),
                content_digest=request.headers.get("Content-Digest", ""),
            )
    looked_at: Ingested = g.looked_at
    return looked_at
