"""One structured line per request, with its id; no secrets, no bodies."""

import json
import logging
import re
import time
import uuid
from typing import Any

from flask import Flask, Response, g, request

from exchange.core.clock import from_millis, to_text

logger = logging.getLogger("wdx.requests")
_PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,80}$")


class JsonLines(logging.Formatter):
    """A log record as one line of JSON; values are escaped, so nobody can write a second line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": to_text(from_millis(int(record.created * 1000))),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: value for name, value in vars(record).items() if name not in _PLAIN})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(log_format: str) -> None:
    """Send all logs to standard error in the chosen form."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonLines()
        if log_format == "json"
        else logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # A tick that finds the one before still at work is ordinary; a job that fails logs for itself.
    for noisy in ("apscheduler", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def init_app(app: Flask) -> None:
    """Give every request an id and write its line."""

    @app.before_request
    def begin() -> None:
        wished = request.headers.get("X-Request-Id", "")
        # A caller's id is taken only in a harmless form: it ends up in logs and answers.
        g.request_id = wished if _REQUEST_ID.match(wished) else uuid.uuid4().hex
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        actor = g.get("actor")
        logger.info(
            "request",
            extra={
                "request_id": g.get("request_id", ""),
                "method": request.method,
                "route": request.url_rule.rule if request.url_rule else None,
                "status": response.status_code,
                "code": g.get("problem_code"),
                "ms": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
                "actor": actor.person_id if actor else None,
            },
        )
        return response
