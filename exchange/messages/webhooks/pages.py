"""The pages of webhooks: an organisation's endpoints, and the log of each."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from exchange.context import get_context
from exchange.core.errors import DomainError
from exchange.core.requests import get_session, gives_secret, now
from exchange.messages.webhooks import queries, service
from exchange.messages.webhooks.labels import dispatch_state_words, endpoint_state_words
from exchange.messages.webhooks.registering import register_for_person
from exchange.messages.webhooks.replays import replay
from exchange.participants.access import current_actor, requires

blueprint = Blueprint("webhook_pages", __name__, url_prefix="/webhooks", template_folder="../templates")
_OVERLAP = timedelta(hours=24)
_TONES = {"active": "good", "disabled": "bad", "waiting": "info", "sent": "good", "parked": "bad"}


@blueprint.get("/")
@requires()
def show_endpoints() -> str:
    """The endpoints of the person's organisation, and a form for one more."""
    return _endpoints()


@blueprint.post("/")
@gives_secret
@requires()
def register_endpoint() -> Any:
    """Register an endpoint and show its secret this once."""
    form = request.form
    try:
        made = register_for_person(
            url=form.get("url", "").strip()[:500],
            events=form.get("events", "").replace(",", " ").split(),
            description=form.get("description", "").strip()[:200],
        )
    except DomainError as error:
        if error.kind == "not-permitted":
            raise
        return _endpoints(errors=[f"{error.detail}. {error.remedy or ''}"], form=form), 422
    return _endpoints(made=made)


@blueprint.get("/<endpoint_id>")
@requires()
def show_endpoint(endpoint_id: str) -> str:
    """One endpoint with its log, newest first."""
    return _endpoint(endpoint_id)


@blueprint.get("/<endpoint_id>/<message_id>")
@requires()
def show_attempts(endpoint_id: str, message_id: str) -> str:
    """Every attempt at sending one message."""
    session, actor = get_session(), current_actor()
    return render_template(
        "messages/attempts.html",
        endpoint=queries.get_endpoint_card(session, endpoint_id, actor=actor),
        dispatch=queries.get_dispatch(session, endpoint_id, message_id, actor=actor),
        attempts=queries.find_attempts(session, endpoint_id, message_id, actor=actor),
        words=dispatch_state_words,
        tones=_TONES,
    )


@blueprint.post("/<endpoint_id>/secret")
@gives_secret
@requires()
def rotate_secret(endpoint_id: str) -> str:
    """Make a new secret and show it this once."""
    made = service.rotate_secret(
        get_session(),
        actor=current_actor(),
        endpoint_id=endpoint_id,
        overlap=_OVERLAP,
        vault=get_context().storage,
        now=now(),
    )
    return _endpoint(endpoint_id, made=made)


@blueprint.post("/<endpoint_id>/enabling")
@requires()
def enable_endpoint(endpoint_id: str) -> Any:
    """Try it again at once."""
    service.enable_endpoint(get_session(), actor=current_actor(), endpoint_id=endpoint_id, now=now())
    return redirect(url_for("webhook_pages.show_endpoint", endpoint_id=endpoint_id), 303)


@blueprint.post("/<endpoint_id>/removal")
@requires()
def remove_endpoint(endpoint_id: str) -> Any:
    """Send nothing there any more."""
    service.remove_endpoint(get_session(), actor=current_actor(), endpoint_id=endpoint_id, now=now())
    return redirect(url_for("webhook_pages.show_endpoints"), 303)


@blueprint.post("/<endpoint_id>/replays")
@requires()
def replay_messages(endpoint_id: str) -> Any:
    """Send one message, or everything that was given up, again."""
    message_id = request.form.get("message_id") or None
    replay(
        get_session(),
        actor=current_actor(),
        endpoint_id=endpoint_id,
        message_id=message_id,
        parked=message_id is None,
        patience=timedelta(days=get_context().settings.webhook_days),
        now=now(),
    )
    return redirect(url_for("webhook_pages.show_endpoint", endpoint_id=endpoint_id), 303)


def _endpoints(**shown: Any) -> str:
    return render_template(
        "messages/webhooks.html",
        endpoints=queries.find_endpoints(get_session(), actor=current_actor()),
        words=endpoint_state_words,
        tones=_TONES,
        **shown,
    )


def _endpoint(endpoint_id: str, **shown: Any) -> str:
    session, actor = get_session(), current_actor()
    before = request.args.get("before", type=int)
    found = queries.find_dispatches(
        session, endpoint_id, actor=actor, before=before, limit=queries.PAGE + 1
    )
    return render_template(
        "messages/webhook.html",
        endpoint=queries.get_endpoint_card(session, endpoint_id, actor=actor),
        dispatches=found[: queries.PAGE],
        more=found[queries.PAGE - 1].position if len(found) > queries.PAGE else None,
        before=before,
        state_words=endpoint_state_words,
        words=dispatch_state_words,
        tones=_TONES,
        **shown,
    )
