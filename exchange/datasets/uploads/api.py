"""Uploads in parts over HTTP: tus 1.0.0, with a JSON body where that is handier."""

from datetime import timedelta
from typing import Any

from flask import Response, g, request, url_for
from flask_smorest import Blueprint, abort
from marshmallow import ValidationError

from exchange.context import get_context
from exchange.core.errors import DomainError, Invalid
from exchange.core.identifiers import new_id
from exchange.core.problems import problem
from exchange.core.requests import get_session, now
from exchange.datasets.keys.service import get_data_key
from exchange.datasets.uploads import queries, service, tus
from exchange.datasets.uploads.models import Upload
from exchange.datasets.uploads.parts import receive_part
from exchange.datasets.uploads.schemas import BeginUploadSchema, UploadDetailSchema, UploadStateSchema
from exchange.datasets.uploads.service import StoredPart, UploadLimits
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import PROVIDER

blueprint = Blueprint(
    "uploads", __name__, url_prefix="/api/v1/uploads", description="Large files, in parts"
)


@blueprint.before_request
def check_version() -> Response | None:
    """Refuse another version of the protocol; a caller that names none speaks JSON."""
    if request.method == "OPTIONS" or request.headers.get("Tus-Resumable", tus.VERSION) == tus.VERSION:
        return None
    return problem(412, code="tus-version", detail=f"tus {tus.VERSION} is spoken here")


@blueprint.after_request
def say_version(response: Response) -> Response:
    """Say on every answer what is spoken here."""
    response.headers.update(tus.server_headers(most_bytes=get_context().settings.max_upload_bytes))
    return response


@blueprint.post("")
@requires(PROVIDER)
@blueprint.doc(
    requestBody={"required": True, "content": {"application/json": {"schema": BeginUploadSchema}}}
)
@blueprint.response(201, UploadDetailSchema)
def begin_upload() -> Any:
    """Begin an upload in parts; the body is JSON, or empty with the headers of tus"""
    upload_id = new_id("upl")
    key = get_context().storage.new_key(bound_to=upload_id)
    upload = service.begin_upload(
        get_session(),
        actor=current_actor(),
        upload_id=upload_id,
        asked=_asked(),
        data_key=key.wrapped,
        limits=_limits(),
        now=now(),
    )
    location = url_for("uploads.get_upload", upload_id=upload_id)
    return _detail(upload), 201, {"Location": location, **_offset(upload)}


@blueprint.get("")
@requires(PROVIDER)
@blueprint.response(200, UploadStateSchema(many=True))
def find_uploads() -> Any:
    """List your uploads, newest first"""
    return queries.find_uploads(get_session(), actor=current_actor())


@blueprint.get("/<upload_id>")
@requires(PROVIDER)
@blueprint.response(200, UploadDetailSchema)
def get_upload(upload_id: str) -> Any:
    """Show how an upload stands; HEAD gives the offset alone"""
    upload = queries.get_upload(get_session(), upload_id, actor=current_actor())
    return _detail(upload), 200, _offset(upload)


@blueprint.patch("/<upload_id>")
@requires(PROVIDER)
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {tus.CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
)
@blueprint.response(204)
def add_part(upload_id: str) -> Any:
    """Add a part at Upload-Offset; it counts when this is answered, and not at all otherwise"""
    if request.mimetype != tus.CONTENT_TYPE:
        abort(415, message=f"A part is sent as {tus.CONTENT_TYPE}.")
    part = _received_part(upload_id)
    try:
        upload = service.accept_part(
            get_session(),
            actor=current_actor(),
            upload_id=upload_id,
            part=part,
            kept_for=_limits().kept_for,
            now=now(),
        )
    except DomainError:
        get_context().storage.storage.delete(part.storage_key)
        raise
    return "", 204, _offset(upload)


@blueprint.delete("/<upload_id>")
@requires(PROVIDER)
@blueprint.response(204)
def cancel_upload(upload_id: str) -> Any:
    """Give an upload up"""
    service.cancel_upload(get_session(), actor=current_actor(), upload_id=upload_id, now=now())
    return "", 204, {}


def _asked() -> dict[str, Any]:
    raw = tus.read_creation(request.headers) if "Upload-Length" in request.headers else request.get_json()
    try:
        asked: dict[str, Any] = BeginUploadSchema().load(raw)
    except ValidationError as error:
        abort(422, messages=error.messages)
    return asked


def _received_part(upload_id: str) -> StoredPart:
    # Kept for the request: when the transaction is run again after a lost race, the body is read already.
    if "part" not in g:
        context, start = get_context(), tus.read_count(request.headers, "Upload-Offset")
        with context.database.reading() as session:
            upload = queries.get_upload(session, upload_id, actor=current_actor())
            service.require_part_fits(upload, start)
            wrapped = get_data_key(session, upload_id)
        most_bytes = context.settings.upload_part_bytes
        # One more than is taken: behind gunicorn the limit itself would count as exceeded.
        request.max_content_length = most_bytes + 1
        part = receive_part(
            request.stream,
            upload_id=upload_id,
            start=start,
            most_bytes=min(most_bytes, upload.size_bytes - start),
            checksum=tus.read_checksum(request.headers),
            vault=context.storage,
            data_key=context.storage.open_key(wrapped, bound_to=upload_id),
        )
        if part.size_bytes != (request.content_length or part.size_bytes) or part.size_bytes == 0:
            context.storage.storage.delete(part.storage_key)
            raise Invalid("the part did not arrive whole", field="Content-Length", remedy="Send it again.")
        g.part = part
    received: StoredPart = g.part
    return received


def _limits() -> UploadLimits:
    settings = get_context().settings
    return UploadLimits(
        most_bytes=settings.max_upload_bytes,
        most_at_once=settings.uploads_at_once,
        quota_bytes=settings.upload_quota_bytes,
        kept_for=timedelta(hours=settings.upload_hours),
    )


def _detail(upload: Upload) -> dict[str, Any]:
    columns = {column.key: getattr(upload, column.key) for column in Upload.__table__.columns}
    revision = queries.get_revision_of(get_session(), upload)
    return {**columns, "part_bytes": get_context().settings.upload_part_bytes, "revision": revision}


def _offset(upload: Upload) -> dict[str, str]:
    return tus.offset_headers(
        received_bytes=upload.received_bytes, size_bytes=upload.size_bytes, expires_at=upload.expires_at
    )
