"""The exports at their stable addresses, for browsers with a session and harvesters with a token."""

from flask import Blueprint, Response, request

from exchange.catalogue.exports.answers import send_catalogue, send_listing_file
from exchange.catalogue.exports.documents import LISTING_FILES
from exchange.participants.access import requires

blueprint = Blueprint("catalogue_exports", __name__)
_FORMATS = {"application/ld+json": "jsonld", "text/turtle": "turtle"}


@blueprint.get("/catalogue.ttl")
@requires()
def show_turtle() -> Response:
    """The catalogue in Turtle, page by page."""
    return _catalogue("turtle", "catalogue_exports.show_turtle")


@blueprint.get("/catalogue.jsonld")
@requires()
def show_json_ld() -> Response:
    """The catalogue in JSON-LD, page by page."""
    return _catalogue("jsonld", "catalogue_exports.show_json_ld")


def negotiated_catalogue() -> Response | None:
    """The catalogue in the RDF format that the reader prefers; None for one who wants the page."""
    wanted = request.accept_mimetypes.best_match(["text/html", *_FORMATS], default="text/html")
    if wanted == "text/html":
        return None
    answer = show_turtle() if _FORMATS[wanted] == "turtle" else show_json_ld()
    answer.headers["Vary"] = "Accept"
    return answer


@requires()
def show_file(listing_id: str, name: str) -> Response:
    """One of the files about a listing."""
    return send_listing_file(listing_id, name)


def _catalogue(form: str, endpoint: str) -> Response:
    return send_catalogue(form, endpoint, after=request.args.get("after", ""))


for _name in LISTING_FILES:
    # A rule for each: a placeholder would take addresses that belong to the catalogue's own pages.
    blueprint.add_url_rule(
        f"/catalogue/<listing_id>/{_name}",
        endpoint="show_file",
        view_func=show_file,
        defaults={"name": _name},
    )
