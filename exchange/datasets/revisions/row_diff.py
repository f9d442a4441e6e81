"""What differs between the rows of two revisions, exactly, over all rows and in bounded memory.

With a key that is unique in both, rows are paired by it and one that differs is a changed row. Without
one, rows are compared as a multiset: a row that differs is one removed and one added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from exchange.datasets.engine import Scratch, delivered_sql, identifier, value_text
from exchange.datasets.errors import KeyNotUnique, UnknownColumn
from exchange.datasets.revisions.source import Source
from exchange.datasets.schema import NUMERIC_TYPES, Field

#: Examples of each kind and column; the whole difference is in the data themselves.
EXAMPLES = 20
#: Examples over all columns, so that a wide table does not make a document of many megabytes.
_MOST_EXAMPLES = 2000
# A whole document in a cell is no useful example.
_TEXT_CHARACTERS = 200
# The engine plans a statement of many expressions more slowly than several of few.
_COLUMNS_AT_ONCE = 64


class Sides(NamedTuple):
    """The revision that was, and the one that is."""

    old: Source
    new: Source


@dataclass(frozen=True)
class _Column:
    """A compared column and its names in the table of differences."""

    field: Field
    place: int

    @property
    def old(self) -> str:
        return f"o{self.place}"

    @property
    def new(self) -> str:
        return f"n{self.place}"


def diff_rows(
    work: Scratch, sides: Sides, *, key: Sequence[str] = (), examples: int = EXAMPLES
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Compare the columns that both have in one type; returns the rows' counts and the columns' changes.

    Args:
        key: the columns that tell rows apart; without them the time field does, where it is unique.

    Raises:
        UnknownColumn: the key names a column that is not in both, or not in one type.
        KeyNotUnique: two rows of a revision have the same key, or a part of it is empty.
    """
    compared = comparable_fields(sides)
    chosen = _chosen_key(work, sides, compared, tuple(key))
    if not chosen:
        return _by_multiset(work, sides, compared, examples), []
    return _by_key(work, sides, compared, chosen, examples)


def comparable_fields(sides: Sides) -> list[Field]:
    """The columns that both revisions have with the same type and zone, in the new order."""
    return [
        field
        for field in sides.new.schema.fields
        if any(
            (field.name, field.type, field.zone) == (other.name, other.type, other.zone)
            for other in sides.old.schema.fields
        )
    ]


def _chosen_key(
    work: Scratch, sides: Sides, compared: list[Field], declared: tuple[str, ...]
) -> tuple[str, ...]:
    names = [field.name for field in compared]
    for name in declared:
        if name not in names:
            raise UnknownColumn(
                f"{name} is not in both revisions with one type, so it cannot tell rows apart.",
                field="key",
                remedy=f"Choose from: {', '.join(names)}.",
            )
    times = {source.schema.time_field for source in sides}
    candidate = declared or tuple(name for name in times if len(times) == 1 and name in names)
    for label, source in zip(("older", "newer"), sides, strict=True):
        if candidate and _repeats(work, source, candidate):
            if not declared:
                return ()
            raise KeyNotUnique(
                f"{', '.join(declared)} does not tell the rows of the {label} revision apart.",
                field="key",
                remedy="Name more columns, or no key to compare rows as a whole.",
            )
    return candidate


def _repeats(work: Scratch, source: Source, key: tuple[str, ...]) -> bool:
    columns = ", ".join(map(identifier, key))
    empty = " OR ".join(f"{identifier(name)} IS NULL" for name in key)
    found = work.connection.execute(
        f"SELECT 1 FROM {source.sql} GROUP BY {columns} HAVING count(*) > 1 OR {empty} LIMIT 1",  # noqa: S608 - names cannot be bound
        [*source.parameters],
    ).fetchone()
    return found is not None


def _by_multiset(work: Scratch, sides: Sides, compared: list[Field], examples: int) -> dict[str, Any]:
    columns = [_Column(field, place) for place, field in enumerate(compared)]
    # Both sides are counted even when they have no column in common: then all their rows are alike.
    named = "".join(f"{identifier(item.field.name)} AS {item.old}, " for item in columns)
    grouped = f" GROUP BY {', '.join(item.old for item in columns)}" if columns else ""
    work.connection.execute(
        f"CREATE OR REPLACE TABLE differences AS SELECT *, removed - kept AS gone, added - kept AS came FROM ("  # noqa: S608
        f" SELECT {''.join(f'{item.old}, ' for item in columns)}"
        " CAST(sum(was) AS BIGINT) AS removed, CAST(sum(comes) AS BIGINT) AS added,"
        " least(CAST(sum(was) AS BIGINT), CAST(sum(comes) AS BIGINT)) AS kept"
        f" FROM (SELECT {named}1 AS was, 0 AS comes FROM {sides.old.sql}"
        f" UNION ALL SELECT {named}0, 1 FROM {sides.new.sql}){grouped}) WHERE removed <> added",
        [*sides.old.parameters, *sides.new.parameters],
    )
    gone, came = _one(work, "SELECT coalesce(sum(gone), 0), coalesce(sum(came), 0) FROM differences")
    old_rows, new_rows = _count_rows(work, sides)
    # By time first, as people look for them.
    time = sides.new.schema.time_field
    order = sorted(columns, key=lambda item: item.field.name != time)
    shown = {
        name: _rows(work, columns, f"{count} > 0", [item.old for item in order], examples)
        for name, count in (("added", "came"), ("removed", "gone"))
    }
    return {
        "method": "multiset",
        "key": [],
        "columns": [item.field.name for item in columns],
        "old": old_rows,
        "new": new_rows,
        "added": int(came),
        "removed": int(gone),
        "changed": 0,
        "unchanged": old_rows - int(gone),
        "examples": shown,
    }


def _by_key(
    work: Scratch, sides: Sides, compared: list[Field], key: tuple[str, ...], examples: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    keys = [
        _Column(field, place)
        for place, field in enumerate(field for name in key for field in compared if field.name == name)
    ]
    values = [field for field in compared if field.name not in key]
    columns = [_Column(field, place) for place, field in enumerate(values, start=len(keys))]
    _join(work, sides, keys, columns)
    added, removed, changed = _one(
        work,
        "SELECT count(*) FILTER (NOT was), count(*) FILTER (NOT comes), count(*) FILTER (was AND comes)"
        " FROM differences",
    )
    old_rows, new_rows = _count_rows(work, sides)
    order = [item.old for item in keys]
    rows = {
        "method": "key",
        "key": list(key),
        "columns": [field.name for field in compared],
        "old": old_rows,
        "new": new_rows,
        "added": added,
        "removed": removed,
        "changed": changed,
        "unchanged": old_rows - removed - changed,
        "examples": {
            "added": _rows(work, keys, "NOT was", order, examples),
            "removed": _rows(work, keys, "NOT comes", order, examples),
        },
    }
    return rows, _column_changes(work, keys, columns, examples)


def _join(work: Scratch, sides: Sides, keys: list[_Column], columns: list[_Column]) -> None:
    """Keep the rows that differ: the join is done once, whatever is asked of it afterwards."""

    def side(source: Source) -> str:
        chosen = ", ".join(f"{identifier(item.field.name)} AS v{item.place}" for item in (*keys, *columns))
        return f"(SELECT {chosen}, true AS there FROM {source.sql})"  # noqa: S608

    matched = " AND ".join(f"o.v{item.place} = n.v{item.place}" for item in keys)
    differs = "".join(f" OR o.v{item.place} IS DISTINCT FROM n.v{item.place}" for item in columns)
    chosen = [f"coalesce(o.v{item.place}, n.v{item.place}) AS {item.old}" for item in keys]
    # Values of rows that only one side has are asked for by nobody.
    for item in columns:
        chosen += [
            f"CASE WHEN n.there THEN o.v{item.place} END AS {item.old}",
            f"CASE WHEN o.there THEN n.v{item.place} END AS {item.new}",
        ]
    work.connection.execute(
        f"CREATE OR REPLACE TABLE differences AS SELECT {', '.join(chosen)},"  # noqa: S608
        " o.there IS NOT NULL AS was, n.there IS NOT NULL AS comes"
        f" FROM {side(sides.old)} o FULL OUTER JOIN {side(sides.new)} n ON {matched}"
        f" WHERE o.there IS NULL OR n.there IS NULL{differs}",
        [*sides.old.parameters, *sides.new.parameters],
    )


def _column_changes(
    work: Scratch, keys: list[_Column], columns: list[_Column], examples: int
) -> list[dict[str, Any]]:
    counted: list[tuple[_Column, tuple[int, int, int]]] = []
    for start in range(0, len(columns), _COLUMNS_AT_ONCE):
        part = columns[start : start + _COLUMNS_AT_ONCE]
        chosen = ", ".join(map(_counts_sql, part))
        counts = _one(work, f"SELECT {chosen} FROM differences WHERE was AND comes")  # noqa: S608
        counted += [(item, counts[3 * at : 3 * at + 3]) for at, item in enumerate(part)]
    changed = [(item, counts) for item, counts in counted if counts[0]]
    shown = max(1, min(examples, _MOST_EXAMPLES // max(1, len(changed)))) if examples else 0
    return [
        {
            "name": item.field.name,
            "changed": counts[0],
            "filled": counts[1],
            "emptied": counts[2],
            "largest": _largest(work, keys, item),
            "examples": _pairs(work, keys, item, "", shown),
        }
        for item, counts in changed
    ]


def _counts_sql(item: _Column) -> str:
    return (
        f"count(*) FILTER ({item.old} IS DISTINCT FROM {item.new}),"
        f" count(*) FILTER ({item.old} IS NULL AND {item.new} IS NOT NULL),"
        f" count(*) FILTER ({item.old} IS NOT NULL AND {item.new} IS NULL)"
    )


def _largest(work: Scratch, keys: list[_Column], item: _Column) -> dict[str, Any] | None:
    """The change by the greatest amount of a numeric column; its difference is exact."""
    if item.field.type not in NUMERIC_TYPES:
        return None
    # Whole numbers of 64 bits differ by up to 65 bits.
    wide = "HUGEINT" if item.field.type == "integer" else "DOUBLE"
    amount = f"abs(CAST({item.new} AS {wide}) - CAST({item.old} AS {wide}))"
    for pair in _pairs(work, keys, item, f"{amount} DESC NULLS LAST, ", 1):
        if None not in {pair["old"], pair["new"]}:
            return {**pair, "difference": _difference(pair["old"], pair["new"])}
    return None


def _difference(old: str, new: str) -> str:
    difference = Decimal(new) - Decimal(old)
    return f"{difference.normalize():f}" if difference else "0"


def _pairs(
    work: Scratch, keys: list[_Column], item: _Column, first: str, limit: int
) -> list[dict[str, Any]]:
    chosen = [delivered_sql(key.field, key.old) for key in keys]
    chosen += [delivered_sql(item.field, column) for column in (item.old, item.new)]
    found = work.connection.execute(
        f"SELECT {', '.join(chosen)} FROM differences"  # noqa: S608
        f" WHERE was AND comes AND {item.old} IS DISTINCT FROM {item.new}"
        f" ORDER BY {first}{', '.join(key.old for key in keys)} LIMIT {limit}"
    ).fetchall()
    cells = [[_cell(value) for value in row] for row in found]
    return [{"key": row[:-2], "old": row[-2], "new": row[-1]} for row in cells]


def _rows(
    work: Scratch, columns: list[_Column], condition: str, order: list[str], limit: int
) -> list[list[str | None]]:
    if not columns:
        return []
    found = work.connection.execute(
        f"SELECT {', '.join(delivered_sql(item.field, item.old) for item in columns)} FROM differences"  # noqa: S608
        f" WHERE {condition} ORDER BY {', '.join(order)} LIMIT {limit}"
    ).fetchall()
    return [[_cell(value) for value in row] for row in found]


def _cell(value: object) -> str | None:
    text = value_text(value)
    return text if text is None or len(text) <= _TEXT_CHARACTERS else f"{text[:_TEXT_CHARACTERS]}…"


def _count_rows(work: Scratch, sides: Sides) -> tuple[int, int]:
    counts = [
        _one(work, f"SELECT count(*) FROM {source.sql}", source.parameters)[0]  # noqa: S608
        for source in sides
    ]
    return int(counts[0]), int(counts[1])


def _one(work: Scratch, query: str, parameters: Sequence[list[str]] = ()) -> tuple[Any, ...]:
    return tuple(work.connection.execute(query, [*parameters]).fetchone() or ())
