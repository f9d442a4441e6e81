"""The form of a proposal: the members that people change most; every other one is changed over API and command."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange.core.errors import Invalid
from exchange.core.i18n import gettext


@dataclass(frozen=True)
class FormField:
    """One field: the member it stands for, its label, what it holds now."""

    member: str
    label: str
    value: str
    is_number: bool = True
    may_be_empty: bool = False


def fields_of(draft: Mapping[str, Any]) -> list[FormField]:
    """The fields, filled from the last draft."""
    return [
        _field(draft, "days", gettext("Days")),
        _field(draft, "max_rows", gettext("Rows granted"), may_be_empty=True),
        _field(draft, "max_calls", gettext("Deliveries granted"), may_be_empty=True),
        _field(draft, "acceptance.days", gettext("Days of inspection")),
        _field(draft, "payment.due_days", gettext("Days to pay")),
        _field(draft, "end.destruction_days", gettext("Days until deletion")),
        _field(draft, "confidentiality.years", gettext("Years of confidentiality")),
        _field(draft, "liability.cap_percent", gettext("Limit of liability in percent"), may_be_empty=True),
        _field(draft, "change.notice_days", gettext("Days of notice")),
        _field(draft, "special_terms", gettext("Other arrangements"), is_number=False, may_be_empty=True),
    ]


def read_changes(form: Mapping[str, str], draft: Mapping[str, Any]) -> dict[str, Any]:
    """The members that differ from the last draft.

    Raises:
        Invalid: a field that takes a whole number holds something else.
    """
    changes: dict[str, Any] = {}
    for item in fields_of(draft):
        text = form.get(item.member, item.value).strip().replace("\r\n", "\n")
        if text == item.value:
            continue
        group, _, member = item.member.rpartition(".")
        target = changes.setdefault(group, {}) if group else changes
        target[member] = _number(item, text) if item.is_number else text
    return changes


def _field(draft: Mapping[str, Any], member: str, label: str, **kind: bool) -> FormField:
    value: Any = draft
    for step in member.split("."):
        value = value[step]
    return FormField(member, label, "" if value is None else str(value), **kind)


def _number(item: FormField, text: str) -> int | None:
    if not text and item.may_be_empty:
        return None
    if not text.isascii() or not text.isdecimal():
        raise Invalid(
            f"{item.label}: {text!r} is no whole number", field=item.member, remedy="Write digits only."
        )
    return int(text)
