"""The inbox's page."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from exchange.core.requests import get_session, now
from exchange.messages import queries, service
from exchange.messages.labels import topic_words
from exchange.messages.schemas import TOPICS
from exchange.participants.access import current_actor, requires

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox", template_folder="templates")


@blueprint.get("/")
@requires()
def show_inbox() -> str:
    """The messages to the person's organisation, newest first."""
    before = request.args.get("before", type=int)
    topic = request.args.get("topic", "")
    messages = queries.find_messages(
        get_session(),
        actor=current_actor(),
        topic=topic if topic in TOPICS else None,
        before=before,
        limit=queries.PAGE + 1,
    )
    more = messages[queries.PAGE - 1].position if len(messages) > queries.PAGE else None
    return render_template(
        "messages/inbox.html",
        messages=messages[: queries.PAGE],
        more=more,
        before=before,
        topic=topic,
        topics=TOPICS,
        topic_words=topic_words,
    )


@blueprint.post("/<message_id>/reading")
@requires()
def read_message(message_id: str) -> Any:
    """Note that it was read, and go where it leads."""
    message = service.read_message(get_session(), actor=current_actor(), message_id=message_id, now=now())
    # A page of ours by construction: tellers give paths only.
    leads_on = message.page and "stay" not in request.form
    return redirect(message.page if leads_on else url_for("inbox.show_inbox"), 303)


@blueprint.post("/reading")
@requires()
def read_messages() -> Any:
    """Note that everything up to the newest one shown was read."""
    until = request.form.get("until", default=-1, type=int)
    service.read_messages(get_session(), actor=current_actor(), until=until, now=now())
    return redirect(url_for("inbox.show_inbox"), 303)
