"""Provider-hosted products over HTTP."""

from typing import Any

from flask import g
from flask_smorest import Blueprint

from exchange.context import get_context
from exchange.core.egress import Limits
from exchange.core.requests import get_session, now
from exchange.hosted import queries, service
from exchange.hosted.connection import TestReport, run_connection_test
from exchange.hosted.description import HostedApi
from exchange.hosted.schemas import ConnectionTestSchema, TestConnectionSchema
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import OPERATOR, PROVIDER, REGULATOR

blueprint = Blueprint(
    "hosted", __name__, url_prefix="/api/v1/connection-tests", description="Products hosted by providers"
)


@blueprint.post("")
@requires(PROVIDER)
@blueprint.arguments(TestConnectionSchema)
@blueprint.response(201, ConnectionTestSchema)
def test_connection(question: dict[str, Any]) -> Any:
    """Try a described API and check what it promises"""
    api = HostedApi.of(question["api"])
    report = _report(api, question)
    return service.record_connection_test(
        get_session(), actor=current_actor(), api=api, report=report, now=now()
    )


@blueprint.get("")
@requires(PROVIDER, OPERATOR, REGULATOR)
@blueprint.response(200, ConnectionTestSchema(many=True))
def find_connection_tests() -> Any:
    """List connection tests"""
    return queries.find_tests(get_session(), actor=current_actor())


def _report(api: HostedApi, question: dict[str, Any]) -> TestReport:
    # Kept for the request: when the transaction is run again after a lost race, nobody is called twice.
    if "connection_report" not in g:
        g.connection_report = run_connection_test(
            api,
            arguments=question["arguments"],
            secret=question["secret"],
            limits=Limits(allowed_hosts=get_context().settings.egress_allowed),
        )
    report: TestReport = g.connection_report
    return report
