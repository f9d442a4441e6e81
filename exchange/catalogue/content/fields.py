"""Kinds of members of a listing; each says in its refusal what to write instead."""

import re
from datetime import date
from typing import Any, Self

from marshmallow import Schema, ValidationError, fields, validate

from exchange.catalogue.codes import get_table

_DURATION = re.compile(
    r"^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$", re.ASCII
)
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
#: Control characters but for tab and line end; PostgreSQL cannot keep NUL, and nobody can read the others.
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


class Message(str):
    """A refusal that carries its own remedy."""

    __slots__ = ("remedy",)
    remedy: str

    def __new__(cls, text: str, remedy: str) -> Self:
        message = super().__new__(cls, text)
        message.remedy = remedy
        return message


class Text(fields.String):
    """A text of bounded length without control characters."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        if least == 0:
            options.setdefault("load_default", "")
        else:
            options.setdefault("required", "load_default" not in options)
        super().__init__(validate=validate.Length(least, most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if _UNREADABLE.search(text):
            raise ValidationError(Message("Control characters are not permitted.", "Write plain text."))
        return text


class Code(fields.String):
    """A code of one of the tables; free text is refused with the table's name."""

    def __init__(self, table: str, **options: Any) -> None:
        self.table = table
        metadata = {"description": f"Code of the table `{table}`", **options.pop("metadata", {})}
        super().__init__(metadata=metadata, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        table = get_table(self.table)
        if text not in table:
            remedy = f"Use a code of the table; `wdx codes {self.table}` lists them."
            raise ValidationError(Message(f"{text!r} is no code of the table {self.table}.", remedy))
        return text


class Duration(fields.String):
    """A length of time after ISO 8601, such as PT15M or P1D."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not _DURATION.match(text):
            raise ValidationError(
                Message(f"{text!r} is no ISO 8601 duration.", "Write it like PT15M, PT1H, P1D or P1M.")
            )
        return text


class Day(fields.String):
    """A calendar day, YYYY-MM-DD."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not _is_day(text):
            raise ValidationError(Message(f"{text!r} is no calendar day.", "Write it like 2026-12-31."))
        return text


class Flag(fields.Boolean):
    """True or false, not a word for it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(truthy={True}, falsy={False}, **options)


def whole(least: int, most: int, **options: Any) -> fields.Integer:
    """A whole number in a range."""
    return fields.Integer(strict=True, validate=validate.Range(least, most), **options)


def texts(most: int, *, longest: int, least: int = 0, **options: Any) -> fields.List[str]:
    """A bounded list of texts."""
    if not options.get("required"):
        options.setdefault("load_default", list)
    return fields.List(Text(1, longest), validate=validate.Length(least, most), **options)


def codes(table: str, *, default: tuple[str, ...], least: int = 0) -> fields.List[str]:
    """A list of different codes."""
    return fields.List(
        Code(table),
        load_default=lambda: list(default),
        validate=[validate.Length(least, len(get_table(table))), _all_different],
    )


def group(schema: type[Schema], **options: Any) -> fields.Nested:
    """A group of members; left out, every member has its default."""
    return fields.Nested(schema, load_default=lambda: schema().load({}), **options)


def optional_group(schema: type[Schema], **options: Any) -> fields.Nested:
    """A group that may be absent as a whole: null."""
    return fields.Nested(schema, load_default=None, allow_none=True, **options)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return _DAY.match(text) is not None


def _all_different(values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError(Message("A code stands here twice.", "Name every code once."))
