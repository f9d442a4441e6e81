"""The members that parties negotiate, group by group; docs/reference/terms.md explains each."""

import ipaddress
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from exchange.catalogue.content.fields import Flag, Message, Text, whole
from exchange.core import canonical
from exchange.datasets.reading.row_filter import OPERATORS

#: Longest term of one agreement; a longer one is renewed.
MOST_DAYS = 3660
MOST_COLUMNS = 2000
#: Address ranges of one agreement; a company with more has a proxy.
MOST_NETWORKS = 50
MOST_ANNEXES = 20
#: Conditions on the rows of one agreement, and values of one condition.
MOST_CONDITIONS = 10
MOST_FILTER_VALUES = 100
#: A larger rate is no limit for one buyer: no node answers more.
MOST_CALLS_PER_MINUTE = 100_000
#: Canonical JSON knows no larger integer.
MOST_COUNT = canonical.MAX_INTEGER


class Network(fields.String):
    """A range of addresses such as 203.0.113.0/24 or 2001:db8::/32; a single address is a range of one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        try:
            return str(ipaddress.ip_network(text))
        except ValueError as error:
            raise ValidationError(
                Message(f"{text!r} is no range of addresses.", "Write it like 203.0.113.0/24.")
            ) from error


def one_of(*values: str, **options: Any) -> fields.String:
    """One of a few words."""
    return fields.String(validate=validate.OneOf(values), **options)


def always(*, value: bool, description: str) -> fields.Boolean:
    """A member that says the same in every contract and is signed all the same."""
    return Flag(load_default=value, validate=validate.Equal(value), metadata={"description": description})


class GrantedRightsSchema(Schema):
    """What the buyer may do with the data beside the purpose."""

    exclusive = Flag(load_default=False)
    derivation = Flag(load_default=False)
    derived_data = one_of("buyer", "provider", "shared", load_default="buyer")
    ai_training = Flag(load_default=False)
    territory = Text(0, 100)


class HandoverSchema(Schema):
    """How the data are handed over, when that counts as done, and the promised service."""

    completion = one_of("available", "first_delivery", "all_rows", load_default="available")
    first_days = whole(0, 365, load_default=3)
    availability_bp = whole(0, 10_000, load_default=0, metadata={"description": "9950 is 99.50 %"})
    latency_ms = whole(0, 3_600_000, load_default=None, allow_none=True)
    freshness = fields.String(load_default=None, allow_none=True, validate=validate.Length(2, 40))
    support = Text(0, 500)


class AcceptanceSchema(Schema):
    """How the buyer inspects; using the data never accepts them."""

    days = whole(0, 365, load_default=7)
    redeliveries = whole(0, 20, load_default=1)
    silent = Flag(load_default=False)
    use_is_acceptance = always(value=False, description="Using is not accepting")


def _score() -> fields.Integer:
    return whole(0, 100, load_default=None, allow_none=True)


class PromisedQualitySchema(Schema):
    """Least scores of the six dimensions, and what the buyer gets when they are missed."""

    conformity = _score()
    completeness = _score()
    accuracy = _score()
    consistency = _score()
    timeliness = _score()
    accessibility = _score()
    remedies = fields.List(
        one_of("redeliver", "credit", "refund"),
        load_default=lambda: ["redeliver"],
        validate=validate.Length(1, 3),
    )


class PaymentSchema(Schema):
    """How bills are reconciled and paid."""

    reconcile_days = whole(1, 60, load_default=5)
    due_days = whole(1, 180, load_default=15)
    tolerance_ppm = whole(0, 100_000, load_default=1_000, metadata={"description": "1000 is 1 ‰"})
    late_interest_ppm = whole(0, 1_000, load_default=0, metadata={"description": "A day; 500 is 0.05 %"})
    tax_rate_bp = whole(0, 10_000, load_default=600, metadata={"description": "600 is 6 %"})
    tax_included = Flag(load_default=True)
    invoice = one_of("ordinary", "special", "none", load_default="ordinary")
    fee_bearer = one_of("provider", load_default="provider")


class SafekeepingSchema(Schema):
    """How the buyer keeps the data."""

    storage_region = Text(0, 100, load_default="CN")
    encryption = Flag(load_default=True)
    subprocessors = Flag(load_default=False)
    audit_right = Flag(load_default=True)
    incident_hours = whole(1, 720, load_default=24)
    cross_border = always(value=False, description="Nothing leaves the country")


class EndSchema(Schema):
    """What becomes of the data when the agreement ends."""

    destruction_days = whole(0, 365, load_default=30)
    confirmation = Flag(load_default=True)


class ConfidentialitySchema(Schema):
    """For how long the parties keep what they learn of each other."""

    years = whole(0, 30, load_default=3)


class LiabilitySchema(Schema):
    """What a breach costs at most, in percent of what the agreement has cost in a year."""

    cap_percent = whole(1, 1_000, load_default=100, allow_none=True)
    penalty_percent = whole(0, 100, load_default=0)


class ChangeSchema(Schema):
    """How the agreement is changed and ended early."""

    notice_days = whole(1, 365, load_default=30)
    cure_days = whole(1, 180, load_default=15)
    renewal = one_of("by_agreement", load_default="by_agreement")


class DisputeSchema(Schema):
    """Where a dispute goes, in this order: talks, the exchange's mediation, the named body."""

    negotiation_days = whole(0, 180, load_default=30)
    mediation = Flag(load_default=True)
    forum = one_of("court", "arbitration", load_default="court")
    body = Text(0, 200)
    law = one_of("CN", load_default="CN")


class WorkSchema(Schema):
    """The task of a contract that is more than handing data over; null in a provision contract."""

    task = Text(1, 2000)
    result = Text(0, 2000)
    result_owner = one_of("provider", "buyer", "shared", load_default="buyer")
    provider_share_bp = whole(0, 10_000, load_default=None, allow_none=True)


class RowConditionSchema(Schema):
    """One condition on the rows that are granted; a row must fulfil all of them."""

    column = Text(1, 200)
    op = one_of(*OPERATORS, required=True)
    values = fields.List(
        Text(0, 200, load_default=""),
        required=True,
        validate=validate.Length(1, MOST_FILTER_VALUES),
        metadata={"description": "Texts and numbers as text; one value for every operator but in"},
    )


class AnnexSchema(Schema):
    """A document beside the contract, pinned by its digest."""

    title = Text(1, 200)
    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$"))


GROUPS: dict[str, type[Schema]] = {
    "rights": GrantedRightsSchema,
    "delivery": HandoverSchema,
    "acceptance": AcceptanceSchema,
    "quality": PromisedQualitySchema,
    "payment": PaymentSchema,
    "security": SafekeepingSchema,
    "end": EndSchema,
    "confidentiality": ConfidentialitySchema,
    "liability": LiabilitySchema,
    "change": ChangeSchema,
    "dispute": DisputeSchema,
}
