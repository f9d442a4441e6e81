"""The gate over HTTP: prepare the bytes, record the delivery, then answer."""

from contextlib import ExitStack, closing
from typing import Any

from flask import Response, current_app, request
from flask_smorest import Blueprint

from contracts import agreements
from contracts.deliveries import queries, service
from contracts.deliveries.preparation import CONTENT_TYPES, Prepared, Question, prepare
from contracts.deliveries.schemas import (
    DeliverySchema,
    FindDeliveriesSchema,
    ReadFileSchema,
    ReadRowsSchema,
    UsageSchema,
)
from contracts.deliveries.sending import (
    CUTTABLE_BYTES,
    Parcel,
    Sending,
    Watch,
    connection_of,
    pieces_of,
)
from exchange.context import get_context
from exchange.core import idempotency
from exchange.core.errors import NotFound
from exchange.core.identifiers import new_id
from exchange.core.requests import get_session, metered, now
from exchange.core.sending import UnlinkedFile
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import BUYER

blueprint = Blueprint(
    "deliveries", __name__, url_prefix="/api/v1/agreements", description="Data under an agreement, metered"
)


@blueprint.get("/<agreement_id>/rows")
@requires(BUYER)
@metered
@blueprint.arguments(ReadRowsSchema, location="query")
@blueprint.response(200, description="A page of rows with its receipt; JSON or CSV")
def read_rows(asked: dict[str, Any], agreement_id: str) -> Response:
    """Read a page of rows; metered"""
    limit = min(asked["limit"], get_context().settings.max_page_rows)
    return _deliver(agreement_id, _question("query", {**asked, "limit": limit}))


@blueprint.get("/<agreement_id>/file")
@requires(BUYER)
@metered
@blueprint.arguments(ReadFileSchema, location="query")
@blueprint.response(200, description="All granted rows as one file with its receipt; CSV or Parquet")
def read_file(asked: dict[str, Any], agreement_id: str) -> Response:
    """Download all granted rows as a file; metered"""
    return _deliver(agreement_id, _question("file", asked))


@blueprint.get("/<agreement_id>/deliveries")
@requires()
@blueprint.arguments(FindDeliveriesSchema, location="query")
@blueprint.response(200, DeliverySchema(many=True))
def find_deliveries(filters: dict[str, int], agreement_id: str) -> Any:
    """List the delivery records of an agreement"""
    agreements.get_agreement_card(get_session(), agreement_id, actor=current_actor())
    return queries.find_records(get_session(), agreement_id, **filters)


@blueprint.get("/<agreement_id>/usage")
@requires()
@blueprint.response(200, UsageSchema)
def get_usage(agreement_id: str) -> Any:
    """Show what is used of an agreement"""
    agreements.get_agreement_card(get_session(), agreement_id, actor=current_actor())
    meter = queries.get_meter(get_session(), agreement_id)
    if meter is None:
        raise NotFound("the agreement has no meter before both parties signed it")
    return meter


def _question(mode: str, asked: dict[str, Any]) -> Question:
    columns = tuple(name.strip() for name in asked.pop("columns").split(",") if name.strip())
    return Question(mode=mode, columns=columns, **asked)


def _deliver(agreement_id: str, question: Question) -> Response:
    context = get_context()
    # Prepared in a transaction of its own: reading files must not hold the write lock.
    with context.database.reading() as session:
        prepared = prepare(
            session,
            actor=current_actor(),
            agreement_id=agreement_id,
            question=question,
            storage=context.storage,
            address=request.remote_addr or "",  # unknown is no address that was granted
        )
    with ExitStack() as refused:
        file = None
        if prepared.file is not None:
            file = refused.enter_context(closing(UnlinkedFile(prepared.file)))
        record = service.record_delivery(
            get_session(),
            actor=current_actor(),
            agreement_id=agreement_id,
            request_id=idempotency.read_key(request) or new_id("req"),
            prepared=prepared,
            exchange_key=context.signing_key,
            now=now(),
        )
        refused.pop_all()  # from here on the server closes the file
    body: Any = prepared.body if file is None else file
    if prepared.size_bytes > CUTTABLE_BYTES:
        whole = pieces_of(prepared.body) if file is None else file
        parcel = Parcel.of(record, prepared.revision_id)
        body = Sending(parcel, whole, _watch(), connection_of(request.environ))
    response = Response(body, mimetype=CONTENT_TYPES[question.form])
    response.headers.update(_headers(prepared, record))
    return response


def _watch() -> Watch:
    # Made in the process that sends: a thread does not survive the fork of a server's worker.
    database = get_context().database
    watch: Watch | None = current_app.extensions.get("wdx_watch")
    if watch is None or watch.database is not database:
        watch = current_app.extensions["wdx_watch"] = Watch(database)
    return watch


def _headers(prepared: Prepared, record: Any) -> dict[str, str]:
    headers = {
        "Content-Length": str(prepared.size_bytes),
        "Content-Digest": prepared.content_digest,
        "WDX-Delivery": record.id,
        "WDX-Receipt": record.receipt,
        "WDX-Rows": str(prepared.rows),
        # A proxy that takes the whole file at once would go on sending what was cut off here.
        "X-Accel-Buffering": "no",
    }
    if prepared.next_cursor is not None:
        headers["WDX-Next-Cursor"] = prepared.next_cursor
    if prepared.filename:
        headers["Content-Disposition"] = f'attachment; filename="{prepared.filename}"'
    return headers
