"""What the agreements' API takes and gives."""

from marshmallow import Schema, fields, validate

from contracts.terms.draft import LANGUAGES
from exchange.participants.keys.schemas import SignatureSchema


class FindAgreementsSchema(Schema):
    """Which agreements to list."""

    negotiation_id = fields.String(load_default=None)
    contract_id = fields.String(
        load_default=None, metadata={"description": "The id of 47 characters; a wrong check is refused"}
    )


class ReadContractSchema(Schema):
    """In which language to read the clauses."""

    language = fields.String(load_default="zh", validate=validate.OneOf(LANGUAGES))


class AgreementSchema(Schema):
    """An agreement; `terms` is the readable copy of the bytes that `GET …/terms` gives for signing."""

    id = fields.String()
    contract_id = fields.String(attribute="terms.contract_id")
    negotiation_id = fields.String()
    listing_id = fields.String()
    provider_id = fields.String()
    buyer_id = fields.String()
    state = fields.String()
    terms = fields.Dict(attribute="terms.document")
    terms_sha256 = fields.String(attribute="terms.digest")
    frozen_at = fields.AwareDateTime()
    executed_at = fields.AwareDateTime(allow_none=True)


class SignAgreementSchema(SignatureSchema):
    """The actor's own JWS signature over the bytes of the terms, typ `wdx-contract+jws`."""


class SignedAgreementSchema(Schema):
    """How an agreement stands after a signature."""

    id = fields.String()
    state = fields.String()
    executed_at = fields.AwareDateTime(allow_none=True)


class ContractSchema(Schema):
    """The contract in JWS general JSON (RFC 7515) with the exchange's countersignature."""

    terms_sha256 = fields.String()
    jws = fields.Dict()
    roles = fields.List(fields.String())
    certificates = fields.List(
        fields.String(), metadata={"description": "The authority's statements about the parties' keys"}
    )
    countersignature = fields.String(allow_none=True)
