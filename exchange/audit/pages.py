"""The log's page."""

from flask import Blueprint, Response, render_template, request

from exchange.audit import queries
from exchange.audit.download import send_bundle
from exchange.audit.notes import VKey
from exchange.context import get_context
from exchange.core.requests import get_session
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import OPERATOR, REGULATOR

blueprint = Blueprint("audit", __name__, url_prefix="/log-status", template_folder="templates")
_NEWEST = 25
_OF_ONE_SUBJECT = 200


@blueprint.get("/")
@requires()
def show_log() -> str:
    """How the log stands, its last events, or those about one subject, and its key."""
    context, session = get_context(), get_session()
    subject = request.args.get("subject") or None
    return render_template(
        "audit/log.html",
        status=queries.log_status(session),
        vkey=VKey(context.settings.log_origin, context.log_key.public).text,
        subject=subject,
        events=queries.find_newest_events(
            session, _NEWEST if subject is None else _OF_ONE_SUBJECT, subject=subject
        ),
        words={
            name: text
            for words in context.page_parts.get("log.words", ())
            for name, text in words().items()
        },
        url_of=_url_of,
        checkpoints=queries.find_newest_checkpoints(session, 10),
    )


@blueprint.get("/bundle")
@requires(OPERATOR, REGULATOR)
def download_bundle() -> Response:
    """Everything logged so far as one evidence bundle, for a person at a browser."""
    return send_bundle()


def _url_of(subject: str) -> str | None:
    """The page of what an event is about, for those who may open every one of them."""
    if not current_actor().oversees:
        return None
    found = (place(subject) for place in get_context().page_parts.get("log.subjects", ()))
    return next((url for url in found if url), None)
