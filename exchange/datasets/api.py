"""Data sets over HTTP; the body of an upload is the file itself, streamed."""

import tempfile
from pathlib import Path
from typing import Any

from flask import g, request
from flask_smorest import Blueprint

from exchange.context import get_context
from exchange.core.clock import SHANGHAI
from exchange.core.requests import get_database, get_session, now
from exchange.datasets import queries, service
from exchange.datasets.assessments import assess_revision, describe_stored
from exchange.datasets.ingest.progress import logged
from exchange.datasets.ingest.revision import Ingested
from exchange.datasets.ingest.upload import Deposited, look_at, take_in
from exchange.datasets.instructions import instructions_for
from exchange.datasets.load_schema import LoadSchema
from exchange.datasets.quality.declaration import Declaration, DeclarationSchema
from exchange.datasets.reading.opening import opened_revision
from exchange.datasets.revisions.schemas import RevisionCheckSchema
from exchange.datasets.schemas import (
    DatasetSchema,
    LoadSchemaRequestSchema,
    LoadSchemaSchema,
    NextRevisionSchema,
    QualitySchema,
    RevisionFileSchema,
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
    return service.create_dataset(
        get_session(),
        actor=current_actor(),
        name=upload["name"] or upload["filename"],
        source_name=upload["filename"],
        ingested=_deposited(upload),
        load_schema_id=upload["load_schema"],
        now=now(),
    )


@blueprint.post("/<dataset_id>/revisions")
@requires(PROVIDER)
@blueprint.arguments(NextRevisionSchema, location="query")
@blueprint.response(201, RevisionSchema)
def add_revision(upload: dict[str, Any], dataset_id: str) -> Any:
    """Upload a file as the next revision"""
    return service.add_revision(
        get_session(),
        actor=current_actor(),
        dataset_id=dataset_id,
        source_name=upload["filename"],
        ingested=_deposited(upload, dataset_id),
        load_schema_id=upload["load_schema"],
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
    return service.check_revision(
        get_session(),
        actor=current_actor(),
        dataset_id=dataset_id,
        ingested=_looked_at(upload, dataset_id),
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


@blueprint.get("/<dataset_id>")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, DatasetSchema)
def show_dataset(dataset_id: str) -> Any:
    """Show a data set"""
    return queries.get_dataset(get_session(), dataset_id, actor=current_actor())


@blueprint.post("/load-schemas")
@requires(PROVIDER)
@blueprint.arguments(LoadSchemaRequestSchema)
@blueprint.response(201, LoadSchemaSchema)
def keep_load_schema(body: dict[str, Any]) -> Any:
    """Keep a load schema, to be named by uploads"""
    load_schema = LoadSchema.from_json(body["document"])
    return service.keep_load_schema(
        get_session(), actor=current_actor(), load_schema=load_schema, now=now()
    )


@blueprint.get("/load-schemas/<load_schema_id>")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, LoadSchemaSchema)
def show_load_schema(load_schema_id: str) -> Any:
    """Show a load schema"""
    return queries.get_load_schema(get_session(), load_schema_id, actor=current_actor())


@blueprint.get("/<dataset_id>/revisions/<int:number>/files")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, RevisionFileSchema(many=True))
def find_files(dataset_id: str, number: int) -> Any:
    """List the stored files of a revision"""
    dataset = queries.get_dataset(get_session(), dataset_id, actor=current_actor())
    revision = queries.get_revision_by_number(get_session(), dataset.id, number)
    return list(queries.find_files(get_session(), revision.id))


@blueprint.get("/<dataset_id>/revisions")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, RevisionSchema(many=True))
def find_revisions(dataset_id: str) -> Any:
    """List the revisions of a data set"""
    dataset = queries.get_dataset(get_session(), dataset_id, actor=current_actor())
    return queries.find_revisions(get_session(), dataset.id)


@blueprint.get("/revisions/<revision_id>/quality")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, QualitySchema)
def get_quality(revision_id: str) -> Any:
    """Show what is known of a revision's quality"""
    session = get_session()
    revision = queries.get_revision(session, revision_id, actor=current_actor())
    return {"revision_id": revision_id, "profile": queries.current_profile(session, revision)}


@blueprint.post("/revisions/<revision_id>/quality")
@requires(PROVIDER)
@blueprint.arguments(DeclarationSchema)
@blueprint.response(201, QualitySchema)
def assess_quality(declared: dict[str, Any], revision_id: str) -> Any:
    """Describe a revision again by what you declare about it"""
    return assess_revision(
        get_session(),
        actor=current_actor(),
        revision_id=revision_id,
        profile=_described(revision_id, Declaration.from_loaded(declared)),
        now=now(),
    )


def _described(revision_id: str, declaration: Declaration) -> dict[str, Any]:
    # Kept for the request, as an upload is; reading the rows takes longer than a transaction may.
    if "described" not in g:
        storage = get_context().storage
        with get_database().reading() as session:
            revision = queries.get_revision(session, revision_id, actor=current_actor())
            stored = queries.get_stored_revision(session, revision.id)
        with opened_revision(storage, stored) as files:
            g.described = describe_stored(
                files.places(),
                stored.schema,
                declaration,
                as_of=now().astimezone(SHANGHAI).date(),
                temp=storage.incoming,
            )
    described: dict[str, Any] = g.described
    return described


def _deposited(upload: dict[str, Any], dataset_id: str | None = None) -> Deposited:
    # Kept for the request: when the transaction is run again after a lost race, the body is read already.
    if "deposited" not in g:
        asked = _how_to_read(upload, dataset_id)
        g.deposited = take_in(request.stream, storage=get_context().storage, **asked)
    deposited: Deposited = g.deposited
    return deposited


def _looked_at(upload: dict[str, Any], dataset_id: str) -> Ingested:
    # Kept for the request, as above.
    if "looked_at" not in g:
        asked = _how_to_read(upload, dataset_id)
        with tempfile.TemporaryDirectory(dir=get_context().storage.incoming) as folder:
            g.looked_at = look_at(request.stream, Path(folder), **asked)
    looked_at: Ingested = g.looked_at
    return looked_at


def _how_to_read(upload: dict[str, Any], dataset_id: str | None) -> dict[str, Any]:
    # Before anybody touches the stream, which takes its limit when it is first asked for.
    request.max_content_length = get_context().settings.max_upload_bytes
    # A session of its own: the request's transaction must not stay open while the file is read.
    with get_database().reading() as session:
        instructions = instructions_for(
            session,
            actor=current_actor(),
            dataset_id=dataset_id,
            text_columns=split_names(upload["text_columns"]),
            load_schema_id=upload["load_schema"],
            now=now(),
        )
    return {
        "name": upload["filename"],
        "content_digest": request.headers.get("Content-Digest", ""),
        "instructions": instructions,
        "progress": logged(upload["filename"]),
    }
