"""What the exports' API takes."""

from marshmallow import Schema, fields, validate

from exchange.catalogue.exports.documents import CATALOGUE_FORMATS

#: A page of this many full listings is nearly 4 MB of Turtle and takes about a second.
MOST_LISTINGS = 500


class ExportCatalogueSchema(Schema):
    """Which page of the catalogue, in which format."""

    format = fields.String(validate=validate.OneOf(list(CATALOGUE_FORMATS)), load_default="turtle")
    after = fields.String(
        load_default="", metadata={"description": "Identifier of the last listing of the page before"}
    )
    limit = fields.Integer(
        strict=False, validate=validate.Range(1, MOST_LISTINGS), load_default=MOST_LISTINGS
    )


class ExportContractSchema(Schema):
    """In which format to write the data contract."""

    format = fields.String(validate=validate.OneOf(["yaml", "json"]), load_default="yaml")


class ExportPackageSchema(Schema):
    """Where the rows of the data package are."""

    rows = fields.String(
        validate=validate.OneOf(["inside", "beside"]),
        load_default="inside",
        metadata={"description": "`inside` the descriptor, or `beside` it in sample.csv"},
    )
