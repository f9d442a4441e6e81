"""The quality profile of a revision: counted over all rows, as plain JSON."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb

from exchange.datasets.engine import Place, delivered_sql, identifier, value_text
from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.quality.dimensions import assess
from exchange.datasets.quality.findings import find
from exchange.datasets.quality.holes import describe_holes
from exchange.datasets.quality.numbers import COLUMNS_AT_ONCE, Table, describe_numbers
from exchange.datasets.quality.rhythm import describe_rhythm
from exchange.datasets.quality.rules import check_rules
from exchange.datasets.quality.source import opened_rows
from exchange.datasets.quality.steps import Times
from exchange.datasets.quality.texts import TEXT_CHARACTERS, count_distinct, top_values
from exchange.datasets.quality.unit_jumps import find_unit_jumps
from exchange.datasets.schema import NUMERIC_TYPES, Field, Schema

_BLOCKS = 256
_FEWEST_BLOCK_ROWS = 8


def describe_quality(
    connection: duckdb.DuckDBPyConnection,
    parquet: Place | Sequence[Place],
    schema: Schema,
    *,
    declaration: Declaration | None = None,
    as_of: date | None = None,
) -> dict[str, Any]:
    """Describe every column, the rhythm along the time, what is worth a buyer's notice, and the six scores.

    Values are text, counts are integers: the profile has canonical bytes and can be signed. Everything is
    counted over all rows; what is estimated over all of them says so. The same files, declaration and date
    give the same profile. Temporary tables are made in the connection.

    Args:
        parquet: the revision's file, or its files in order.
        as_of: the day against which freshness is judged; without it timeliness is left unjudged.

    """
    declaration = declaration or Declaration()
    with opened_rows(connection, parquet, len(schema.fields)) as rows:
        return _describe(Table(connection, schema, rows), declaration, as_of)


def _describe(table: Table, declaration: Declaration, as_of: date | None) -> dict[str, Any]:
    columns, time = _describe_columns(table), _describe_time(table, declaration)
    for column in columns:
        if time is not None and column["name"] == time["field"]:
            # Counted along with the steps: stored times are sorted.
            column["distinct"] = table.rows - time["duplicate_rows"]
    profile: dict[str, Any] = {
        "rows": table.rows,
        "columns": columns,
        "time": time,
        "rules": check_rules(table, declaration),
        "declaration": declaration.to_json(),
    }
    jumps = find_unit_jumps(table, [field for field in table.schema.fields if field.type in NUMERIC_TYPES])
    profile["findings"] = find(table.schema, profile, jumps)
    profile["quality"] = assess(table.schema, profile, declaration, as_of=as_of)
    return profile


def _describe_time(table: Table, declaration: Declaration) -> dict[str, Any] | None:
    if table.schema.time is None:
        return None
    block_rows = max(_FEWEST_BLOCK_ROWS, -(-table.rows // _BLOCKS))
    times = Times(table.connection, table.schema.time, table.rows, block_rows)
    return describe_rhythm(times, declaration)


def _describe_columns(table: Table) -> list[dict[str, Any]]:
    columns, extremes = [], {}
    fields = table.schema.fields
    for start in range(0, len(fields), COLUMNS_AT_ONCE):
        part = fields[start : start + COLUMNS_AT_ONCE]
        # The engine answers these from the files' own statistics.
        row = table.one(
            ", ".join(
                f"count({identifier(f.name)}), {_extreme(f, 'min')}, {_extreme(f, 'max')}" for f in part
            )
        )
        for number, field in enumerate(part):
            filled, low, high = row[3 * number : 3 * number + 3]
            distinct, approximate = (
                (0, False) if field.name == table.schema.time_field else count_distinct(table, field)
            )
            columns.append(
                {
                    "name": field.name,
                    "nulls": table.rows - filled,
                    "distinct": min(distinct, filled),
                    "distinct_approximate": approximate,
                    "min": value_text(low),
                    "max": value_text(high),
                }
            )
            if field.type in NUMERIC_TYPES and low is not None:
                extremes[field.name] = (low, high)
    numbers = describe_numbers(table, [f for f in fields if f.type in NUMERIC_TYPES], extremes)
    for field, column in zip(fields, columns, strict=True):
        column.update(numbers.get(field.name, {}))
        if field.type in {"text", "boolean"}:
            column["histogram"] = top_values(table, field, column["distinct"])
    describe_holes(table, columns)
    return columns


def _extreme(field: Field, end: str) -> str:
    if field.type == "boolean":
        return f"bool_{'and' if end == 'min' else 'or'}({identifier(field.name)})"
    expression = delivered_sql(field, f"{end}({identifier(field.name)})")
    return f"left({expression}, {TEXT_CHARACTERS})" if field.type == "text" else expression
