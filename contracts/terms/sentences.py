"""The clauses' sentences: of which members each is made, when it stands there, and which limit it says."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.terms.constraints import Document
from contracts.terms.values import DIMENSIONS

#: Gives the name under which the wording has the sentence, or None where it does not stand in the contract.
Choice = Callable[[Document], str | None]


@dataclass(frozen=True)
class Sentence:
    """One sentence of a clause."""

    choose: Choice
    members: tuple[str, ...]
    #: Code of the machine-read limit that it says in words.
    constraint: str | None = None


def always(name: str, *members: str, constraint: str | None = None) -> Sentence:
    """A sentence that stands in every contract."""
    return Sentence(lambda _: name, members, constraint)


def given(
    name: str, member: str, *, constraint: str | None = None, otherwise: str | None = None
) -> Sentence:
    """A sentence that stands there when its member says something, and perhaps another one when not."""
    return Sentence(lambda document: name if _at(document, member) else otherwise, (member,), constraint)


def by_value(prefix: str, member: str) -> Sentence:
    """A sentence of several, by the value of its member."""
    return Sentence(lambda document: f"{prefix}_{_at(document, member)}", (member,))


def _at(document: Document, path: str) -> object:
    value: object = document
    for step in path.split("."):
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return None if value in ([], "") else value


def _forbidden(code: str) -> Sentence:
    return Sentence(
        lambda document: code if code in document["prohibitions"] else None, ("prohibitions",), code
    )


def _period(document: Document) -> str:
    return "period_draft" if document["permission"]["valid_from"] is None else "period"


def _scores(document: Document) -> str:
    return "scores" if any(document["quality"][name] is not None for name in DIMENSIONS) else "scores_none"


def _data_range(document: Document) -> str | None:
    permission = document["permission"]
    bounded = permission["data_from"] is not None or permission["data_to"] is not None
    return "data_range" if bounded else None


def _registered(document: Document) -> str | None:
    subject = document["subject"]
    return "registered" if subject["certificate_no"] or subject["handle"] else None


def _share(document: Document) -> str | None:
    return None if document["work"]["provider_share_bp"] is None else "share"


_PERMISSION = "permission"
#: In the order of the contract.
CLAUSES: dict[str, tuple[Sentence, ...]] = {
    "parties": (always("list", "parties"), always("identity", "parties")),
    "subject": (
        always("data", "kind", "subject.listing_id", "subject.listing_version", "subject.listing_digest"),
        always("revision", "subject.revision_policy", "subject.revision_sha256", "subject.schema_digest"),
        Sentence(_registered, ("subject.certificate_no", "subject.handle")),
        given("source", "subject.source_statement"),
    ),
    "work": (
        always("task", "work.task"),
        given("result", "work.result"),
        by_value("owner", "work.result_owner"),
        Sentence(_share, ("work.provider_share_bp",)),
    ),
    "rights": (
        always("grant", "kind"),
        given("exclusive", "rights.exclusive", otherwise="shared"),
        by_value("derived", "rights.derived_data"),
        given("derivation", "rights.derivation"),
        given("ai_training", "rights.ai_training"),
    ),
    "use": (
        always("purpose", "purpose", constraint="purpose"),
        always("scenario", "scenario"),
        given("territory", "rights.territory", constraint="territory"),
    ),
    "limits": (
        Sentence(
            _period,
            (f"{_PERMISSION}.days", f"{_PERMISSION}.valid_from", f"{_PERMISSION}.valid_until"),
            "period",
        ),
        always("recipient", "parties", constraint="recipient"),
        always("columns", f"{_PERMISSION}.columns", constraint="columns"),
        always("modes", f"{_PERMISSION}.delivery_modes", constraint="modes"),
        given("rows", f"{_PERMISSION}.max_rows", constraint="rows", otherwise="rows_none"),
        given("calls", f"{_PERMISSION}.max_calls", constraint="calls", otherwise="calls_none"),
        given("row_filter", f"{_PERMISSION}.row_filter", constraint="row_filter"),
        given("rate", f"{_PERMISSION}.calls_per_minute", constraint="rate"),
        Sentence(_data_range, (f"{_PERMISSION}.data_from", f"{_PERMISSION}.data_to"), "data_range"),
        given("networks", f"{_PERMISSION}.networks", constraint="networks"),
    ),
    "prohibitions": tuple(
        _forbidden(code) for code in ("onward_transfer", "sale", "derivation", "ai_training")
    ),
    "delivery": (
        always("way", "delivery.first_days"),
        by_value("completion", "delivery.completion"),
        given("availability", "delivery.availability_bp"),
        given("latency", "delivery.latency_ms"),
        given("freshness", "delivery.freshness"),
        given("support", "delivery.support"),
    ),
    "acceptance": (
        always("period", "acceptance.days"),
        always("use", "acceptance.use_is_acceptance"),
        given("silent", "acceptance.silent", otherwise="explicit"),
        given("redelivery", "acceptance.redeliveries"),
    ),
    "quality": (
        Sentence(_scores, tuple(f"quality.{name}" for name in DIMENSIONS)),
        always("remedies", "quality.remedies"),
    ),
    "price": (
        always("plan", "price_plan"),
        Sentence(
            lambda document: "tax_included" if document["billing"]["tax_included"] else "tax_added",
            ("billing.tax_included", "billing.tax_rate_bp"),
        ),
        always("fixed"),
    ),
    "payment": (
        always("cycle", "billing.cycle", "billing.time_zone", "billing.currency"),
        always("reconcile", "billing.reconcile_days", "billing.tolerance_ppm"),
        always("due", "billing.due_days"),
        given("late", "billing.late_interest_ppm"),
        always("fee", "billing.platform_fee_bp", "billing.fee_bearer"),
        by_value("invoice", "billing.invoice"),
    ),
    "security": (
        always("keep", "security.storage_region"),
        given("encryption", "security.encryption"),
        given("subprocessors", "security.subprocessors", otherwise="no_subprocessors"),
        always("incident", "security.incident_hours"),
        given("audit", "security.audit_right"),
        always("border", "security.cross_border"),
    ),
    "personal": (given("yes", "subject.contains_personal_information", otherwise="no"),),
    "confidentiality": (always("secret", "confidentiality.years"),),
    "end": (
        always("deletion", "end.destruction_days", constraint="deletion"),
        given("confirmation", "end.confirmation"),
    ),
    "liability": (
        always("damage"),
        given("cap", "liability.cap_percent", otherwise="uncapped"),
        given("penalty", "liability.penalty_percent"),
    ),
    "change": (
        always("version", "version", "replaces"),
        always("notice", "change.notice_days"),
        always("breach", "change.cure_days"),
        always("order"),
        always("renewal", "change.renewal"),
        given("renews", "renews"),
    ),
    "dispute": (
        always("talks", "dispute.negotiation_days"),
        given("mediation", "dispute.mediation"),
        Sentence(lambda document: str(document["dispute"]["forum"]), ("dispute.forum", "dispute.body")),
        always("law", "dispute.law"),
    ),
    "evidence": (
        always("bytes", "format"),
        by_value("language", "binding_language"),
        by_value("suite", "required_suite"),
        always("log", "template"),
    ),
    "special": (given("terms", "special_terms"), given("annexes", "annexes")),
}
