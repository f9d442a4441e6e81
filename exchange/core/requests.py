"""One transaction around every view: the only place where a request commits."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, make_response, request
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from werkzeug.exceptions import MethodNotAllowed

from exchange.core import clock, idempotency
from exchange.core.database import MAX_ATTEMPTS, Database, UnitOfWork, constraint_name, is_lost_race
from exchange.core.errors import DomainError, Invalid

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
View = TypeVar("View", bound=Callable[..., Any])


def metered(view: View) -> View:
    """Mark a reading view that commits all the same: it writes the delivery record of what it hands out."""
    view.is_metered = True  # type: ignore[attr-defined]
    return view


def needs_idempotency_key(view: View) -> View:
    """Mark a view that signs or moves money: it takes no request without an Idempotency-Key."""
    view.needs_idempotency_key = True  # type: ignore[attr-defined]
    return view


def gives_secret(view: View) -> View:
    """Mark a view whose answer holds a secret, so that no copy of it is kept."""
    view.gives_secret = True  # type: ignore[attr-defined]
    return view


def get_database() -> Database:
    """The assembled service's database."""
    database: Database = current_app.extensions["wdx"].database
    return database


def get_session() -> Session:
    """The session of this request's one transaction, opened at the first call."""
    unit: UnitOfWork = g.unit_of_work
    return unit.session


def now() -> Any:
    """What time it is for this request; one instant for the whole of it."""
    if "now" not in g:
        g.now = clock.now()
    return g.now


def after_refusal(work: Callable[[Session], None]) -> None:
    """Write something although the request is refused, in a transaction of its own once that is undone.

    For refusals that have to be known afterwards; a request that succeeds after all forgets it.
    """
    g.after_refusal = work


def run_views_in_transactions(app: Flask, constraint_errors: dict[str, Callable[[], Exception]]) -> None:
    """Wrap every view once, at the end of `create_app`."""
    for endpoint, view in app.view_functions.items():
        if endpoint != "static" and not endpoint.endswith(".static"):
            app.view_functions[endpoint] = _in_transaction(view, constraint_errors)


def _in_transaction(
    view: Callable[..., Any], constraint_errors: dict[str, Callable[[], Exception]]
) -> Callable[..., Response]:
    @wraps(view)
    def run(**arguments: Any) -> Response:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return _attempt(view, arguments)
            except IntegrityError as error:
                name = constraint_name(error)
                if name == "uq_idempotency_keys_caller_key" and attempt < MAX_ATTEMPTS:
                    continue  # the same request won the race; the next round finds its answer
                if name in constraint_errors:
                    raise constraint_errors[name]() from error  # noqa: RSE102 - a factory, not a class
                raise
            except DBAPIError as error:
                if attempt == MAX_ATTEMPTS or not is_lost_race(error):
                    raise
        raise AssertionError("unreachable")

    return run


def _attempt(view: Callable[..., Any], arguments: dict[str, Any]) -> Response:
    if request.method == "HEAD" and getattr(view, "is_metered", False):
        # Nothing would be handed out, yet it would be billed, or come with a receipt that is not in the log.
        raise MethodNotAllowed(["GET"])
    key = _idempotency_key(view)
    if key is not None and (kept := _kept_answer(key)) is not None:
        return kept
    writes = request.method not in SAFE_METHODS or getattr(view, "is_metered", False)
    g.unit_of_work = UnitOfWork(get_database(), write=writes)
    g.after_refusal = None
    try:
        response = make_response(view(**arguments))
        if writes and response.status_code < 400:
            if key is not None:
                idempotency.keep_answer(get_session(), **_identity(key), response=response, at=now())
            g.unit_of_work.commit()
    except DomainError:
        g.unit_of_work.close()  # its locks are given back before another transaction asks for them
        if g.after_refusal is not None:
            get_database().write(g.after_refusal)
        raise
    else:
        return response
    finally:
        g.unit_of_work.close()


def _idempotency_key(view: Callable[..., Any]) -> str | None:
    if request.method in SAFE_METHODS or getattr(view, "gives_secret", False):
        return None
    key = idempotency.read_key(request)
    # Somebody who is not signed in is told that first, by the view.
    if key is None and getattr(view, "needs_idempotency_key", False) and g.get("actor"):
        raise Invalid(
            "this request needs a key, so that sending it twice has one effect",
            field=idempotency.HEADER,
            remedy="Send a random UUID, and the same one again on a retry.",
        )
    return key


def _kept_answer(key: str) -> Response | None:
    # A short transaction of its own: a streamed body must not be read while the write lock is held.
    with get_database().reading() as session:
        return idempotency.find_answer(session, **_identity(key))


def _identity(key: str) -> dict[str, str]:
    if "fingerprint" not in g:
        g.fingerprint = idempotency.fingerprint_of(request, secret=str(current_app.secret_key))
    return {"caller": g.get("caller", "anonymous"), "key": key, "fingerprint": g.fingerprint}
