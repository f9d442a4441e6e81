"""The form of a declaration: from the fields of a page to what the API takes."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from contracts.declarations.errors import AlreadyDeclared
from contracts.declarations.schemas import DeclareRevenueSchema
from exchange.core.errors import DomainError
from exchange.core.i18n import gettext
from exchange.core.money import AmountInvalid, format_yuan, parse_yuan

_MOST_DIGITS = 10
#: Of what the API takes: the field of the page that gives it.
_FIELDS = {"period": "month", "corrects": "month", "revenue_fen": "revenue"}


def read_form(form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The declaration that a form describes, and per field what is wrong with it."""
    values = {name: form.get(name, "").strip() for name in form}
    month, _, number = values.get("month", "").partition("/")
    content: dict[str, Any] = {
        "period": month,
        "covers": values.get("covers", ""),
        "evidence": values.get("evidence", ""),
        "evidence_sha256": values.get("evidence_sha256", "").lower() or None,
        "corrects": int(number) if number.isdecimal() and len(number) < _MOST_DIGITS else None,
    }
    errors: dict[str, str] = {}
    try:
        content["revenue_fen"] = parse_yuan(values.get("revenue", ""), field="revenue")
    except AmountInvalid:
        errors["revenue"] = gettext("Write an amount in yuan, such as 5000 or 5000.50.")
        content["revenue_fen"] = 0
    try:
        return dict(DeclareRevenueSchema().load(content)), errors
    except ValidationError as error:
        for name, messages in error.messages_dict.items():
            words = _hints().get(name) or " ".join(map(str, messages))
            errors.setdefault(_FIELDS.get(name, name), words)
        return {}, errors


def errors_of(refusal: DomainError) -> dict[str, str]:
    """The fields of the page that a refusal is about; the empty name for the whole of it."""
    sentence = f"{refusal.detail.rstrip('.')}. {refusal.remedy or ''}".strip()
    if isinstance(refusal, AlreadyDeclared):
        # The form that is shown again names the declaration that stands now.
        amount = format_yuan(refusal.context["revenue_fen"])
        sentence = gettext(
            "Meanwhile ¥%(amount)s was declared for this month. Send the form again to replace it.",
            amount=amount,
        )
    return {_FIELDS.get(refusal.field or "", refusal.field or ""): sentence}


def _hints() -> dict[str, str]:
    return {
        "period": gettext("Choose a month."),
        "covers": gettext("Say in 1 to 500 characters what the revenue comes from."),
        "evidence": gettext("Write at most 2,000 characters."),
        "evidence_sha256": gettext("Write the digest in 64 hexadecimal digits."),
    }
