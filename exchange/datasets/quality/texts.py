"""Columns of texts and yes-or-no values over all rows: which values are commonest."""

from typing import Any

from exchange.datasets.engine import identifier, value_text
from exchange.datasets.quality.numbers import Table
from exchange.datasets.quality.source import ROWS
from exchange.datasets.schema import Field

#: A whole document in a cell is no useful minimum or example.
TEXT_CHARACTERS = 120

_TOP = 10
# Commonest values say something only where values repeat; more groups would take memory of their own.
_MOST_DISTINCT = 10_000


def count_distinct(table: Table, field: Field) -> int:
    """How many different values there are."""
    column = identifier(field.name)
    # DISTINCT as rows can spill to disk; count(DISTINCT …) would hold every value in memory.
    (distinct,) = table.connection.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT {column} FROM {ROWS} WHERE {column} IS NOT NULL)",  # noqa: S608
    ).fetchone() or (0,)
    return int(distinct)


def top_values(table: Table, field: Field, distinct: int) -> dict[str, Any] | None:
    """The commonest values with their counts; None where nearly every value is another one."""
    if not 0 < distinct <= _MOST_DISTINCT or (distinct > _TOP and 2 * distinct > table.rows):
        return None
    column = identifier(field.name)
    shown = f"left({column}, {TEXT_CHARACTERS})" if field.type == "text" else column
    rows = table.connection.execute(
        f"SELECT {shown}, count(*) FROM {ROWS} WHERE {column} IS NOT NULL"  # noqa: S608
        f" GROUP BY {column} ORDER BY 2 DESC, {column} LIMIT {_TOP}",
    ).fetchall()
    return {
        "kind": "top",
        "values": [{"value": value_text(value), "rows": count} for value, count in rows],
    }
