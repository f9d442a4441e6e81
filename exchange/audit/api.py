"""The evidence log over HTTP: its status, its C2SP tiles, and bundles."""

from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Response
from flask_smorest import Blueprint

from exchange.audit import queries
from exchange.audit.download import send_bundle
from exchange.audit.notes import VKey
from exchange.audit.schemas import LogStatusSchema
from exchange.audit.tiles import parse_numbered_path, parse_tile_path
from exchange.context import get_context
from exchange.core.requests import get_session
from exchange.participants.access import requires
from exchange.participants.actors import OPERATOR, REGULATOR

blueprint = Blueprint("log", __name__, url_prefix="/api/v1/log", description="The evidence log")
log_blueprint = FlaskBlueprint("tiles", __name__, url_prefix="/log")
_IMMUTABLE = "private, max-age=31536000, immutable"


@blueprint.get("")
@requires()
@blueprint.response(200, LogStatusSchema)
def get_log_status() -> Any:
    """Show how the log stands"""
    context = get_context()
    vkey = VKey(context.settings.log_origin, context.log_key.public)
    return {
        **vars(queries.log_status(get_session())),
        "origin": context.settings.log_origin,
        "log_key": vkey.text,
    }


@blueprint.get("/bundle")
@requires(OPERATOR, REGULATOR)
@blueprint.response(200, content_type="application/zip", description="The evidence bundle")
def make_bundle() -> Response:
    """Download everything logged so far as one evidence bundle"""
    return send_bundle()


@log_blueprint.get("/checkpoint")
@requires()
def get_checkpoint() -> Response:
    """The newest signed checkpoint (C2SP tlog-checkpoint)."""
    return Response(queries.get_checkpoint_note(get_session()), mimetype="text/plain")


@log_blueprint.get("/tile/entries/<path:path>")
@requires(OPERATOR, REGULATOR)
def get_entries(path: str) -> Response:
    """One entry bundle (C2SP tlog-tiles)."""
    return _immutable(queries.get_entry_bundle(get_session(), *parse_numbered_path(path)))


@log_blueprint.get("/tile/<int:level>/<path:path>")
@requires()
def get_tile(level: int, path: str) -> Response:
    """One tile of hashes (C2SP tlog-tiles)."""
    tile = parse_tile_path(f"tile/{level}/{path}")
    return _immutable(queries.get_tile(get_session(), tile.level, tile.index, tile.width))


def _immutable(body: bytes) -> Response:
    response = Response(body, mimetype="application/octet-stream")
    response.headers["Cache-Control"] = _IMMUTABLE
    return response
