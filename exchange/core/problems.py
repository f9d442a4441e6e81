"""Refusals on the wire: RFC 9457 problem details for programs, a page for people."""

import logging
from dataclasses import asdict
from typing import Any, ClassVar

from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.exceptions import HTTPException

from exchange.core.database import constraint_name, is_unavailable
from exchange.core.errors import DomainError

logger = logging.getLogger(__name__)

STATUS_OF_KIND = {
    "not-found": 404,
    "not-authenticated": 401,
    "not-permitted": 403,
    "conflict": 409,
    "invalid": 422,
    "limit-exceeded": 429,
    "unavailable": 503,
}
#: Where a protocol demands another status than the kind's: tus has one of its own for a wrong checksum.
STATUS_OF_CODE = {"checksum-mismatch": 460}
TITLE_OF_STATUS = {
    400: lazy_gettext("The request cannot be read"),
    401: lazy_gettext("Sign in first"),
    403: lazy_gettext("Not permitted"),
    404: lazy_gettext("Not found"),
    405: lazy_gettext("This address does not take that method"),
    409: lazy_gettext("This contradicts the present state"),
    413: lazy_gettext("The request is too large"),
    412: lazy_gettext("This version of the protocol is not spoken here"),
    415: lazy_gettext("This content type is not taken"),
    422: lazy_gettext("The input breaks a rule"),
    460: lazy_gettext("The bytes are not those of the checksum"),
    429: lazy_gettext("A limit is reached"),
    500: lazy_gettext("Something went wrong on our side"),
    503: lazy_gettext("The service cannot answer now"),
}


def wants_json() -> bool:
    """Whether the reader is a program: everything but the portal's pages."""
    return request.path.startswith(("/api/", "/log/")) or not request.accept_mimetypes.accept_html


def problem(
    status: int,
    *,
    code: str,
    detail: str,
    errors: list[dict[str, Any]] | None = None,
    context: dict[str, Any] | None = None,
) -> Response:
    """Build the answer to a refused request: problem+json, or the problem page for a browser."""
    body: dict[str, Any] = {
        "type": f"urn:wdx:problem:{code}",
        "title": str(TITLE_OF_STATUS.get(status, gettext("Refused"))),
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": g.get("request_id", ""),
    }
    if errors:
        body["errors"] = errors
    if context:
        body["context"] = context
    g.problem_code = code
    if wants_json():
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    else:
        response = Response(render_template("portal/problem.html", problem=body), mimetype="text/html")
    response.status_code = status
    if "retry_after_s" in (context or {}):
        response.headers["Retry-After"] = str((context or {})["retry_after_s"])
    if status == 503:
        response.headers["Retry-After"] = "2"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="wdx"'
    return response


def from_domain_error(error: DomainError) -> Any:
    """Answer with the status of the error's kind and the field it names."""
    errors = [asdict(item) for item in error.problems] or None
    if error.kind == "not-authenticated" and not wants_json():
        # A form that was sent cannot be sent again by a redirect; its reader begins at the start.
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("portal.sign_in", next=back), 303)
    detail = (
        f"{error.detail.rstrip('.')}. {error.remedy}" if error.remedy and not error.field else error.detail
    )
    return problem(
        STATUS_OF_CODE.get(error.code) or STATUS_OF_KIND.get(error.kind, 500),
        code=error.code,
        detail=detail,
        errors=errors,
        context=error.context,
    )


def from_http_exception(error: HTTPException) -> Response:
    """Answer Werkzeug's and the schema validator's refusals in the same shape as our own."""
    status = error.code or 500
    messages = getattr(error, "data", {}).get("messages", {})
    errors = [{"field": field, "message": text} for field, text in _flattened(messages)]
    detail = "; ".join(f"{item['field']}: {item['message']}" for item in errors) or str(error.description)
    code = {400: "malformed", 404: "not-found", 413: "too-large", 422: "invalid"}.get(
        status, f"http-{status}"
    )
    return problem(status, code=code, detail=detail, errors=errors)


def from_database_error(error: DBAPIError) -> Response:
    """Answer 503 where the database is at fault; a broken rule nobody named is our defect, a 500."""
    logger.error("database error", exc_info=error, extra={"constraint": _constraint(error)})
    if is_unavailable(error):
        return problem(
            503, code="unavailable", detail=gettext("The database cannot be reached; try again.")
        )
    return from_unexpected(error)


def from_unexpected(_error: BaseException) -> Response:
    """Answer 500 without a word of the inside; the log has it all under the request id."""
    return problem(
        500,
        code="internal",
        detail=gettext("The fault is logged under the request id; nothing was changed."),
    )


class ProblemHandlers:
    """Registers the answers above on an app; each kind of failure is decided in one place."""

    handlers: ClassVar[dict[type[Exception], Any]] = {
        DomainError: from_domain_error,
        HTTPException: from_http_exception,
        DBAPIError: from_database_error,
    }

    @classmethod
    def init_app(cls, app: Flask) -> None:
        for kind, handler in cls.handlers.items():
            app.register_error_handler(kind, handler)

        @app.errorhandler(Exception)
        def unexpected(error: Exception) -> Response:
            logger.error("unexpected error", exc_info=error)
            return from_unexpected(error)


def _constraint(error: DBAPIError) -> str:
    return constraint_name(error) if isinstance(error, IntegrityError) else ""


def _flattened(messages: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        inner = [_flattened(value, f"{path}.{key}".strip(".")) for key, value in messages.items()]
        return [item for part in inner for item in part]
    if isinstance(messages, list):
        return [(path.removeprefix("json.").removeprefix("query."), str(text)) for text in messages]
    return [(path, str(messages))] if messages else []
