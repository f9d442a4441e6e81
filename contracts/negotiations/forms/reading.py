"""From a posted form back to changes: what differs from the draft, and nothing else."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from contracts.negotiations.forms.building import FieldGroup, FormField
from contracts.terms import TermsInvalid
from exchange.core.errors import DomainError, FieldProblem
from exchange.core.i18n import gettext

#: Names the check boxes that the form shows: those left empty are not sent by a browser.
SHOWN = "shown"


class Posted(Protocol):
    """What a browser sends: several values under one name."""

    def getlist(self, key: str) -> list[str]:
        """Every value under a name."""


def read_changes(form: Posted, groups: Iterable[FieldGroup], draft: Mapping[str, Any]) -> dict[str, Any]:
    """The members that the form says otherwise than the draft; those it does not show stay as they are.

    Raises:
        TermsInvalid: names every field that takes a whole number and holds something else.
    """
    changes: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for item in (item for group in groups for item in group.fields):
        try:
            if (said := _said(form, item)) is not None:
                _put(changes, item.member, _value(item, said))
        except ValueError:
            told = gettext("%(text)s is no whole number.", text=f"“{said[0]}”" if said else "")
            problems.append(FieldProblem(item.member, told, gettext("Write digits only.")))
    if problems:
        raise TermsInvalid(problems)
    if "work" in changes:
        # The task is one document: it is sent whole, with what the draft has of it already.
        changes["work"] = {**(draft.get("work") or {}), **changes["work"]}
    return changes


def refilled(form: Posted, groups: Iterable[FieldGroup]) -> list[FieldGroup]:
    """The form as it was sent, so that nothing typed is lost by a refusal."""
    return [FieldGroup(group.name, [_as_sent(form, item) for item in group.fields]) for group in groups]


def faults_of_fields(refusal: DomainError) -> tuple[dict[str, str], list[str]]:
    """What was refused: told beside its field where it has one, and as a whole otherwise."""
    problems = getattr(refusal, "problems", None) or [
        FieldProblem(refusal.field or "", refusal.detail, refusal.remedy)
    ]
    beside, whole = {}, []
    for problem in problems:
        told = " ".join(filter(None, (problem.message, problem.remedy)))
        if problem.field:
            beside[problem.field] = told
        whole.append(f"{problem.field}: {told}" if problem.field else told)
    return beside, whole


def _said(form: Posted, item: FormField) -> list[str] | None:
    """The texts of a field that differ from what it was filled with; None for no difference."""
    sent = [text.strip().replace("\r\n", "\n") for text in form.getlist(item.member)]
    if item.kind == "choices":
        if item.member not in form.getlist(SHOWN) or set(sent) == set(item.chosen):
            return None
        return [code for code in item.codes if code in sent] + [
            code for code in sent if code not in item.codes
        ]
    if not sent or sent[0] == (item.chosen[0] if item.chosen else item.value):
        return None
    return sent[:1]


def _value(item: FormField, said: list[str]) -> Any:
    if item.kind == "choices":
        return said
    text = said[0]
    if item.kind == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if item.is_flag:
        return text == "true"
    if item.kind == "number":
        return None if not text and item.may_be_null else _number(text)
    return text or (None if item.may_be_null else "")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise ValueError(text)
    return int(text)


def _put(changes: dict[str, Any], member: str, value: Any) -> None:
    group, _, name = member.rpartition(".")
    target = changes.setdefault(group, {}) if group else changes
    target[name] = value


def _as_sent(form: Posted, item: FormField) -> FormField:
    sent = form.getlist(item.member)
    if item.kind == "choices":
        chosen = tuple(sent) if item.member in form.getlist(SHOWN) else item.chosen
        return FormField(**{**vars(item), "chosen": chosen})
    if not sent:
        return item
    if item.kind == "choice":
        return FormField(**{**vars(item), "chosen": (sent[0],)})
    return FormField(**{**vars(item), "value": sent[0]})
