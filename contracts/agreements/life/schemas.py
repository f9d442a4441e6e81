"""What the API of an agreement's life takes and gives."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from contracts.agreements.life.orders import SCOPES
from contracts.agreements.life.standing import LifeState
from exchange.core.clock import to_millis
from exchange.participants.keys.schemas import SignatureSchema

_GROUNDS = validate.Length(1, 1000)


class OrderSuspensionSchema(Schema):
    """An order that nothing is delivered, under one agreement or all of an organisation."""

    scope = fields.String(required=True, validate=validate.OneOf(SCOPES))
    subject_id = fields.String(required=True, validate=validate.Length(1, 40))
    order_no = fields.String(
        load_default="",
        validate=validate.Length(max=100),
        metadata={"description": "Number of the order; the regulator must give one"},
    )
    grounds = fields.String(required=True, validate=_GROUNDS)
    until = fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        metadata={"description": "When it ends by itself; null for never"},
    )


class FindOrdersSchema(Schema):
    """Which orders to list."""

    standing = fields.Boolean(load_default=True, metadata={"description": "Only those with effect now"})
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 200))


class LiftSuspensionSchema(Schema):
    """Why an order is lifted."""

    reason = fields.String(required=True, validate=_GROUNDS)


class OrderSchema(Schema):
    """An order, and how it was lifted."""

    id = fields.String()
    order_no = fields.String()
    scope = fields.String()
    subject_id = fields.String()
    authority = fields.String()
    grounds = fields.String()
    ordered_at = fields.AwareDateTime()
    until = fields.AwareDateTime(allow_none=True)
    lifted_at = fields.AwareDateTime(allow_none=True)
    lift_reason = fields.String(allow_none=True)


class Millis(fields.AwareDateTime):
    """An instant that is kept as whole milliseconds, as the log has it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return to_millis(super()._deserialize(value, attr, data, **options))


class BareSchema(Schema):
    """Nothing belongs to the step."""


class EndSchema(Schema):
    """When the agreement is to end, and why."""

    ends_at = Millis(
        load_default=None, allow_none=True, metadata={"description": "Null for the earliest instant"}
    )
    grounds = fields.String(required=True, validate=_GROUNDS)


class OrderedEndSchema(EndSchema):
    """An authority's order that ends the agreement."""

    order_no = fields.String(required=True, validate=validate.Length(1, 100))


class GroundsSchema(Schema):
    """Why."""

    grounds = fields.String(required=True, validate=_GROUNDS)


class AnswerSchema(Schema):
    """To which step it answers."""

    answers = fields.Integer(required=True, validate=validate.Range(min=1))


class WithdrawalSchema(Schema):
    """Which notice is to be withdrawn."""

    withdraws = fields.Integer(required=True, validate=validate.Range(min=1))


class DestroyedSchema(Schema):
    """What the buyer says of the destruction, and its own signature over it, typ `wdx-destruction+jws`."""

    method = fields.String(required=True, validate=validate.Length(1, 500))
    destroyed_at = Millis(required=True)
    by = fields.String(required=True, validate=validate.Length(1, 200))
    statement = fields.String(required=True, validate=_GROUNDS)
    kid = fields.String(required=True, validate=validate.Length(1, 64))
    signature = fields.Nested(SignatureSchema, required=True)


CONTENTS: dict[str, type[Schema]] = {
    "abandon": GroundsSchema,
    "notice": EndSchema,
    "cure": GroundsSchema,
    "breach": EndSchema,
    "proposal": EndSchema,
    "order": OrderedEndSchema,
    "withdrawal": WithdrawalSchema,
    "consent": AnswerSchema,
    "take_back": AnswerSchema,
    "handover": BareSchema,
    "accept": BareSchema,
    "object": GroundsSchema,
    "dispute": GroundsSchema,
    "settle": GroundsSchema,
    "destroyed": DestroyedSchema,
}


class TakeStepSchema(Schema):
    """A step in the life of an agreement; which content it takes the reference says, step by step."""

    step = fields.String(required=True, validate=validate.OneOf(list(CONTENTS)))
    content = fields.Dict(keys=fields.String(), load_default=dict)

    @post_load
    def read_content(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Check the content by the step that it belongs to."""
        try:
            content = CONTENTS[data["step"]]().load(data["content"])
        except ValidationError as error:
            raise ValidationError({"content": error.messages}) from error
        return {"step": data["step"], "content": content}


class EffectsSchema(Schema):
    """What the end does to money, data and access; requests are refused from `ends_at` on."""

    ends_at = fields.AwareDateTime()
    last_period = fields.String(metadata={"description": "Last month with a statement"})
    declarable_until = fields.String(allow_none=True)
    destroy_by = fields.String(metadata={"description": "Last day on which the data may still be there"})
    confirmation = fields.Boolean(metadata={"description": "The buyer has to confirm the destruction"})


class StepSchema(Schema):
    """What somebody did."""

    number = fields.Integer()
    step = fields.String()
    role = fields.String()
    content = fields.Dict()
    at = fields.AwareDateTime()


class HoldSchema(Schema):
    """One reason for which nothing is delivered."""

    kind = fields.String()
    reference = fields.String()
    since = fields.AwareDateTime()
    until = fields.AwareDateTime(allow_none=True)


class FindLivesSchema(Schema):
    """Which agreements to list by where they stand."""

    state = fields.String(load_default=None, validate=validate.OneOf([item.value for item in LifeState]))
    after = fields.String(
        load_default=None, metadata={"description": "Id of the last one of the page before"}
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class LifeSchema(Schema):
    """Where an agreement stands, when and why it ends, and what was done with it."""

    agreement_id = fields.String()
    state = fields.String()
    is_disputed = fields.Boolean()
    ends_at = fields.AwareDateTime()
    days_left = fields.Integer(allow_none=True)
    ended_by = fields.Integer(
        allow_none=True, metadata={"description": "Number of the step; null for its term"}
    )
    waits_for_answer = fields.Integer(allow_none=True)
    is_accepted = fields.Boolean()
    is_destruction_overdue = fields.Boolean()
    effects = fields.Nested(EffectsSchema)
    holds = fields.List(fields.Nested(HoldSchema))
    orders = fields.List(fields.Nested(OrderSchema))
    steps = fields.List(fields.Nested(StepSchema))
    may = fields.List(fields.String(), metadata={"description": "Steps that you may take now"})
