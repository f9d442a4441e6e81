"""The quality profile of a revision: exact counts over all rows, as plain JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from exchange.datasets.engine import PARQUET, delivered_sql, exact_path, identifier, value_text
from exchange.datasets.quality.rhythm import describe_rhythm
from exchange.datasets.schema import Field, Schema

# A whole document in a cell is no useful minimum.
_TEXT_CHARACTERS = 120


def describe_quality(
    connection: duckdb.DuckDBPyConnection, parquet: Path | Sequence[Path], schema: Schema
) -> dict[str, Any]:
    """Count nulls, distinct values and extremes per column, and gaps and doubles along the time.

    Values are text, counts are integers: the profile has canonical bytes and can be signed.
    """
    path = exact_path(parquet)
    (rows,) = connection.execute(f"SELECT count(*) FROM {PARQUET}", [path]).fetchone() or (0,)  # noqa: S608
    return {
        "rows": rows,
        "columns": [_describe_column(connection, path, field, rows) for field in schema.fields],
        "time": None if schema.time is None else describe_rhythm(connection, path, schema.time),
    }


def _describe_column(
    connection: duckdb.DuckDBPyConnection, path: str | list[str], field: Field, rows: int
) -> dict[str, Any]:
    column = identifier(field.name)
    filled, low, high = connection.execute(
        f"SELECT count({column}), {_extreme(field, 'min')}, {_extreme(field, 'max')} FROM {PARQUET}",  # noqa: S608
        [path],
    ).fetchone() or (0, None, None)
    # DISTINCT as rows can spill to disk; count(DISTINCT …) would hold every value in memory.
    (distinct,) = connection.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT {column} FROM {PARQUET} WHERE {column} IS NOT NULL)",  # noqa: S608
        [path],
    ).fetchone() or (0,)
    return {
        "name": field.name,
        "nulls": rows - filled,
        "distinct": distinct,
        "min": value_text(low),
        "max": value_text(high),
    }


def _extreme(field: Field, end: str) -> str:
    if field.type == "boolean":
        return f"bool_{'and' if end == 'min' else 'or'}({identifier(field.name)})"
    expression = delivered_sql(field, f"{end}({identifier(field.name)})")
    return f"left({expression}, {_TEXT_CHARACTERS})" if field.type == "text" else expression
