"""The shell's own pages: start, sign in and out, language; and what every page is given."""

from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import get_locale
from sqlalchemy.exc import DBAPIError

from exchange.context import get_context
from exchange.core.errors import NotAuthenticated
from exchange.core.i18n import COOKIE as LOCALE_COOKIE
from exchange.core.i18n import LOCALES, gettext
from exchange.core.requests import get_session, now
from exchange.core.stage import NavigationItem
from exchange.participants import service
from exchange.participants.access import COOKIE, public
from exchange.participants.actors import BUYER, OPERATOR, PROVIDER, REGULATOR, Actor

blueprint = Blueprint(
    "portal", __name__, static_folder="static", static_url_path="/static", template_folder="templates"
)
LOG_PAGE = "audit.show_log"
_YEAR_S = 365 * 86_400
_VERSION = version("wuhan-data-exchange")


@blueprint.app_context_processor
def frame() -> dict[str, Any]:
    """What the frame of every page shows."""
    actor: Actor | None = g.get("actor")
    return {
        "actor": actor,
        "locale": str(get_locale()),
        "navigation": _navigation(actor) if actor else [],
        "version": _VERSION,
        "log_status_url": url_for(LOG_PAGE) if actor else "",
    }


@blueprint.app_template_global()
def role_label(role: str) -> str:
    """A role in words."""
    return {
        OPERATOR: gettext("Operator"),
        REGULATOR: gettext("Regulator"),
        PROVIDER: gettext("Provider"),
        BUYER: gettext("Buyer"),
    }.get(role, role)


@blueprint.get("/")
@public
def home() -> str:
    """The start page: what waits for the person, contributed by the stages."""
    actor: Actor | None = g.get("actor")
    parts = get_context().page_parts.get("home", ()) if actor else ()
    sections = [part(get_session(), actor=actor) for part in parts]
    return render_template("portal/home.html", sections=[section for section in sections if section])


@blueprint.get("/sign-in")
@public
def sign_in() -> str:
    """The sign-in form."""
    return render_template("portal/sign_in.html", next=_local(request.args.get("next", "")))


@blueprint.post("/sign-in")
@public
def submit_sign_in() -> Any:
    """Sign a browser in; unknown login and wrong password get the same answer."""
    login, password = request.form.get("name", ""), request.form.get("password", "")
    settings = get_context().settings
    try:
        # In a transaction of its own: a slow password hash must not hold the write lock.
        with get_context().database.reading() as session:
            person = service.check_password(session, login=login, password=password)
    except NotAuthenticated:
        page = render_template(
            "portal/sign_in.html",
            errors=[gettext("Name or password is wrong.")],
            person_name=login,
            next=_local(request.form.get("next", "")),
        )
        return page, 422
    secret = service.start_web_session(
        get_session(), person_id=person.id, hours=settings.session_hours, now=now()
    )
    response = redirect(_local(request.form.get("next", "")) or url_for("portal.home"), 303)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=settings.session_hours * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.https_only,
    )
    return response


@blueprint.post("/sign-out")
@public
def sign_out() -> Any:
    """End the session on the server and forget it in the browser."""
    service.end_web_session(get_session(), secret=request.cookies.get(COOKIE, ""), now=now())
    flash(gettext("You are signed out."), "success")
    response = redirect(url_for("portal.home"), 303)
    response.delete_cookie(COOKIE)
    return response


@blueprint.post("/locale")
@public
def switch_locale() -> Response | Any:
    """Remember the reader's language."""
    chosen = request.form.get("locale", "")
    response = redirect(_local(request.form.get("next", "")) or url_for("portal.home"), 303)
    if chosen in LOCALES:
        response.set_cookie(
            LOCALE_COOKIE,
            chosen,
            max_age=_YEAR_S,
            samesite="Lax",
            httponly=True,
            secure=get_context().settings.https_only,
        )
    return response


def _navigation(actor: Actor) -> list[dict[str, Any]]:
    items = [
        item
        for item in current_app.extensions["wdx_navigation"]
        if not item.roles or actor.has_role(*item.roles)
    ]
    # The places of a deal in its order, then what is about all of them.
    items.sort(key=lambda item: not item.is_on_the_way)
    return [
        {
            "label": item.label,
            "url": url_for(item.endpoint),
            "current": _current(item.endpoint),
            "count": _count(item, actor),
        }
        for item in items
    ]


def _count(item: NavigationItem, actor: Actor) -> int:
    if item.count is None:
        return 0
    try:
        # In a transaction of its own: the page may tell of a refusal, after the request's one has ended.
        with get_context().database.reading() as session:
            return item.count(session, actor=actor)
    except DBAPIError:
        return 0  # the page that says so is drawn with this frame too


def _current(endpoint: str) -> bool | str:
    """True on the page itself, a word on the pages below it."""
    if request.endpoint == endpoint:
        return True
    return "below" if request.blueprint == endpoint.partition(".")[0] else False


def _local(address: str) -> str:
    """The address when it leads to a page of ours, else nothing: no open redirect."""
    parts = urlsplit(address)
    is_ours = not parts.scheme and not parts.netloc and address.startswith("/") and "\\" not in address
    return address if is_ours and not address.startswith("//") else ""
