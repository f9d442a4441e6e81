"""Looking at every member of a terms document, before it is signed and again when a bundle is verified."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from contracts.terms.constraints import DAY_MS, prohibitions_of
from contracts.terms.contract_id import require_contract_id
from contracts.terms.document import AGREED, GRANTED, ROLES, TEMPLATE_VERSION, TERMS_FORMAT, Terms
from contracts.terms.draft import PAGE, DraftSchema, TermsInvalid, check_draft
from contracts.terms.groups import PaymentSchema, one_of
from contracts.terms.policy import policy_of
from exchange.catalogue.content.fields import Flag, Text, whole
from exchange.core.errors import FieldProblem
from exchange.core.form_faults import faults_of

_MOST = 2**53 - 1
_SHA256 = validate.Regexp(r"^[0-9a-f]{64}$")


class PartySchema(Schema):
    """A signatory with the exchange's check of its identity."""

    role = one_of(*ROLES, required=True)
    organisation_id = Text(1, 40)
    name_zh = Text(1, 200)
    name_en = Text(1, 200)
    uscc = fields.String(required=True, validate=validate.Length(equal=18))
    kid = Text(1, 64)
    algorithm = Text(1, 30)
    verified_state = Text(1, 20)
    verified_at = whole(0, _MOST, required=True, allow_none=True)
    required = Flag(required=True, validate=validate.Equal(comparable=True))


class SubjectSchema(Schema):
    """What the contract is about."""

    listing_id = Text(1, 40)
    listing_version = whole(1, _MOST, required=True)
    listing_digest = fields.String(required=True, validate=_SHA256)
    dataset_id = Text(1, 40)
    title_zh = Text(1, 120)
    title_en = Text(1, 120)
    sector = Text(1, 40)
    product_kind = Text(1, 40)
    source_statement = Text(0, 2000, load_default=None)
    contains_personal_information = Flag(required=True)
    revision_policy = one_of("fixed", required=True)
    revision_id = Text(1, 40)
    revision_sha256 = fields.String(required=True, validate=_SHA256)
    rows = whole(0, _MOST, required=True)
    schema_digest = fields.String(required=True, validate=_SHA256)
    certificate_no = Text(0, 80)
    handle = Text(0, 200)


class PermissionSchema(Schema):
    """What is granted, and its limits."""

    columns, delivery_modes, days, max_rows, max_calls, calls_per_minute = (
        DraftSchema._declared_fields[name]  # noqa: SLF001 - the fields of the draft, not copies of them
        for name in GRANTED[:6]
    )
    row_filter, data_from, data_to, networks = (
        DraftSchema._declared_fields[name]  # noqa: SLF001
        for name in GRANTED[6:]
    )
    valid_from = whole(0, _MOST, required=True)
    valid_until = whole(0, _MOST, required=True)


class BillingSchema(PaymentSchema):
    """How it is billed."""

    cycle = one_of("month", required=True)
    time_zone = one_of("Asia/Shanghai", required=True)
    currency = one_of("CNY", required=True)
    platform_fee_bp = whole(0, 10_000, required=True)


class TemplateSchema(Schema):
    """The words in which the exchange sets the contract."""

    id = Text(1, 40)
    version = whole(TEMPLATE_VERSION, TEMPLATE_VERSION, required=True)


class TermsSchema(Schema):
    """The members that no draft has; those of the draft are checked by its own schema."""

    format = one_of(TERMS_FORMAT, required=True)
    agreement_id = Text(1, 40)
    contract_id = Text(47, 47)
    negotiation_id = Text(1, 40)
    version = whole(1, 1, required=True)
    replaces = fields.String(required=True, allow_none=True, validate=_SHA256)
    renews = fields.String(required=True, allow_none=True, validate=validate.Length(1, 40))
    template = fields.Nested(TemplateSchema, required=True)
    parties = fields.List(
        fields.Nested(PartySchema), required=True, validate=validate.Length(len(ROLES), len(ROLES))
    )
    subject = fields.Nested(SubjectSchema, required=True)
    permission = fields.Nested(PermissionSchema, required=True)
    prohibitions = fields.List(fields.String(), required=True)
    policy = fields.Dict(keys=fields.String(), required=True)
    price_plan = fields.Dict(keys=fields.String(), required=True)
    billing = fields.Nested(BillingSchema, required=True)


_TERMS = TermsSchema()


def check_terms(terms: Terms) -> Terms:
    """Give the terms back when every member is as it must be, and all of them agree with each other.

    Raises:
        TermsInvalid: names every fault with its member.
        PricePlanInvalid, NotEnforceableYet, ContractIdInvalid: as their readers say.
    """
    document = terms.document
    own = {name: value for name, value in document.items() if name not in AGREED}
    try:
        loaded = _TERMS.load(own)
    except ValidationError as error:
        raise TermsInvalid(faults_of(error, TermsSchema, page=PAGE)) from error
    # What is left out would be filled in by a reader, and so would not be what was signed.
    if loaded != own or check_draft(draft_of(document)) != draft_of(document):
        raise TermsInvalid([FieldProblem("terms", "A member is missing or not in its one form.", PAGE)])
    require_contract_id(document["contract_id"])
    if problems := _contradictions(document):
        raise TermsInvalid(problems)
    return terms


def says_what_was_agreed(terms: Terms, draft: Mapping[str, Any]) -> bool:
    """Whether the terms say what an accepted draft with the exchange's fee says, and nothing else of it."""
    fee = terms.document["billing"]["platform_fee_bp"]
    return {**draft_of(terms.document), "platform_fee_bp": fee} == draft


def draft_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The draft that a terms document was made of, without the exchange's fee."""
    payment = {name: document["billing"][name] for name in PaymentSchema._declared_fields}  # noqa: SLF001
    return {
        **{name: document[name] for name in AGREED},
        **{name: document["permission"][name] for name in GRANTED},
        "revision_policy": document["subject"]["revision_policy"],
        "price_plan": document["price_plan"],
        "payment": payment,
    }


def _contradictions(document: dict[str, Any]) -> list[FieldProblem]:
    permission, problems = document["permission"], []
    if sorted(party["role"] for party in document["parties"]) != sorted(ROLES):
        problems.append(FieldProblem("parties", "Each of the three roles has one party.", PAGE))
    if permission["valid_until"] != permission["valid_from"] + permission["days"] * DAY_MS:
        problems.append(FieldProblem("permission.valid_until", "The term is not the agreed days.", PAGE))
    if document["template"]["id"] != f"wdx-{document['kind']}":
        problems.append(FieldProblem("template.id", "The template is of another kind.", PAGE))
    if document["prohibitions"] != prohibitions_of(document["rights"]):
        problems.append(FieldProblem("prohibitions", "They are not those that the rights leave.", PAGE))
    if document["policy"] != policy_of(document):
        problems.append(FieldProblem("policy", "It is not the policy that the members make.", PAGE))
    return problems
