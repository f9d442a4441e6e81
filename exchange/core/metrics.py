"""Prometheus metrics of the HTTP edge; features add their own counters beside their rules."""

import time

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram, generate_latest

REQUESTS = Counter("wdx_http_requests_total", "HTTP requests answered", ("method", "route", "status"))
SECONDS = Histogram("wdx_http_request_seconds", "Seconds until the answer's headers", ("route",))


def init_app(app: Flask) -> None:
    """Count and time every request by its route, never by its full address."""

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unknown"
        REQUESTS.labels(request.method, route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.perf_counter() - g.get("began", time.perf_counter()))
        return response


def exposition() -> bytes:
    """The metrics of this server process; with several processes each answers for itself."""
    return generate_latest()
