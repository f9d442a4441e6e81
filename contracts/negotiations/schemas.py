"""What the negotiations' API takes and gives."""

from typing import Any

from marshmallow import Schema, fields, validate

from contracts.negotiations.queries import MOST_PER_PAGE, PAGE
from contracts.negotiations.turns import NegotiationState
from contracts.terms import ChangesSchema
from contracts.terms.draft import LANGUAGES

#: Longest time that a proposal may stand.
MOST_ANSWER_DAYS = 180


class ProposalSchema(ChangesSchema):
    """Members of a draft that are to differ, and what comes with it."""

    message = fields.String(
        load_default="",
        validate=validate.Length(0, 1000),
        metadata={"description": "Words to the other side; no part of the contract"},
    )
    answer_days = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, MOST_ANSWER_DAYS),
        metadata={"description": "Days within which it is to be answered; null for the exchange's usual"},
    )

    def load(self, data, **options):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN003, ANN201
        """Take the draft's members as they are, and check those that come with them."""
        changes: dict[str, Any] = super().load(data, **options)  # type: ignore[no-untyped-call]
        beside = {name: changes.pop(name) for name in self._beside() if name in changes}
        return {**_BESIDE[type(self)]().load(beside), "changes": changes}

    @classmethod
    def _beside(cls) -> list[str]:
        return list(_BESIDE[cls]._declared_fields)  # noqa: SLF001 - the schema's own fields


class RenewAgreementSchema(ProposalSchema):
    """What is to differ from the agreement that is renewed."""

    plan = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Code of one of the listing's price plans; null for the one most alike"},
    )


class RequestAccessSchema(ProposalSchema):
    """What a buyer asks for; purpose and scenario at least, the rest is as the listing says."""

    listing_id = fields.String(required=True)
    plan = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Code of one of the listing's price plans; null for the first"},
    )


class OfferPrivatelySchema(RequestAccessSchema):
    """What a provider offers to one buyer who has not asked."""

    buyer_id = fields.String(required=True)


class _ProposalMembers(Schema):
    message = ProposalSchema._declared_fields["message"]  # noqa: SLF001 - one declaration
    answer_days = ProposalSchema._declared_fields["answer_days"]  # noqa: SLF001


class _RequestMembers(_ProposalMembers):
    listing_id = RequestAccessSchema._declared_fields["listing_id"]  # noqa: SLF001


class _PrivateOfferMembers(_RequestMembers):
    buyer_id = OfferPrivatelySchema._declared_fields["buyer_id"]  # noqa: SLF001


_BESIDE: dict[type, type[Schema]] = {
    ProposalSchema: _ProposalMembers,
    RenewAgreementSchema: _ProposalMembers,
    RequestAccessSchema: _RequestMembers,
    OfferPrivatelySchema: _PrivateOfferMembers,
}


class EndNegotiationSchema(Schema):
    """Why nothing comes of it."""

    reason = fields.String(required=True, validate=validate.Length(1, 500))


class FindNegotiationsSchema(Schema):
    """Which negotiations to list."""

    state = fields.String(
        load_default=None, validate=validate.OneOf([item.value for item in NegotiationState])
    )
    after = fields.String(load_default=None, metadata={"description": "The last one of the page before"})
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(1, MOST_PER_PAGE))


class ReadClausesSchema(Schema):
    """Of which round, in which language."""

    round_number = fields.Integer(
        data_key="round", load_default=None, metadata={"description": "Left out: the last proposal"}
    )
    language = fields.String(load_default="zh", validate=validate.OneOf(LANGUAGES))


class CompareRoundsSchema(Schema):
    """Which two rounds, in which language."""

    before = fields.Integer(load_default=None, metadata={"description": "Left out: the proposal before"})
    after = fields.Integer(load_default=None, metadata={"description": "Left out: the last proposal"})
    language = fields.String(load_default="zh", validate=validate.OneOf(LANGUAGES))


class NegotiationSchema(Schema):
    """A negotiation and whose turn it is."""

    id = fields.String()
    listing_id = fields.String()
    listing_version = fields.Integer()
    provider_id = fields.String()
    buyer_id = fields.String()
    state = fields.String()
    requested_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Until when the last proposal may be answered"}
    )
    renews = fields.String(
        allow_none=True, metadata={"description": "Of a renewal: the agreement that it follows"}
    )


class NegotiationRoundSchema(Schema):
    """One turn of a negotiation; a proposal's content is the whole draft."""

    number = fields.Integer()
    kind = fields.String()
    organisation_id = fields.String()
    content = fields.Dict()
    message = fields.String(allow_none=True)
    taken_at = fields.AwareDateTime()


class LimitSchema(Schema):
    """A machine-read limit beside the sentence that says it."""

    code = fields.String()
    text = fields.String()
    member = fields.String()
    odrl = fields.Dict(metadata={"description": "The rule of the policy; empty where no limit is set"})
    enforcement = fields.String()
    enforced_by = fields.String()


class ClauseSchema(Schema):
    """One clause with the members of the terms that it is made of."""

    number = fields.Integer()
    key = fields.String()
    heading = fields.String()
    text = fields.String()
    explanation = fields.String()
    members = fields.List(fields.String())
    limits = fields.List(fields.Nested(LimitSchema))


class PieceSchema(Schema):
    """A run of words that was kept, removed or added."""

    change = fields.String()
    text = fields.String()


class MemberChangeSchema(Schema):
    """A member of the terms before and after."""

    member = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class ClauseChangeSchema(Schema):
    """A clause that differs, in words and in members."""

    number = fields.Integer()
    key = fields.String()
    heading = fields.String()
    pieces = fields.List(fields.Nested(PieceSchema))
    members = fields.List(fields.Nested(MemberChangeSchema))


class ComparisonSchema(Schema):
    """What one round changed of an earlier one."""

    before = fields.Integer()
    after = fields.Integer()
    clauses = fields.List(fields.Nested(ClauseChangeSchema))
