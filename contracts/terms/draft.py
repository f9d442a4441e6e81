"""A draft: everything that parties negotiate, complete in every round, and the changes that lead to the next."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from contracts.terms.groups import (
    GROUPS,
    MOST_ANNEXES,
    MOST_CALLS_PER_MINUTE,
    MOST_COLUMNS,
    MOST_CONDITIONS,
    MOST_COUNT,
    MOST_DAYS,
    MOST_NETWORKS,
    AcceptanceSchema,
    AnnexSchema,
    ChangeSchema,
    ConfidentialitySchema,
    DisputeSchema,
    EndSchema,
    GrantedRightsSchema,
    HandoverSchema,
    LiabilitySchema,
    Network,
    PaymentSchema,
    PromisedQualitySchema,
    RowConditionSchema,
    SafekeepingSchema,
    WorkSchema,
    one_of,
)
from exchange.catalogue.content.fields import Text, codes, group, optional_group, texts, whole
from exchange.core.errors import FieldProblem, Invalid, InvalidDocument
from exchange.core.form_faults import faults_of
from exchange.pricing import PricePlan
from exchange.trust.suites import DEFAULT, SUITES

PAGE = "docs/reference/terms.md"
#: The four kinds of model contract 示范合同.
KINDS = ("provision", "entrusted_processing", "fusion_development", "intermediary")
LANGUAGES = ("zh", "en")
#: What people ask for and no gate carries out yet: it is refused, never signed and ignored.
NOT_ENFORCEABLE = {
    "min_group_size": "answers with aggregates only",
    "execution_environment": "use inside a given environment only",
}


class TermsInvalid(InvalidDocument):
    """A draft or a terms document breaks one rule or several; `errors` names them all."""

    code = "terms-invalid"


class NotEnforceableYet(Invalid):
    """The gate cannot carry this limit out yet, so no contract may promise it."""

    code = "not-enforceable-yet"


class DraftSchema(Schema):
    """The negotiable part of a contract."""

    kind = one_of(*KINDS, load_default=KINDS[0])
    binding_language = one_of(*LANGUAGES, load_default="zh")
    required_suite = one_of(
        *SUITES,
        load_default=DEFAULT,
        metadata={"description": "Algorithms that everybody signs with: default, hybrid or sm (国密)"},
    )
    revision_policy = one_of(
        "fixed", load_default="fixed", metadata={"description": "The revision on offer, and no other"}
    )
    purpose = Text(1, 200)
    scenario = Text(1, 200)
    columns = texts(MOST_COLUMNS, longest=200, metadata={"description": "Empty for all columns"})
    delivery_modes = codes("delivery_modes", default=("query", "file"), least=1)
    days = whole(1, MOST_DAYS, load_default=30)
    max_rows = whole(
        1,
        MOST_COUNT,
        load_default=None,
        allow_none=True,
        metadata={"description": "Rows that may be delivered in all; null for no limit"},
    )
    max_calls = whole(
        1,
        MOST_COUNT,
        load_default=None,
        allow_none=True,
        metadata={"description": "Deliveries in all; null for no limit"},
    )
    row_filter = fields.List(
        fields.Nested(RowConditionSchema),
        load_default=list,
        validate=validate.Length(0, MOST_CONDITIONS),
        metadata={"description": "Conditions that a row must fulfil to be granted; empty for every row"},
    )
    calls_per_minute = whole(
        1,
        MOST_CALLS_PER_MINUTE,
        load_default=None,
        allow_none=True,
        metadata={"description": "Deliveries in any 60 seconds; null for no limit"},
    )
    data_from = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(7, 40),
        metadata={"description": "First time of the data that may be had, as the series writes it"},
    )
    data_to = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(7, 40),
        metadata={"description": "First time of the data that may not be had any more"},
    )
    networks = fields.List(
        Network(),
        load_default=list,
        validate=validate.Length(0, MOST_NETWORKS),
        metadata={"description": "Addresses from which data may be asked for; empty for any"},
    )
    price_plan = fields.Dict(keys=fields.String(), required=True)
    rights = group(GrantedRightsSchema)
    delivery = group(HandoverSchema)
    acceptance = group(AcceptanceSchema)
    quality = group(PromisedQualitySchema)
    payment = group(PaymentSchema)
    security = group(SafekeepingSchema)
    end = group(EndSchema)
    confidentiality = group(ConfidentialitySchema)
    liability = group(LiabilitySchema)
    change = group(ChangeSchema)
    dispute = group(DisputeSchema)
    work = optional_group(WorkSchema)
    special_terms = Text(0, 4000)
    annexes = fields.List(
        fields.Nested(AnnexSchema), load_default=list, validate=validate.Length(0, MOST_ANNEXES)
    )


class ChangesSchema(DraftSchema):
    """What a proposal changes: described here member by member, checked as a whole by the service."""

    def load(self, data, **_options):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN003, ANN201
        """Take the document as it is; the service names every fault at once."""
        if not isinstance(data, Mapping):
            raise ValidationError("Changes are an object.")
        return dict(data)


_DRAFT = DraftSchema()


def check_draft(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Give a complete draft, defaults filled in.

    Raises:
        NotEnforceableYet: it names a limit that nothing carries out yet.
        TermsInvalid: names every fault with its member.
    """
    refuse_not_enforceable(draft)
    try:
        checked: dict[str, Any] = _DRAFT.load(dict(draft))
    except ValidationError as error:
        raise TermsInvalid(faults_of(error, DraftSchema, page=PAGE)) from error
    checked["price_plan"] = checked_plan(checked["price_plan"])
    if problems := _task_problems(checked):
        raise TermsInvalid(problems)
    return checked


def apply_changes(draft: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The draft that results from changes; within a group only the named members change.

    Raises:
        NotEnforceableYet, TermsInvalid: as `check_draft`, told of the changed members.
    """
    changed = dict(draft)
    for name, value in changes.items():
        is_group = name in GROUPS and isinstance(value, Mapping)
        changed[name] = {**draft[name], **value} if is_group else value
    return check_draft(changed)


def changed_members(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The paths of the members in which two drafts differ, in their order."""
    return [path for path in _paths(after) if _at(before, path) != _at(after, path)]


def refuse_not_enforceable(members: Mapping[str, Any]) -> None:
    """Refuse what nothing carries out.

    Raises:
        NotEnforceableYet: names the first such member.
    """
    for name in members:
        if name in NOT_ENFORCEABLE:
            raise NotEnforceableYet(
                f"{name}: {NOT_ENFORCEABLE[name]} is not enforceable yet",
                field=name,
                remedy="Leave it out; what no gate carries out is not signed.",
            )


def checked_plan(plan: Mapping[str, Any]) -> dict[str, Any]:
    """A price plan with everything it leaves out.

    Raises:
        PricePlanInvalid: with the path of the member inside the draft.
    """
    return PricePlan.from_json(plan).to_json()


def _task_problems(draft: Mapping[str, Any]) -> list[FieldProblem]:
    needs_task = draft["kind"] != KINDS[0]
    if needs_task and draft["work"] is None:
        return [
            FieldProblem("work", f"A contract of the kind {draft['kind']} says its task.", "Fill in work.")
        ]
    if not needs_task and draft["work"] is not None:
        return [
            FieldProblem(
                "work",
                "A provision contract hands data over and has no task.",
                "Leave it null, or choose another kind.",
            )
        ]
    return []


def _paths(draft: Mapping[str, Any]) -> list[str]:
    paths = []
    for name, value in draft.items():
        paths += [f"{name}.{member}" for member in value] if name in GROUPS else [name]
    return paths


def _at(draft: Mapping[str, Any], path: str) -> Any:
    name, _, member = path.partition(".")
    value = draft.get(name)
    return value.get(member) if member and isinstance(value, Mapping) else value
