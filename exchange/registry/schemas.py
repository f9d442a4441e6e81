"""What the register's API takes and gives."""

from marshmallow import Schema, fields, validate


class CertificateSchema(Schema):
    """A registration certificate and how it stands now."""

    number = fields.String()
    listing_id = fields.String()
    version = fields.Integer()
    type = fields.String()
    state = fields.String()
    document = fields.Dict()
    token = fields.String(metadata={"description": "Compact JWS by the exchange's signing key"})
    issued_at = fields.AwareDateTime()
    valid_until = fields.AwareDateTime()
    supersedes = fields.String(allow_none=True)
    superseded_by = fields.String(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)
    revocation_reason = fields.String(allow_none=True)


class RevocationSchema(Schema):
    """The end of a certificate before its time."""

    number = fields.String()
    reason = fields.String()
    revoked_at = fields.AwareDateTime()


class RegistrationSchema(Schema):
    """A listed version on its way to a certificate."""

    listing_id = fields.String()
    version = fields.Integer()
    state = fields.String()
    title_zh = fields.String()
    title_en = fields.String()
    organisation_id = fields.String()
    applied_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)


class ObjectionSchema(Schema):
    """An objection and what became of it."""

    id = fields.String()
    listing_id = fields.String()
    version = fields.Integer()
    organisation_id = fields.String()
    reason = fields.String()
    state = fields.String()
    raised_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)
    decision_reason = fields.String(allow_none=True)


class FindRegistrationsSchema(Schema):
    """Which registrations to show."""

    state = fields.String(
        validate=validate.OneOf(["public_notice", "issued", "refused"]), load_default=None
    )


class FindObjectionsSchema(Schema):
    """Which objections to show."""

    state = fields.String(validate=validate.OneOf(["open", "upheld", "dismissed"]), load_default=None)


class RaiseObjectionSchema(Schema):
    """Why the product should not be registered."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class DecideObjectionSchema(Schema):
    """The operator's decision about an objection."""

    decision = fields.String(required=True, validate=validate.OneOf(["upheld", "dismissed"]))
    reason = fields.String(required=True, validate=validate.Length(1, 500))


class RevokeCertificateSchema(Schema):
    """Why the certificate ends."""

    reason = fields.String(required=True, validate=validate.Length(1, 500))


class ResolveSchema(Schema):
    """Which version of the product to tell of."""

    version = fields.Integer(strict=False, validate=validate.Range(1), load_default=None)


class HandleValueDataSchema(Schema):
    """The value itself."""

    format = fields.String()
    value = fields.String()


class HandleValueSchema(Schema):
    """One value of a handle."""

    index = fields.Integer()
    type = fields.String()
    data = fields.Nested(HandleValueDataSchema)
    ttl = fields.Integer()
    timestamp = fields.String()


class HandleSchema(Schema):
    """A handle and its values, as a proxy of the Handle system answers."""

    responseCode = fields.Integer()  # noqa: N815 - the Handle system's own word
    handle = fields.String()
    values = fields.List(fields.Nested(HandleValueSchema))
