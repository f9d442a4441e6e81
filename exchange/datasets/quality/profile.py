"""The quality profile of a revision: counted over all rows, as plain JSON."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from exchange.datasets.engine import Place, Scratch, counting, delivered_sql, identifier, value_text
from exchange.datasets.quality.blocks import Block, measure_blocks, moments_of
from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.quality.dimensions import assess
from exchange.datasets.quality.findings import find
from exchange.datasets.quality.holes import describe_holes
from exchange.datasets.quality.numbers import (
    COLUMNS_AT_ONCE,
    EXACT_ROWS,
    Extremes,
    Table,
    describe_numbers,
)
from exchange.datasets.quality.rhythm import describe_rhythm
from exchange.datasets.quality.rules import check_rules
from exchange.datasets.quality.single_precision import find_single_precision
from exchange.datasets.quality.source import opened_rows
from exchange.datasets.quality.steps import Times
from exchange.datasets.quality.texts import TEXT_CHARACTERS, count_distinct, top_values
from exchange.datasets.quality.unit_jumps import find_unit_jumps
from exchange.datasets.reading.time_range import instant
from exchange.datasets.schema import NUMERIC_TYPES, Field, Schema

#: The columns described so far, by their names.
Columns = dict[str, dict[str, Any]]

_BLOCKS = 256
_FEWEST_BLOCK_ROWS = 8


def describe_quality(
    work: Scratch,
    parquet: Place | Sequence[Place],
    schema: Schema,
    *,
    declaration: Declaration | None = None,
    as_of: date | None = None,
) -> dict[str, Any]:
    """Describe every column, the rhythm along the time, what is worth a buyer's notice, and the six scores.

    Values are text, counts are integers: the profile has canonical bytes and can be signed. Everything is
    counted over all rows; what is estimated over all of them says so. The same files, declaration and date
    give the same profile.

    Args:
        parquet: the revision's file, or its files in order.
        as_of: the day against which freshness is judged; without it timeliness is left unjudged.

    """
    declaration = declaration or Declaration()
    with counting(work) as connection, opened_rows(connection, parquet, schema.names) as rows:
        table = Table(connection, schema, rows)
        columns, extremes = _count_columns(table)
        with ThreadPoolExecutor(1) as beside:
            # What goes from row to row is for one thread, the rest for the others.
            time = beside.submit(_describe_time, work, parquet, table, declaration, columns)
            numeric = [field for field in schema.fields if field.name in extremes]
            blocks = measure_blocks(table, numeric, extremes, _block_rows(table))
            _describe_values(table, columns, numeric, extremes, blocks)
            rules = check_rules(table, declaration)
            jumps = find_unit_jumps(table, numeric, blocks, _block_rows(table))
            singles = find_single_precision(table, numeric)
    profile: dict[str, Any] = {
        "rows": rows,
        "columns": list(columns.values()),
        "time": _with_time(columns, rows, time.result()),
        "rules": rules,
        "declaration": declaration.to_json(),
    }
    profile["findings"] = find(schema, profile, jumps, singles)
    profile["quality"] = assess(schema, profile, declaration, as_of=as_of)
    return profile


def _block_rows(table: Table) -> int:
    return max(_FEWEST_BLOCK_ROWS, -(-table.rows // _BLOCKS))


def _count_columns(table: Table) -> tuple[Columns, Extremes]:
    """Count what is filled and different in every column; returns also the extremes of numbers."""
    columns: Columns = {}
    extremes: Extremes = {}
    fields = table.schema.fields
    for start in range(0, len(fields), COLUMNS_AT_ONCE):
        part = fields[start : start + COLUMNS_AT_ONCE]
        row = table.one(", ".join(_counted(table, field) for field in part))
        for number, field in enumerate(part):
            filled, low, high, estimate = row[4 * number : 4 * number + 4]
            distinct = estimate if _is_estimated(table) else count_distinct(table, field)
            columns[field.name] = {
                "name": field.name,
                "nulls": table.rows - filled,
                "distinct": min(distinct, filled),
                "distinct_approximate": _is_estimated(table),
                "min": value_text(low),
                "max": value_text(high),
            }
            if field.type in NUMERIC_TYPES and low is not None:
                extremes[field.name] = (low, high)
    return columns, extremes


def _is_estimated(table: Table) -> bool:
    return table.rows > EXACT_ROWS


def _counted(table: Table, field: Field) -> str:
    column = identifier(field.name)
    # HyperLogLog over all rows.
    distinct = f"approx_count_distinct({column})" if _is_estimated(table) else "NULL"
    return f"count({column}), {_extreme(field, 'min')}, {_extreme(field, 'max')}, {distinct}"


def _describe_values(
    table: Table,
    columns: Columns,
    numeric: Sequence[Field],
    extremes: Extremes,
    blocks: dict[str, list[Block]],
) -> None:
    for name, said in describe_numbers(table, numeric, extremes).items():
        columns[name].update(said | moments_of(blocks[name], *extremes[name]).to_json())
    for field in table.schema.fields:
        if field.type in {"text", "boolean"}:
            columns[field.name]["histogram"] = top_values(table, field, columns[field.name]["distinct"])
    describe_holes(table, list(columns.values()))


def _describe_time(
    work: Scratch,
    parquet: Place | Sequence[Place],
    table: Table,
    declaration: Declaration,
    columns: Columns,
) -> dict[str, Any] | None:
    field = table.schema.time
    if field is None:
        return None
    column = columns[field.name]
    first, last = instant(column["min"]), instant(column["max"])
    # The step from one row to the next costs much more where several threads are at work.
    with opened_rows(work.connection, parquet, [field.name]) as rows:
        return describe_rhythm(
            Times(work.connection, field, rows, _block_rows(table), first, last), declaration
        )


def _with_time(columns: Columns, rows: int, time: dict[str, Any] | None) -> dict[str, Any] | None:
    if time is not None:
        # Counted along with the steps: stored times are sorted.
        distinct = rows - time["duplicate_rows"]
        columns[time["field"]] |= {"distinct": distinct, "distinct_approximate": False}
    return time


def _extreme(field: Field, end: str) -> str:
    if field.type == "boolean":
        return f"bool_{'and' if end == 'min' else 'or'}({identifier(field.name)})"
    expression = delivered_sql(field, f"{end}({identifier(field.name)})")
    return f"left({expression}, {TEXT_CHARACTERS})" if field.type == "text" else expression
