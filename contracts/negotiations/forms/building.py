"""From a draft to the fields of a form: the schema says what kind each one is, so a new member needs a label only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields, missing, validate

from contracts.negotiations.forms.labels import code_label, group_label, label_of
from contracts.terms.draft import DraftSchema
from contracts.terms.groups import GROUPS, WorkSchema

#: Whole documents of their own, which forms leave to the API and the command.
_NO_FIELD = {"price_plan", "annexes", "row_filter", *GROUPS, "work"}
#: A text up to this length has one line.
_ONE_LINE = 200


@dataclass(frozen=True)
class Listed:
    """What the listing lets people choose from."""

    purposes: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Listed":
        """The choices in a listing's content."""
        return cls(
            purposes=tuple(content["usage_policy"]["purposes"]),
            scenarios=tuple(content["scenarios"]),
            columns=tuple(item["name"] for item in content["schema"]["fields"]),
            modes=tuple(content["delivery_modes"]),
        )

    def of_member(self, member: str) -> tuple[str, ...]:
        """The values that the listing permits for a member; empty where it says nothing."""
        named = {"purpose": "purposes", "scenario": "scenarios", "columns": "columns"}
        return getattr(self, {**named, "delivery_modes": "modes"}.get(member, ""), ())


@dataclass(frozen=True)
class FormField:
    """One field: the member it stands for, and what it holds now.

    `kind` is number, line, text, lines, choice or choices; `value` is its text, `chosen` the codes of a choice.
    """

    member: str
    kind: str
    value: str = ""
    chosen: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    is_flag: bool = False
    may_be_empty: bool = False
    #: Left empty it says nothing at all, which is not the same as an empty text.
    may_be_null: bool = False

    @property
    def label(self) -> str:
        return label_of(self.member)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Code and words of everything that can be chosen."""
        return [(code, code_label(code)) for code in self.codes]


@dataclass(frozen=True)
class FieldGroup:
    """Fields under one heading."""

    name: str
    fields: list[FormField] = field(default_factory=list)

    @property
    def label(self) -> str:
        return group_label(self.name)


def groups_of(draft: Mapping[str, Any], listed: Listed) -> list[FieldGroup]:
    """Every member of a draft that a form can hold, group by group, filled with what it says now."""
    own = {name: item for name, item in _declared(DraftSchema).items() if name not in _NO_FIELD}
    groups = [FieldGroup("", list(_fields("", own, draft, listed)))]
    schemas: dict[str, type[Schema]] = {**GROUPS, "work": WorkSchema}
    for name, schema in schemas.items():
        groups.append(
            FieldGroup(name, list(_fields(name, _declared(schema), draft.get(name) or {}, listed)))
        )
    return groups


def _declared(schema: type[Schema]) -> Mapping[str, Any]:
    return schema._declared_fields  # noqa: SLF001 - the one declaration of the members


def _fields(
    group: str, declared: Mapping[str, Any], values: Mapping[str, Any], listed: Listed
) -> Iterator[FormField]:
    for name, item in declared.items():
        member = f"{group}.{name}" if group else name
        usual = None if item.load_default is missing else item.load_default
        made = _field(member, item, values.get(name, usual), listed.of_member(member))
        if made is not None:
            yield made


def _field(member: str, item: Any, value: Any, listed: tuple[str, ...]) -> FormField | None:
    """The field of a member; None where there is nothing to choose."""
    empty = bool(item.allow_none) or (not item.required and not isinstance(item, fields.Integer))
    if isinstance(item, fields.List):
        codes = listed or _codes(item.inner)
        chosen = tuple(value or ())
        if codes:
            return FormField(member, "choices", chosen=chosen, codes=codes, may_be_empty=empty)
        return FormField(member, "lines", value="\n".join(chosen), may_be_empty=empty)
    if isinstance(item, fields.Boolean):
        if any(isinstance(rule, validate.Equal) for rule in item.validators):
            return None
        chosen = () if value is None else (str(bool(value)).lower(),)
        return FormField(member, "choice", chosen=chosen, codes=("true", "false"), is_flag=True)
    text = "" if value is None else str(value)
    codes = listed or _codes(item)
    if codes:
        is_one = len(codes) == 1 and not listed
        return None if is_one else FormField(member, "choice", chosen=(text,), codes=codes)
    kind = (
        "number" if isinstance(item, fields.Integer) else "text" if _longest(item) > _ONE_LINE else "line"
    )
    return FormField(member, kind, value=text, may_be_empty=empty, may_be_null=bool(item.allow_none))


def _codes(item: Any) -> tuple[str, ...]:
    for rule in item.validators:
        if isinstance(rule, validate.OneOf):
            return tuple(str(code) for code in rule.choices)
    return ()


def _longest(item: Any) -> int:
    return max((rule.max or 0 for rule in item.validators if isinstance(rule, validate.Length)), default=0)
