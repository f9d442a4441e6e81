"""The exports over HTTP, for programs with a token."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from exchange.catalogue.exports.answers import send_catalogue, send_listing_file
from exchange.catalogue.exports.sample import FILE_NAME
from exchange.catalogue.exports.schemas import (
    ExportCatalogueSchema,
    ExportContractSchema,
    ExportPackageSchema,
)
from exchange.participants.access import requires

blueprint = Blueprint(
    "exports", __name__, url_prefix="/api/v1/exports", description="What is on offer, in open formats"
)


@blueprint.get("/catalogue")
@requires()
@blueprint.arguments(ExportCatalogueSchema, location="query")
@blueprint.response(200, description="DCAT-AP 3; the Link header names the next page")
def export_catalogue(asked: dict[str, Any]) -> Response:
    """Export the catalogue as DCAT-AP 3"""
    return send_catalogue(
        asked["format"], "exports.export_catalogue", after=asked["after"], limit=asked["limit"]
    )


@blueprint.get("/listings/<listing_id>/odrl")
@requires()
@blueprint.response(200, description="JSON-LD")
def export_offer(listing_id: str) -> Response:
    """Export the offer of a listing as ODRL 2.2"""
    return send_listing_file(listing_id, "offer.jsonld")


@blueprint.get("/listings/<listing_id>/odcs")
@requires()
@blueprint.arguments(ExportContractSchema, location="query")
@blueprint.response(200, description="YAML or JSON")
def export_contract(asked: dict[str, str], listing_id: str) -> Response:
    """Export the data contract of a listing as ODCS 3.1"""
    return send_listing_file(listing_id, f"contract.{asked['format']}")


@blueprint.get("/listings/<listing_id>/openapi")
@requires()
@blueprint.response(200, description="JSON")
def export_api(listing_id: str) -> Response:
    """Export the API of a provider-hosted product as OpenAPI 3.1"""
    return send_listing_file(listing_id, "openapi.json")


@blueprint.get("/listings/<listing_id>/datapackage")
@requires()
@blueprint.arguments(ExportPackageSchema, location="query")
@blueprint.response(200, description="JSON")
def export_package(asked: dict[str, str], listing_id: str) -> Response:
    """Export the open sample of a listing as a Data Package"""
    folder = "package/" if asked["rows"] == "beside" else ""
    return send_listing_file(listing_id, f"{folder}datapackage.json")


@blueprint.get("/listings/<listing_id>/croissant")
@requires()
@blueprint.response(200, description="JSON-LD")
def export_croissant(listing_id: str) -> Response:
    """Export the description of a listing as Croissant 1.0"""
    return send_listing_file(listing_id, "croissant.json")


@blueprint.get("/listings/<listing_id>/sample")
@requires()
@blueprint.response(200, description="CSV")
def export_sample(listing_id: str) -> Response:
    """Export the open sample of a listing"""
    return send_listing_file(listing_id, FILE_NAME)
