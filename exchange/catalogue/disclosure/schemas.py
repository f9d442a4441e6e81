"""What the API gives of a listing's public side."""

from marshmallow import Schema, fields


class PublicSampleSchema(Schema):
    """Masked rows."""

    columns = fields.List(fields.String())
    masks = fields.List(
        fields.String(),
        metadata={"description": "How each column is shown: none, mask, hash or generalise"},
    )
    rows = fields.List(fields.List(fields.String(allow_none=True)))


class DisclosedSchema(Schema):
    """What anybody who is signed in may see of the data on offer."""

    profile = fields.Dict(
        allow_none=True, metadata={"description": "null where the data stay with the provider"}
    )
    sample = fields.Nested(PublicSampleSchema, allow_none=True)
    withheld = fields.String(
        allow_none=True,
        metadata={
            "description": "Why there is no sample: provider, licence, all-columns-protected or at-provider"
        },
    )
