"""What a provider declares about a data set's quality: its calendar, how often it is renewed, its rules."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from exchange.core.errors import Invalid

CALENDAR_KINDS = ("continuous", "business-days", "china-business-days", "month", "quarter", "year")
RULE_KINDS = ("range", "allowed", "pattern", "unique", "not-null", "compare")
OPERATORS = ("<", "<=", "=", "<>", ">=", ">")

# Sixty years of holidays; a longer list would not be written by hand.
_MOST_DAYS = 1500
_MOST_RULES = 100
_MOST_VALUES = 1000
_DURATION = re.compile(
    r"^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$"
)
_DAY_S = 86_400


class DeclarationInvalid(Invalid):
    """What was declared about quality is not written as it must be, or does not fit the columns."""

    code = "quality-declaration-invalid"


@dataclass(frozen=True)
class Declaration:
    """Everything is optional; what is not declared is found in the data or left unjudged.

    `holidays` and `working_days` change the Monday-to-Friday week. `zone` is where naive times are local.
    `label` says whether a time stands for the interval that begins or that ends there. `update_every` and
    `latency` are ISO 8601 durations. `sample` is False when no sample may be published.
    """

    kind: str | None = None
    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()
    zone: str | None = None
    label: str | None = None
    update_every: str | None = None
    latency: str | None = None
    rules: tuple[dict[str, Any], ...] = field(default=(), hash=False)
    sample: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the declaration as plain values of the canonical profile."""
        return {
            "calendar": {
                "kind": self.kind,
                "holidays": sorted(day.isoformat() for day in self.holidays),
                "working_days": sorted(day.isoformat() for day in self.working_days),
                "zone": self.zone,
                "label": self.label,
            },
            "update_every": self.update_every,
            "latency": self.latency,
            "rules": list(self.rules),
            "sample": self.sample,
        }

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a declaration as it is written in a file, a request or the database.

        Raises:
            DeclarationInvalid: it is not written as it must be; the field is named.
        """
        try:
            loaded: dict[str, Any] = DeclarationSchema().load(value)  # type: ignore[arg-type]
        except ValidationError as error:
            name, fault = _first_fault(error.messages)
            raise DeclarationInvalid(
                f"the declaration of quality is wrong at {name or 'its top'}: {fault}",
                field=name or None,
                remedy="See docs/reference/quality.md for its members.",
            ) from error
        return cls.from_loaded(loaded)

    @classmethod
    def from_loaded(cls, loaded: dict[str, Any]) -> Self:
        """Make a declaration of what `DeclarationSchema` has loaded."""
        calendar = loaded["calendar"]
        return cls(
            kind=calendar["kind"],
            holidays=frozenset(calendar["holidays"]),
            working_days=frozenset(calendar["working_days"]),
            zone=calendar["zone"],
            label=calendar["label"],
            update_every=loaded["update_every"],
            latency=loaded["latency"],
            rules=tuple(loaded["rules"]),
            sample=loaded["sample"],
        )


class _DecimalText(fields.Field[str]):
    """A bound, kept as text so that it has one spelling; a JSON float is refused as it is everywhere."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        text = str(value) if type(value) in {int, str} else ""
        if re.fullmatch(r"-?\d{1,30}(\.\d{1,30})?", text):
            return text
        raise ValidationError("Write a whole number, or a decimal number as text such as '12.5'.")


class CalendarSchema(Schema):
    """Which times the series should have."""

    kind = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(CALENDAR_KINDS))
    holidays = fields.List(fields.Date(), load_default=list, validate=validate.Length(max=_MOST_DAYS))
    working_days = fields.List(fields.Date(), load_default=list, validate=validate.Length(max=_MOST_DAYS))
    zone = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 60))
    label = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["start", "end"]))

    @validates_schema
    def _zone_is_known(self, data: dict[str, Any], **_: Any) -> None:
        try:
            ZoneInfo(data.get("zone") or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValidationError("No such time zone; write it like Asia/Shanghai.", "zone") from None


class RuleSchema(Schema):
    """One rule that every row should keep; an empty cell breaks `not-null` only."""

    kind = fields.String(required=True, validate=validate.OneOf(RULE_KINDS))
    column = fields.String(validate=validate.Length(1, 200))
    columns = fields.List(fields.String(validate=validate.Length(1, 200)), validate=validate.Length(1, 8))
    min = _DecimalText()
    max = _DecimalText()
    values = fields.List(
        fields.String(validate=validate.Length(max=200)), validate=validate.Length(1, _MOST_VALUES)
    )
    pattern = fields.String(validate=validate.Length(1, 500))
    operator = fields.String(validate=validate.OneOf(OPERATORS))
    other = fields.String(validate=validate.Length(1, 200))

    @validates_schema
    def _has_its_members(self, data: dict[str, Any], **_: Any) -> None:
        kind = data.get("kind", "")
        needed = _MEMBERS.get(kind, ((), ()))
        missing = [name for name in needed[0] if name not in data]
        if kind == "range" and not {"min", "max"} & data.keys():
            missing.append("min")
        if missing:
            raise ValidationError(f"A rule of kind {kind} needs it.", missing[0])
        extra = sorted(data.keys() - {"kind", *needed[0], *needed[1]})
        if extra:
            raise ValidationError(f"A rule of kind {kind} does not have it.", extra[0])


#: The members a rule must have, and those it may have.
_MEMBERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "range": (("column",), ("min", "max")),
    "allowed": (("column", "values"), ()),
    "pattern": (("column", "pattern"), ()),
    "unique": (("columns",), ()),
    "not-null": (("column",), ()),
    "compare": (("column", "operator", "other"), ()),
}


def _is_duration(text: str) -> None:
    if duration_s(text) == 0:
        raise ValidationError("Write a duration as ISO 8601 does, such as P1D or PT15M.")


class DeclarationSchema(Schema):
    """What a provider declares about a data set's quality."""

    calendar = fields.Nested(CalendarSchema, load_default=lambda: CalendarSchema().load({}))
    update_every = fields.String(load_default=None, allow_none=True, validate=_is_duration)
    latency = fields.String(load_default=None, allow_none=True, validate=_is_duration)
    rules = fields.List(
        fields.Nested(RuleSchema), load_default=list, validate=validate.Length(max=_MOST_RULES)
    )
    sample = fields.Boolean(load_default=True, truthy={True}, falsy={False})


def duration_s(text: str) -> int:
    """Seconds in an ISO 8601 duration, a month counted as 31 days and a year as 366; 0 when it is none."""
    match = _DURATION.match(text)
    if match is None or text.endswith("T"):
        return 0
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    whole_days = 366 * years + 31 * months + 7 * weeks + days
    return whole_days * _DAY_S + 3600 * hours + 60 * minutes + seconds


def _first_fault(messages: Any, path: str = "") -> tuple[str, str]:
    if isinstance(messages, dict):
        for key, value in messages.items():
            inner = path if key == "_schema" else f"{path}.{key}" if path else str(key)
            return _first_fault(value, inner)
    if isinstance(messages, list) and messages:
        return _first_fault(messages[0], path)
    return path, str(messages)
