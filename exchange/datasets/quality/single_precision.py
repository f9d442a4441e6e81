"""Numbers that were kept in single precision before they were written: most of their digits mean nothing."""

from collections.abc import Sequence
from typing import Any

from exchange.datasets.engine import delivered_sql, identifier, value_text
from exchange.datasets.quality.numbers import Table
from exchange.datasets.quality.source import PLACE, ROWS
from exchange.datasets.schema import Field

_LISTED = 5
# Some programs write the fifteen or sixteen digits that a double needs, and not all of them.
_AWAY = "abs({0} - x) > 1e-14 * abs(x)"
_SINGLE = "CAST(TRY_CAST(x AS FLOAT) AS DOUBLE)"
_SHORT = "CAST(CAST(TRY_CAST(x AS FLOAT) AS VARCHAR) AS DOUBLE)"


def find_single_precision(table: Table, fields: Sequence[Field]) -> list[dict[str, Any]]:
    """Find the columns of which every value is one of single precision, and some cannot have been meant.

    `5.827000141143799` is what a double makes of the single 5.827. A decimal that was written by hand is
    such a number by chance once in some hundred million times, so that one value which is none ends the search.
    """
    found = []
    for field in fields:
        values = f"SELECT {PLACE} AS place, CAST({identifier(field.name)} AS DOUBLE) AS x FROM {ROWS}"  # noqa: S608
        other = f"SELECT 1 FROM ({values}) WHERE coalesce({_AWAY.format(_SINGLE)}, x IS NOT NULL) LIMIT 1"  # noqa: S608
        if field.type != "number" or table.connection.execute(other).fetchone() is not None:
            continue
        noisy = _AWAY.format(_SHORT)
        (count,) = table.connection.execute(
            f"SELECT count(*) FILTER ({noisy}) FROM ({values})"  # noqa: S608 - names cannot be bound
        ).fetchone() or (0,)
        if count:
            found.append({"column": field.name, "count": count, "first": _first(table, field, noisy)})
    return found


def _first(table: Table, field: Field, noisy: str) -> list[dict[str, str | None]]:
    rows = table.connection.execute(
        f"SELECT moment, x, {_SHORT} FROM (SELECT {PLACE} AS place, {table.time_sql} AS moment,"  # noqa: S608
        f" CAST({delivered_sql(field)} AS DOUBLE) AS x FROM {ROWS}) WHERE {noisy} ORDER BY place LIMIT {_LISTED}"
    ).fetchall()
    return [{"at": at, "value": f"{value_text(value)} → {value_text(short)}"} for at, value, short in rows]
