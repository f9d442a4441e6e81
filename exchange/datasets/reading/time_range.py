"""A half-open range of time as buyers write it, and as the engine is asked."""

import re
from datetime import datetime

from exchange.datasets.engine import identifier
from exchange.datasets.errors import TimeRangeInvalid
from exchange.datasets.schema import Field, Schema

_ENGINE_TYPES = {
    ("timestamp", None): "TIMESTAMP",
    ("timestamp", "UTC"): "TIMESTAMPTZ",
    ("date", None): "DATE",
    ("month", None): "DATE",
}
_DATE = r"\d{4}-\d{2}-\d{2}"
_MONTH_LENGTH = len("2026-06")
_CLOCK = r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"


def time_condition(schema: Schema, time_from: str | None, time_to: str | None) -> tuple[str, list[str]]:
    """Return the condition to append to a WHERE clause and its parameters.

    Raises:
        TimeRangeInvalid: a bound is not in the format of the time field, or there is no time field.
    """
    condition, bounds = "", []
    for name, text, comparison in (("time_from", time_from, ">="), ("time_to", time_to, "<")):
        if text is None:
            continue
        if schema.time is None:
            raise TimeRangeInvalid(
                "These rows have no time to choose by.", field=name, remedy="Leave the time range out."
            )
        bounds.append(_bound(schema.time, name, text))
        engine_type = _ENGINE_TYPES[schema.time.type, schema.time.zone]
        condition += f" AND {identifier(schema.time.name)} {comparison} CAST(? AS {engine_type})"
    return condition, bounds


def require_time_range(schema: Schema, time_from: str | None, time_to: str | None) -> None:
    """Refuse bounds that these rows cannot be asked for with.

    Raises:
        TimeRangeInvalid: a bound is not in the format of the time field, or there is no time field.
    """
    time_condition(schema, time_from, time_to)


def is_before(first: str, second: str) -> bool:
    """Whether one time of a field lies before another one of the same field."""
    return instant(first) < instant(second)


def instant(text: str) -> datetime:
    """Read a time as it is delivered, so that two of one field can be compared."""
    # A month is its first day.
    return datetime.fromisoformat(f"{text}-01" if len(text) == _MONTH_LENGTH else text)


def _bound(time: Field, name: str, text: str) -> str:
    pattern, example = _format(time)
    full = f"{text}-01" if time.type == "month" else text
    if re.fullmatch(pattern, text, re.ASCII) is None or not _exists(full):
        raise TimeRangeInvalid(
            f"{name} is {text!r}; column {time.name} is asked for like {example}.",
            field=name,
            remedy=f"Write it like {example}.",
        )
    return full


def _format(time: Field) -> tuple[str, str]:
    if time.type == "month":
        return r"\d{4}-\d{2}", "2026-06"
    if time.type == "date":
        return _DATE, "2026-06-30"
    if time.zone is None:
        return rf"{_DATE}([T ]{_CLOCK})?", "2026-06-30T23:45:00 (no zone: the series states none)"
    return rf"{_DATE}[T ]{_CLOCK}(Z|[+-]\d{{2}}:\d{{2}})", "2026-06-30T15:45:00Z (with its offset)"


def _exists(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
