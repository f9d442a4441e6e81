"""What the participants' API takes and gives."""

from marshmallow import Schema, fields, validate

from exchange.participants.actors import BUYER, DUTIES, PROVIDER


class RegisterOrganisationSchema(Schema):
    """An organisation and the first person who acts for it."""

    name_zh = fields.String(required=True, validate=validate.Length(1, 200))
    name_en = fields.String(required=True, validate=validate.Length(1, 200))
    uscc = fields.String(
        required=True, metadata={"description": "Unified social credit code, GB 32100-2015"}
    )
    roles = fields.List(
        fields.String(validate=validate.OneOf([PROVIDER, BUYER])),
        required=True,
        validate=validate.Length(1, 2),
    )
    person_name = fields.String(required=True, validate=validate.Length(1, 100))
    login = fields.String(required=True, validate=validate.Length(3, 200))
    password = fields.String(required=True, load_only=True)


class OrganisationSchema(Schema):
    """An organisation as every signed-in participant may see it."""

    id = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    uscc = fields.String()
    roles = fields.List(fields.String())
    state = fields.String()


class DecideOrganisationSchema(Schema):
    """The operator's decision about an organisation."""

    decision = fields.String(required=True, validate=validate.OneOf(["verified", "rejected"]))
    reason = fields.String(required=True, validate=validate.Length(1, 500))


class IssueAccessTokenSchema(Schema):
    """Sign in for the API."""

    login = fields.String(required=True)
    password = fields.String(required=True, load_only=True)
    label = fields.String(load_default="", validate=validate.Length(max=100))


class AccessTokenSchema(Schema):
    """A new access token; `token` is shown this once."""

    id = fields.String()
    token = fields.String()
    expires_at = fields.AwareDateTime()


class MeSchema(Schema):
    """Who the token belongs to."""

    person_id = fields.String()
    person_name = fields.String()
    organisation_id = fields.String()
    organisation_name = fields.String()
    organisation_name_en = fields.String()
    roles = fields.List(fields.String())
    is_verified = fields.Boolean()
    duties = fields.Function(lambda actor: sorted(actor.duties), metadata={"type": "array"})


class AddPersonSchema(Schema):
    """A further person of your own organisation; `admin` adds people, `editor` writes, `approver` approves."""

    name = fields.String(required=True, validate=validate.Length(1, 100))
    login = fields.String(required=True, validate=validate.Length(3, 200))
    password = fields.String(required=True, load_only=True)
    duties = fields.List(
        fields.String(validate=validate.OneOf(DUTIES)),
        required=True,
        validate=validate.Length(1, len(DUTIES)),
    )


class PersonSchema(Schema):
    """A person of your own organisation."""

    id = fields.String()
    name = fields.String()
    login = fields.String()
    duties = fields.List(fields.String())
