"""The catalogue in DCAT-AP 3: nodes of RDF from listings, and their two texts."""

from exchange.catalogue.exports.dcat.catalogue import CataloguePage, describe_catalogue
from exchange.catalogue.exports.dcat.graph import to_json_ld, to_turtle

__all__ = ["CataloguePage", "describe_catalogue", "to_json_ld", "to_turtle"]
