"""What the API of revisions takes and gives."""

from marshmallow import Schema, fields, validate


class CompareSchema(Schema):
    """How to tell rows apart."""

    key = fields.String(
        load_default="",
        metadata={
            "description": "Columns separated by commas; empty for the time field, or else whole rows"
        },
    )


class RevokeRevisionSchema(Schema):
    """Why a revision is withdrawn."""

    reason = fields.String(required=True, validate=validate.Length(1, 500))


class RevisionRevocationSchema(Schema):
    """A revision that is withdrawn."""

    revision_id = fields.String()
    reason = fields.String()
    revoked_at = fields.AwareDateTime()


class FindHistorySchema(Schema):
    """Which part of the history to show."""

    before = fields.Integer(load_default=None, validate=validate.Range(min=1))
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))


class HistoryEntrySchema(Schema):
    """One revision in the history of its data set."""

    id = fields.String()
    number = fields.Integer()
    source_name = fields.String(allow_none=True)
    sha256 = fields.String()
    rows = fields.Integer()
    columns = fields.Integer()
    time_from = fields.String(allow_none=True)
    time_to = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    compatibility = fields.Dict(allow_none=True)
    declared = fields.String(allow_none=True)
    revoked_reason = fields.String(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)


class RevisionCheckSchema(Schema):
    """What adding a file would do."""

    dataset_id = fields.String()
    number = fields.Integer()
    is_new = fields.Boolean()
    rows = fields.Integer()
    against = fields.Integer(allow_none=True)
    compatibility = fields.Dict(allow_none=True)
    schema = fields.Dict(allow_none=True)
    impact = fields.Dict()
