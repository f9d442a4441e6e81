"""Columns that come with a type of their own, from Parquet."""

from exchange.datasets.errors import UnreadableSource
from exchange.datasets.ingest.kinds import INTEGER, NUMBER, Column

_WHOLE = {
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "HUGEINT",
}
_NAIVE = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
_CENTURIES = "BETWEEN DATE '1000-01-01' AND DATE '9999-12-31'"


def read_engine_column(index: int, name: str, engine_type: str, *, file: str) -> Column:
    raw = f"c{index}"
    column = _engine_number(name, raw, engine_type) or _engine_time(name, raw, engine_type)
    if column is not None:
        return column
    if engine_type == "BOOLEAN":
        return Column(name, "boolean", raw)
    if engine_type in {"VARCHAR", "UUID", "NULL"} or engine_type.startswith("ENUM"):
        return Column(name, "text", f"nullif(CAST({raw} AS VARCHAR), '')")
    raise UnreadableSource(
        f"{file}: column {name} has the type {engine_type}, which is not taken in.",
        field=name,
        remedy="Write it as text, a number that fits a double, a date, a timestamp or a boolean.",
    )


def _engine_number(name: str, raw: str, engine_type: str) -> Column | None:
    filled = f"{raw} IS NOT NULL"
    if engine_type in _WHOLE:
        value = f"TRY_CAST({raw} AS BIGINT)"
        return Column(name, "integer", value, filled, f"{value} IS NOT NULL", INTEGER.rule)
    if engine_type in {"DOUBLE", "FLOAT"}:
        return Column(name, "number", f"CAST({raw} AS DOUBLE)", filled, f"isfinite({raw})", NUMBER.rule)
    if engine_type.startswith("DECIMAL") and _fits_double(engine_type):
        return Column(name, "number", f"CAST({raw} AS DOUBLE)")
    return None


def _engine_time(name: str, raw: str, engine_type: str) -> Column | None:
    filled, sound = f"{raw} IS NOT NULL", f"CAST({raw} AS DATE) {_CENTURIES}"
    if engine_type == "DATE":
        return Column(name, "date", raw, filled, sound, "a date of the years 1000 to 9999")
    rule = "a time of the years 1000 to 9999 in whole microseconds"
    if engine_type == "TIMESTAMP_NS":
        sound += f" AND epoch_ns({raw}) % 1000 = 0"
    if engine_type in _NAIVE:
        return Column(name, "timestamp", f"CAST({raw} AS TIMESTAMP)", filled, sound, rule)
    if engine_type == "TIMESTAMP WITH TIME ZONE":
        return Column(name, "timestamp", raw, filled, sound, rule, zone="UTC")
    return None


def _fits_double(engine_type: str) -> bool:
    # Every decimal of at most fifteen digits comes back from a double as it was.
    return int(engine_type.removeprefix("DECIMAL(").partition(",")[0]) <= 15
