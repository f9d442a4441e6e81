"""Empty cells of a column: a late start and an early end are told from holes in between."""

from typing import Any

from exchange.datasets.engine import identifier
from exchange.datasets.quality.numbers import COLUMNS_AT_ONCE, Table
from exchange.datasets.quality.source import PLACE, ROWS

_LISTED = 5


def describe_holes(table: Table, columns: list[dict[str, Any]]) -> None:
    """Add to each column with empty cells where its values begin and end, and the holes in between.

    `leading` cells come before the first value in the order of time, `trailing` ones after the last; both
    are 0 in a table without times, where the order of rows means nothing.
    """
    holed = [column for column in columns if column["nulls"]]
    for start in range(0, len(holed), COLUMNS_AT_ONCE):
        part = holed[start : start + COLUMNS_AT_ONCE]
        for column, (first, last) in zip(part, _ends(table, part), strict=True):
            _add_holes(table, column, first, last)


def _ends(table: Table, columns: list[dict[str, Any]]) -> list[tuple[int | None, int | None]]:
    """The places of each column's first and last value among the rows."""
    names = ", ".join(
        f"{identifier(column['name'])} IS NOT NULL AS f{n}" for n, column in enumerate(columns)
    )
    ends = ", ".join(f"min(place) FILTER (f{n}), max(place) FILTER (f{n})" for n in range(len(columns)))
    row = (
        table.connection.execute(
            f"SELECT {ends} FROM (SELECT {PLACE} AS place, {names} FROM {ROWS})",  # noqa: S608
        ).fetchone()
        or ()
    )
    return list(zip(row[::2], row[1::2], strict=True))


def _add_holes(table: Table, column: dict[str, Any], first: int | None, last: int | None) -> None:
    if first is None or last is None:
        column["holes"] = {
            "leading": 0,
            "trailing": 0,
            "inner": 0,
            "begins": None,
            "ends": None,
            "first": [],
        }
        return
    ordered = table.schema.time is not None
    leading = first if ordered else 0
    trailing = table.rows - 1 - last if ordered else 0
    inner = column["nulls"] - leading - trailing
    name, time = identifier(column["name"]), table.time_sql
    listed = []
    if inner:
        listed = table.connection.execute(
            f"SELECT {time} FROM {ROWS} WHERE {name} IS NULL AND {PLACE} > ? AND {PLACE} < ?"  # noqa: S608
            f" ORDER BY {PLACE} LIMIT ?",
            [first if ordered else -1, last if ordered else table.rows, _LISTED],
        ).fetchall()
    column["holes"] = {
        "leading": leading,
        "trailing": trailing,
        "inner": inner,
        "begins": _time_at(table, first) if leading else None,
        "ends": _time_at(table, last) if trailing else None,
        "first": [at for (at,) in listed if at is not None],
    }


def _time_at(table: Table, place: int) -> str | None:
    found = table.connection.execute(
        f"SELECT {table.time_sql} FROM {ROWS} WHERE {PLACE} = ?",  # noqa: S608 - names cannot be bound
        [place],
    ).fetchone()
    return None if found is None else str(found[0])
