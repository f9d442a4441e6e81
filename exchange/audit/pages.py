"""The log's page."""

from flask import Blueprint, render_template

from exchange.audit import queries
from exchange.audit.notes import VKey
from exchange.context import get_context
from exchange.core.requests import get_session
from exchange.participants.access import requires

blueprint = Blueprint("audit", __name__, url_prefix="/log-status", template_folder="templates")


@blueprint.get("/")
@requires()
def show_log() -> str:
    """How the log stands, its last events and its key."""
    context, session = get_context(), get_session()
    return render_template(
        "audit/log.html",
        status=queries.log_status(session),
        vkey=VKey(context.settings.log_origin, context.log_key.public).text,
        events=queries.find_newest_events(session, 25),
        checkpoints=queries.find_newest_checkpoints(session, 10),
    )
