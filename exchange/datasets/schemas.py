"""What the data sets' API takes and gives."""

from marshmallow import Schema, fields, validate


class UploadSchema(Schema):
    """The uploaded file's name; the body of the request is the file itself."""

    filename = fields.String(
        required=True,
        validate=validate.Length(1, 200),
        metadata={"description": "Its ending says the format: .csv, .xlsx or .parquet"},
    )
    name = fields.String(load_default=None, validate=validate.Length(1, 200))
    text_columns = fields.String(
        load_default="",
        metadata={"description": "Columns to keep as text whatever they look like, separated by commas"},
    )

    load_schema = fields.String(
        load_default=None,
        metadata={
            "description": "Id of a load schema that was kept before: the file is read strictly by it"
        },
    )


class LoadSchemaRequestSchema(Schema):
    """A load schema: how every column of an upload is to be read."""

    document = fields.Dict(
        required=True, metadata={"description": "See the reference of the data-set schema"}
    )


class LoadSchemaSchema(Schema):
    """A load schema that was kept."""

    id = fields.String()
    organisation_id = fields.String()
    document = fields.Dict()
    created_at = fields.AwareDateTime()


class RevisionFileSchema(Schema):
    """One stored file of a revision, with its range of time, both ends inclusive."""

    number = fields.Integer()
    sha256 = fields.String()
    size_bytes = fields.Integer()
    rows = fields.Integer()
    first_row = fields.Integer()
    time_from = fields.String(allow_none=True)
    time_to = fields.String(allow_none=True)


class NextRevisionSchema(UploadSchema):
    """The next revision of a data set, and how its provider answers for what it breaks."""

    breaking_change = fields.String(
        load_default=None,
        validate=validate.Length(1, 60),
        metadata={
            "description": "`new_version`, or `notice:<id>` of the notice that announced the change;"
            " needed when the revision breaks agreements in force"
        },
    )


class RevisionSchema(Schema):
    """An immutable revision."""

    id = fields.String()
    dataset_id = fields.String()
    number = fields.Integer()
    source_name = fields.String()
    sha256 = fields.String()
    size_bytes = fields.Integer()
    rows = fields.Integer()
    schema = fields.Dict()
    schema_digest = fields.String()
    time_from = fields.String(allow_none=True)
    time_to = fields.String(allow_none=True)
    profile = fields.Dict()
    sample = fields.List(fields.Raw())
    created_at = fields.AwareDateTime()
    load_schema_id = fields.String(allow_none=True)


class QualitySchema(Schema):
    """What is known of a revision's quality."""

    revision_id = fields.String()
    profile = fields.Dict(metadata={"description": "See docs/reference/quality.md"})


class DatasetSchema(Schema):
    """A data set."""

    id = fields.String()
    organisation_id = fields.String()
    name = fields.String()
    created_at = fields.AwareDateTime()


def split_names(text: str) -> tuple[str, ...]:
    """Read names separated by commas, each once."""
    names = (name.strip() for name in text.split(","))
    return tuple(dict.fromkeys(name for name in names if name))
