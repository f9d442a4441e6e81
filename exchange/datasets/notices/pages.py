"""The notices' page, and the notices that other pages show."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from exchange.core.requests import get_session, now
from exchange.datasets.notices import queries, service
from exchange.datasets.notices.words import kind_words
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import BUYER, PROVIDER

blueprint = Blueprint("notice_pages", __name__, url_prefix="/notices", template_folder="../templates")
_PAGE = 50
#: Kinds that ask for something to be done, and those that say that something is wrong.
_TONES = {"revision_revoked": "bad", "schema_change_planned": "warning", "deprecation_planned": "warning"}


@blueprint.get("/")
@requires()
def show_notices() -> str:
    """The notices for the person's organisation, newest first."""
    before = request.args.get("before") or None
    notices = queries.find_notices(get_session(), actor=current_actor(), before=before, limit=_PAGE + 1)
    more = notices[_PAGE - 1].id if len(notices) > _PAGE else None
    return render_template("datasets/notice_list.html", notices=notices[:_PAGE], more=more, before=before)


@blueprint.post("/<notice_id>/reading")
@requires(PROVIDER, BUYER)
def read_notice(notice_id: str) -> Any:
    """Note that the organisation has read it, and go back to the list."""
    service.read_notice(get_session(), actor=current_actor(), notice_id=notice_id, now=now())
    return redirect(url_for("notice_pages.show_notices"), 303)


@blueprint.app_template_global()
def notice_kind(kind: str) -> str:
    """What kind of notice it is, in words."""
    return kind_words(kind)


@blueprint.app_template_global()
def notice_tone(kind: str) -> str:
    """The colour of a kind of notice."""
    return _TONES.get(kind, "info")
