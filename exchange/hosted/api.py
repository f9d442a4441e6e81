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
from exchange.hosted.schemas import (
    ConnectionTestSchema,
    DescribeApiAnewSchema,
    DescribeApiSchema,
    DescribedApiSchema,
    FindProductsSchema,
    FindTestsSchema,
    TestConnectionSchema,
)
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import OPERATOR, PROVIDER, REGULATOR

blueprint = Blueprint(
    "hosted", __name__, url_prefix="/api/v1/connection-tests", description="Products hosted by providers"
)
products = Blueprint(
    "hosted_products",
    __name__,
    url_prefix="/api/v1/hosted-products",
    description="Products hosted by providers",
)


@products.post("")
@requires(PROVIDER)
@products.arguments(DescribeApiSchema)
@products.response(201, DescribedApiSchema)
def describe_api(product: dict[str, Any]) -> Any:
    """Describe the API of a product whose data stay with you"""
    return service.describe_api(
        get_session(),
        actor=current_actor(),
        name=product["name"],
        api=HostedApi.of(product["api"]),
        now=now(),
    )


@products.get("")
@requires(PROVIDER, OPERATOR, REGULATOR)
@products.arguments(FindProductsSchema, location="query")
@products.response(200, DescribedApiSchema(many=True))
def find_products(page: dict[str, int]) -> Any:
    """List provider-hosted products by their newest description"""
    return queries.find_products(get_session(), actor=current_actor(), **page)


@products.get("/<hosted_id>")
@requires(PROVIDER, OPERATOR, REGULATOR)
@products.response(200, DescribedApiSchema)
def get_product(hosted_id: str) -> Any:
    """Show the newest description of a product"""
    return queries.get_own_api(get_session(), hosted_id, actor=current_actor())


@products.post("/<hosted_id>/descriptions")
@requires(PROVIDER)
@products.arguments(DescribeApiAnewSchema)
@products.response(201, DescribedApiSchema)
def describe_api_anew(product: dict[str, Any], hosted_id: str) -> Any:
    """Write the next description of a product"""
    return service.describe_api_anew(
        get_session(),
        actor=current_actor(),
        hosted_id=hosted_id,
        api=HostedApi.of(product["api"]),
        now=now(),
    )


@products.get("/<hosted_id>/descriptions/<int:version>")
@requires(PROVIDER, OPERATOR, REGULATOR)
@products.response(200, DescribedApiSchema)
def get_description(hosted_id: str, version: int) -> Any:
    """Show one description of a product"""
    return queries.get_own_api(get_session(), hosted_id, actor=current_actor(), version=version)


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
@blueprint.arguments(FindTestsSchema, location="query")
@blueprint.response(200, ConnectionTestSchema(many=True))
def find_connection_tests(filters: dict[str, str]) -> Any:
    """List connection tests"""
    return queries.find_tests(get_session(), actor=current_actor(), **filters)


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
