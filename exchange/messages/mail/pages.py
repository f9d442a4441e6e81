"""The page on which a person chooses what they get by mail."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from exchange.core.i18n import gettext
from exchange.core.requests import get_session, now
from exchange.core.telling import Topic
from exchange.messages.labels import topic_words
from exchange.messages.mail import service
from exchange.participants.access import current_actor, requires

blueprint = Blueprint("mail_pages", __name__, url_prefix="/inbox/mail", template_folder="../templates")
_TOPICS = [topic.value for topic in Topic]


@blueprint.get("/")
@requires()
def show_choice() -> str:
    """What the person gets by mail, as a form."""
    choice = service.get_choice(get_session(), actor=current_actor())
    return render_template("messages/mail.html", choice=choice, topics=_TOPICS, topic_words=topic_words)


@blueprint.post("/")
@requires()
def choose_mail() -> Any:
    """Keep the choice."""
    service.choose_mail(
        get_session(),
        actor=current_actor(),
        topics=[topic for topic in request.form.getlist("topics") if topic in _TOPICS],
        language="en" if request.form.get("language") == "en" else "zh",
        now=now(),
    )
    flash(gettext("Your choice is kept."), "success")
    return redirect(url_for("mail_pages.show_choice"), 303)
