"""Is the service alive, can it answer, and how is it doing."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import select

from exchange.context import get_context
from exchange.core import metrics
from exchange.core.jobs import JobLease
from exchange.core.requests import get_session, now
from exchange.migrations import head_revision, stamped_revision
from exchange.participants.access import public, requires
from exchange.participants.actors import OPERATOR, REGULATOR

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def is_alive() -> Response:
    """Answer as long as the process can answer anything."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public
def is_ready() -> tuple[Response, int]:
    """Answer 200 when the database has the tables this program expects, 503 otherwise."""
    stamped, head = stamped_revision(get_session()), head_revision()
    ready = stamped == head
    return jsonify(
        status="ready" if ready else "not ready", schema=stamped, expected=head
    ), 200 if ready else 503


@blueprint.get("/metrics")
@requires(OPERATOR, REGULATOR)
def show_metrics() -> Response:
    """Prometheus metrics, when each job last went well, and what rooms count in the database."""
    gauges = get_context().page_parts.get("metrics", ())
    jobs = get_session().scalars(select(JobLease).order_by(JobLease.name))
    lines = [
        f'wdx_job_succeeded_timestamp_seconds{{job="{job.name}"}} {int(job.succeeded_at.timestamp())}'
        for job in jobs
        if job.succeeded_at
    ]
    lines += [f"{name} {value}" for part in gauges for name, value in part(get_session(), now=now())]
    body = metrics.exposition() + ("\n".join(lines) + "\n").encode()
    return Response(body, mimetype="text/plain; version=0.0.4")
