"""What the API of uploads takes and gives."""

from marshmallow import Schema, fields, validate

from exchange.datasets.schemas import RevisionSchema


class BeginUploadSchema(Schema):
    """The file to upload, and what it is to become."""

    filename = fields.String(
        required=True,
        validate=validate.Length(1, 200),
        metadata={"description": "Its ending says the format"},
    )
    size_bytes = fields.Integer(required=True, validate=validate.Range(min=1))
    sha256 = fields.String(
        required=True,
        validate=validate.Regexp("^[0-9a-f]{64}$"),
        metadata={"description": "SHA-256 of the whole file in hexadecimal"},
    )
    name = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    dataset_id = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "The data set that gets a revision; a new one without it"},
    )
    text_columns = fields.List(
        fields.String(),
        load_default=list,
        validate=validate.Length(max=1600),
        metadata={"description": "Columns to keep as text whatever they look like"},
    )
    load_schema = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Id of a load schema that was kept before: the file is read strictly by it"
        },
    )
    breaking_change = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 60),
        metadata={
            "description": "Of a next revision that breaks agreements in force: `new_version`, or"
            " `notice:<id>` of the notice that announced the change"
        },
    )


class FaultSchema(Schema):
    """Why an upload failed."""

    code = fields.String()
    detail = fields.String()
    field = fields.String(allow_none=True)
    remedy = fields.String(allow_none=True)
    context = fields.Dict(metadata={"description": "More about it, as of cells that break a load schema"})


class UploadStateSchema(Schema):
    """An upload and how it stands."""

    id = fields.String()
    state = fields.String(
        metadata={"description": "receiving, then processing, then done or failed"},
    )
    filename = fields.String()
    name = fields.String()
    dataset_id = fields.String(allow_none=True)
    size_bytes = fields.Integer()
    received_bytes = fields.Integer()
    sha256 = fields.String()
    fault = fields.Nested(FaultSchema, allow_none=True)
    revision_id = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)


class UploadDetailSchema(UploadStateSchema):
    """One upload, with what came of it."""

    #: Parts up to this size are taken.
    part_bytes = fields.Integer()
    revision = fields.Nested(RevisionSchema, allow_none=True)
