"""The types a cell can have, how each is written, and how it is read."""

from dataclasses import dataclass

from exchange.datasets.schema import FieldType

_DATE = r"[1-9]\d{3}[-/]\d{1,2}[-/]\d{1,2}"
_CLOCK = r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?"


@dataclass(frozen=True)
class Kind:
    """A type as it is written in text: what a cell must look like, and how it is read.

    `pattern`, `parse` and `test` have `{0}` where the trimmed cell or the raw column stands.
    """

    type: FieldType
    pattern: str
    parse: str
    rule: str
    test: str = "true"
    zone: str | None = None


@dataclass(frozen=True)
class Column:
    """How one raw column is read: `value` gives the typed cell, `sound` whether a non-empty cell is allowed."""

    name: str
    type: FieldType
    value: str
    filled: str = "true"
    sound: str = "true"
    rule: str = ""
    zone: str | None = None


INTEGER = Kind(
    "integer",
    r"[+-]?(0|[1-9]\d{0,18})",
    "TRY_CAST({0} AS BIGINT)",
    "a whole number without leading zeros, in 64 bits",
)
NUMBER = Kind(
    "number",
    r"[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?",
    "TRY_CAST({0} AS DOUBLE)",
    "a number such as 12.5, without unit or thousands separator; empty when missing",
    # A double would silently change the last digits of a long row of digits.
    test=r"isfinite({parsed}) AND NOT regexp_full_match({0}, '[+-]?\d{{16,}}')",
)
KINDS = (
    Kind("boolean", "(?i)true|false", "TRY_CAST({0} AS BOOLEAN)", "true or false"),
    INTEGER,
    NUMBER,
    Kind(
        "month",
        r"[1-9]\d{3}[-/]\d{1,2}",
        "TRY_CAST(replace({0}, '/', '-') || '-01' AS DATE)",
        "a month such as 2026-06",
    ),
    Kind("date", _DATE, "TRY_CAST({0} AS DATE)", "a date such as 2026-06-30"),
    Kind(
        "timestamp",
        f"{_DATE}({_CLOCK})?",
        "TRY_CAST({0} AS TIMESTAMP)",
        "a time such as 2026-06-30 23:45:00",
    ),
    Kind(
        "timestamp",
        rf"{_DATE}{_CLOCK}([zZ]|[+-]\d{{2}}(:?\d{{2}})?)",
        "TRY_CAST({0} AS TIMESTAMPTZ)",
        "a time with its offset such as 2026-06-30T23:45:00+08:00",
        zone="UTC",
    ),
)
