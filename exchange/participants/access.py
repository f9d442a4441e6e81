"""Who asks: reads bearer tokens and portal cookies, and states on every route what it demands."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from exchange.context import get_context
from exchange.core.errors import NotAuthenticated
from exchange.core.requests import SAFE_METHODS, now
from exchange.participants import queries
from exchange.participants.actors import Actor
from exchange.participants.credentials import hash_secret

COOKIE = "wdx_session"
View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Mark a route that anybody may call; an architecture test keeps the list short."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def requires(*roles: str) -> Callable[[View], View]:
    """Demand a signed-in actor, of a verified organisation with one of the roles if any are given."""

    def mark(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            actor = current_actor()
            if roles:
                actor.require_role(*roles)
            return view(*args, **kwargs)

        checked.access = roles or ("signed-in",)  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return mark


def current_actor() -> Actor:
    """The person behind this request.

    Raises:
        NotAuthenticated: nobody signed in.
    """
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise NotAuthenticated(
            "this needs a signed-in person", remedy="Send an access token: Authorization: Bearer …"
        )
    return actor


def init_app(app: Flask) -> None:
    """Find out who asks before every request.

    The API takes bearer tokens only, and pages take cookies for whatever changes something, so no other
    site's form can act through a signed-in browser on the API. A page is also read with a token: harvesters
    ask for the catalogue at its public address.
    """

    @app.before_request
    def authenticate() -> None:
        actor = _actor_of_request()
        g.actor = actor
        g.caller = actor.person_id if actor else "anonymous"
        if actor is None and _needs_actor():
            # Before the form's token is looked at: a page that was left open is told to sign in again.
            current_actor()


def _needs_actor() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "access", "public") != "public"


def _actor_of_request() -> Actor | None:
    if request.path.startswith(("/api/", "/log/", "/metrics")) or _reads_with_token():
        return _actor_of_bearer()
    cookie = request.cookies.get(COOKIE)
    if not cookie or request.path.startswith("/static/"):
        return None
    with get_context().database.reading() as session:
        return queries.actor_of_web_session(session, hash_secret(cookie), now=now())


def _reads_with_token() -> bool:
    return request.method in SAFE_METHODS and "Authorization" in request.headers


def _actor_of_bearer() -> Actor | None:
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() == "bearer" and token:
        with get_context().database.reading() as session:
            actor = queries.actor_of_token(session, hash_secret(token.strip()), now=now())
        if actor is not None:
            return actor
    raise NotAuthenticated("the access token is unknown, expired or revoked", remedy="Ask for a new one.")
