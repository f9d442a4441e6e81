"""What the API of keys takes and gives."""

from marshmallow import Schema, fields, validate

from exchange.trust.certificates import REASONS

_KID = validate.Length(1, 64)


class SignatureSchema(Schema):
    """One JWS signature; both members are base64url (RFC 7515)."""

    protected = fields.String(required=True, validate=validate.Length(1, 4096))
    signature = fields.String(required=True, validate=validate.Length(1, 16384))


class ChallengeKeySchema(Schema):
    """The public key that is to be enrolled, and which one it replaces."""

    public_jwk = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    replaces = fields.String(load_default=None, allow_none=True, validate=_KID)


class KeyChallengeSchema(Schema):
    """What the proof has to name; it is good for fifteen minutes, for this person and key only."""

    organisation_id = fields.String()
    person_id = fields.String()
    kid = fields.String()
    replaces = fields.String(allow_none=True)
    challenge = fields.String()


class EnrolSigningKeySchema(ChallengeKeySchema):
    """A public key and the proof that its private half signs for the organisation."""

    challenge = fields.String(required=True, validate=validate.Length(1, 200))
    proof = fields.Nested(SignatureSchema, required=True)
    predecessor_proof = fields.Nested(
        SignatureSchema,
        load_default=None,
        allow_none=True,
        metadata={"description": "The same statement signed by the key that is replaced"},
    )


class RevokeSigningKeySchema(Schema):
    """Why a key is ended for good; everybody reads it."""

    reason = fields.String(required=True, validate=validate.OneOf(list(REASONS)))
    note = fields.String(load_default="", validate=validate.Length(max=500))


class SigningKeySchema(Schema):
    """An enrolled public key with its newest certificate."""

    kid = fields.String()
    organisation_id = fields.String()
    algorithm = fields.String()
    suites = fields.List(fields.String(), metadata={"description": "Suites that the key satisfies alone"})
    public_jwk = fields.Dict()
    state = fields.String(metadata={"description": "active, replaced, expired or revoked"})
    enrolled_at = fields.AwareDateTime()
    replaced_by = fields.String(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)
    revocation_reason = fields.String(allow_none=True)
    revocation_note = fields.String(allow_none=True)
    serial = fields.String()
    not_before = fields.AwareDateTime()
    not_after = fields.AwareDateTime()
    authority_kid = fields.String()
    statement = fields.String(metadata={"description": "Compact JWS of the authority"})
    x509 = fields.String(allow_none=True, metadata={"description": "PEM; null where X.509 cannot hold it"})


class ExchangeKeySchema(Schema):
    """A public key of the exchange: `signing…` for contracts, `signing` for receipts, `log` for checkpoints."""

    kid = fields.String()
    purpose = fields.String()
    public_jwk = fields.Dict()


class AlgorithmSchema(Schema):
    """A signature algorithm of the registry as the server can use it."""

    id = fields.String()
    available = fields.Boolean()
    needs = fields.String(allow_none=True, metadata={"description": "What the server lacks for it"})
    suites = fields.List(fields.String())
    in_x509 = fields.Boolean(metadata={"description": "Whether its keys get an X.509 certificate too"})


class AuthoritySchema(Schema):
    """A key of the certificate authority; the last one issues. All certificates are PEM."""

    kid = fields.String()
    number = fields.Integer()
    public_jwk = fields.Dict()
    root = fields.String()
    cross_certificate = fields.String(allow_none=True)
    established_at = fields.AwareDateTime()
    not_after = fields.AwareDateTime()
    revocation_list = fields.String()
    revocation_list_number = fields.Integer()
    revocation_list_next_at = fields.AwareDateTime()
