"""How the columns of an upload are to be read, as their owner declares it: the load schema."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self, get_args
from zoneinfo import available_timezones

from exchange.core.errors import Invalid
from exchange.datasets.schema import NUMERIC_TYPES, TEMPORAL_TYPES, FieldType

#: Names the form of the document; another form will have another number.
FORM = "wdx-load-schema/1"
#: Every value of the column carries its own offset.
OFFSET = "offset"
DECIMALS = (".", ",")
THOUSANDS = (",", ".", " ", "'", "\u00a0", "\u202f")
MAX_NULL_WORDS = 20

_TYPES = get_args(FieldType)
_MAX_NAME = 200


class LoadSchemaInvalid(Invalid):
    """The load schema is not one, or does not fit together; `field` names the member."""

    code = "load-schema-invalid"


@dataclass(frozen=True)
class ColumnRule:
    """How one column is read.

    `name` is its heading in the file, `rename` what it is called from now on. `null_words` are cells that
    mean a missing value, the empty cell always does. `zone` concerns timestamps: None when the times state
    none and none is added, `offset` when each value carries its own, or the zone in which they are
    written; of the latter two UTC is stored. `thousands` is None when digits are not grouped.
    """

    name: str
    type: FieldType
    rename: str | None = None
    unit: str | None = None
    nullable: bool = True
    null_words: tuple[str, ...] = ()
    zone: str | None = None
    decimal: str = "."
    thousands: str | None = None
    drop: bool = False

    @property
    def called(self) -> str:
        """The name of the column in the revision."""
        return self.rename or self.name

    def to_json(self) -> dict[str, Any]:
        """Return the rule as plain values of the canonical profile."""
        return {**vars(self), "null_words": list(self.null_words)}


@dataclass(frozen=True)
class LoadSchema:
    """The rules of all columns, which column is the time, and by which the rows are stored.

    `time_column` and `sort_by` use the names of the revision. Without `sort_by` the rows are stored by
    time, and without a time as they come.
    """

    columns: tuple[ColumnRule, ...]
    time_column: str | None = None
    sort_by: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the load schema as plain values of the canonical profile."""
        return {
            "form": FORM,
            "columns": [column.to_json() for column in self.columns],
            "time_column": self.time_column,
            "sort_by": list(self.sort_by),
        }

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Read what `to_json` wrote, or somebody by hand; members that are left out have their defaults.

        Raises:
            LoadSchemaInvalid: a member is unknown, of another type, or contradicts another.
        """
        members = _members(value, "", {"form", "columns", "time_column", "sort_by"})
        if members.get("form") != FORM:
            raise _invalid("form", f"is not {FORM}", f"Write `form: {FORM}`.")
        listed = members.get("columns")
        if not isinstance(listed, list) or not listed:
            raise _invalid("columns", "is no list of columns", "List every column of the file.")
        schema = cls(
            tuple(_column(item, f"columns[{number}]") for number, item in enumerate(listed)),
            _text_or_none(members, "", "time_column"),
            _texts(members, "", "sort_by"),
        )
        _check_names(schema)
        _check_order(schema)
        return schema


def _column(value: Any, path: str) -> ColumnRule:
    members = _members(value, path, {field.name for field in fields(ColumnRule)})
    name = _text_or_none(members, path, "name")
    if not name:
        raise _invalid(f"{path}.name", "is missing", "Write the heading as it stands in the file.")
    drop = _boolean(members, path, "drop", default=False)
    rule = ColumnRule(
        name=name,
        type=_choice(members, path, "type", _TYPES, "text" if drop else None),
        rename=_text_or_none(members, path, "rename"),
        unit=_text_or_none(members, path, "unit"),
        nullable=_boolean(members, path, "nullable", default=True),
        null_words=_texts(members, path, "null_words"),
        zone=_text_or_none(members, path, "zone"),
        decimal=_choice(members, path, "decimal", DECIMALS, "."),
        thousands=_choice(members, path, "thousands", THOUSANDS, None)
        if members.get("thousands") is not None
        else None,
        drop=drop,
    )
    _check_rule(rule, path)
    return rule


def _check_rule(rule: ColumnRule, path: str) -> None:
    if rule.zone is not None and rule.type != "timestamp":
        raise _invalid(f"{path}.zone", "is for timestamps only", "Leave it out.")
    if rule.zone not in {None, OFFSET} and rule.zone not in available_timezones():
        raise _invalid(f"{path}.zone", f"({rule.zone}) is no time zone", "Write it like Asia/Shanghai.")
    if rule.type not in NUMERIC_TYPES and (rule.decimal != "." or rule.thousands is not None):
        raise _invalid(f"{path}.decimal", "is for numbers only", "Leave decimal and thousands out.")
    if rule.decimal == rule.thousands:
        raise _invalid(f"{path}.thousands", "is the decimal sign too", "Choose two different signs.")
    if rule.null_words and not rule.nullable:
        raise _invalid(
            f"{path}.null_words",
            "mean a missing value, and the column is not nullable",
            "Leave them out, or set nullable to true.",
        )
    if len(rule.null_words) > MAX_NULL_WORDS:
        raise _invalid(f"{path}.null_words", f"are more than {MAX_NULL_WORDS}", "Keep the real ones.")
    for text in (*rule.null_words, rule.called, rule.unit or ""):
        if not text.isprintable() or len(text) > _MAX_NAME:
            raise _invalid(path, "holds control characters or a text over 200 characters", "Shorten it.")


def _check_names(schema: LoadSchema) -> None:
    names: set[str] = set()
    called: set[str] = set()
    for number, column in enumerate(schema.columns):
        if column.name in names:
            raise _invalid(f"columns[{number}].name", f"({column.name}) is there twice", "Keep one.")
        names.add(column.name)
        if column.drop:
            continue
        if column.called.casefold() in called:
            raise _invalid(
                f"columns[{number}].rename",
                f"({column.called}) is another column's name",
                "Choose another.",
            )
        called.add(column.called.casefold())
    if not called:
        raise _invalid("columns", "are all dropped", "Keep at least one.")


def _check_order(schema: LoadSchema) -> None:
    kept = {column.called: column for column in schema.columns if not column.drop}
    if schema.time_column is not None:
        time = kept.get(schema.time_column)
        if time is None:
            raise _invalid("time_column", f"({schema.time_column}) is no column", _choose(kept))
        if time.type not in TEMPORAL_TYPES or time.nullable:
            raise _invalid(
                "time_column",
                f"({time.called}) is no time without gaps",
                "Give it the type timestamp, date or month, and nullable: false.",
            )
    for name in schema.sort_by:
        if name not in kept:
            raise _invalid("sort_by", f"({name}) is no column", _choose(kept))
    if len(set(schema.sort_by)) != len(schema.sort_by):
        raise _invalid("sort_by", "names a column twice", "Name it once.")


def _choose(kept: Mapping[str, Any]) -> str:
    return f"Choose from: {', '.join(kept)}."


def _members(value: Any, path: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _invalid(path or "load schema", "is no mapping of members", "Write members with values.")
    for member in value:
        if member not in known:
            raise _invalid(
                f"{path}.{member}".strip("."),
                "is no member that is known",
                f"Known are: {', '.join(sorted(known))}.",
            )
    return value


def _text_or_none(members: dict[str, Any], path: str, name: str) -> str | None:
    value = members.get(name)
    if value is None or isinstance(value, str):
        return value or None
    raise _no_text(f"{path}.{name}".strip("."), value)


def _texts(members: dict[str, Any], path: str, name: str) -> tuple[str, ...]:
    value = members.get(name)
    where = f"{path}.{name}".strip(".")
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _invalid(where, "is no list", 'Write a list such as ["NA", "-"].')
    for item in value:
        if not isinstance(item, str) or not item:
            raise _no_text(where, item)
    return tuple(value)


def _no_text(where: str, value: Any) -> LoadSchemaInvalid:
    return _invalid(
        where, f"({value!r}) is no text", "Put texts into quotes; YAML reads no and 1 otherwise."
    )


def _boolean(members: dict[str, Any], path: str, name: str, *, default: bool) -> bool:
    value = members.get(name, default)
    if isinstance(value, bool):
        return value
    raise _invalid(f"{path}.{name}", "is neither true nor false", "Write true or false.")


def _choice(members: dict[str, Any], path: str, name: str, choices: tuple[Any, ...], default: Any) -> Any:
    value = members.get(name, default)
    if value in choices:
        return value
    raise _invalid(
        f"{path}.{name}",
        f"({value!r}) is not allowed" if value is not None else "is missing",
        f"Choose one of: {', '.join(map(repr, choices))}.",
    )


def _invalid(where: str, what: str, remedy: str) -> LoadSchemaInvalid:
    return LoadSchemaInvalid(f"load schema: {where} {what}.", field=where, remedy=remedy)
