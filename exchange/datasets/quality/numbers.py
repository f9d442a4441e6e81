"""Numeric columns over all rows: moments, quantiles, outliers and histograms, in few passes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import accumulate
from typing import Any

import duckdb

from exchange.datasets.engine import delivered_sql, identifier, value_text
from exchange.datasets.quality.source import ROWS
from exchange.datasets.schema import Field, Schema

#: Up to here quantiles and distinct values are exact; beyond they would take memory that grows with the rows.
EXACT_ROWS = 1_000_000
#: The engine plans a statement of many expressions more slowly than several of few.
COLUMNS_AT_ONCE = 64
QUANTILES = ("0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99")
OUTLIER_RULE = "beyond-3-iqr"

_BINS = 16
# Quantiles of many rows are read from bins this much finer.
_FINER = 4096
_FEWEST_IQR_BINS = 64
_LISTED = 5
_SHOWN_DIGITS = 12
# Values that an exact quantile may hold at once, over all columns of a statement.
_QUANTILE_VALUES = 4_000_000
#: The square of a larger value is no double any more.
LARGEST = 1e150
_SMALLEST = 1e-250


#: The least and the greatest value of every column that has one.
Extremes = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Bins:
    """Equal-width bins with decimal edges, the first value inside the first and the last inside the last."""

    low: Decimal
    width: Decimal
    count: int

    @property
    def edges(self) -> list[str]:
        return [plain(self.low + self.width * number) for number in range(self.count + 1)]


@dataclass(frozen=True)
class Table:
    """The rows of a revision as a question reads them."""

    connection: duckdb.DuckDBPyConnection
    schema: Schema
    rows: int

    def one(self, selected: str, where: str = "true") -> tuple[Any, ...]:
        """The single row of an aggregate over all rows."""
        return (
            self.connection.execute(
                f"SELECT {selected} FROM {ROWS} WHERE {where}",  # noqa: S608 - names cannot be bound
            ).fetchone()
            or ()
        )

    @property
    def time_sql(self) -> str:
        """Where a row stands: its time as text, or nothing in a table without times."""
        return "NULL" if self.schema.time is None else delivered_sql(self.schema.time)


def describe_numbers(
    table: Table, fields: Sequence[Field], extremes: Extremes
) -> dict[str, dict[str, Any]]:
    """Describe how the values of every numeric column that has one are spread."""
    described: dict[str, dict[str, Any]] = {field.name: {} for field in fields}
    bins = {field.name: nice_bins(*extremes[field.name], whole=field.type == "integer") for field in fields}
    fine = {field.name: _binned(table, field, bins[field.name]) for field in fields}
    quantiles = _quantiles(table, fields, extremes, bins, fine)
    for field in fields:
        said = described[field.name]
        said["quantiles"] = dict(zip(QUANTILES, map(number_text, quantiles[field.name]), strict=True))
        said["quantiles_approximate"] = table.rows > EXACT_ROWS
        said["histogram"] = _histogram(bins[field.name], fine[field.name], _fineness(table))
        said["outliers"] = _outlier_bounds(quantiles[field.name])
    _count_outliers(table, fields, described, extremes)
    return described


def number_text(value: float) -> str:
    """Write a computed number; twelve digits hide what the order of additions leaves in the last ones."""
    return value_text(float(f"{value:.{_SHOWN_DIGITS}g}")) or ""


def plain(value: Decimal) -> str:
    """Write a decimal without exponent or trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def nice_bins(low: float, high: float, *, whole: bool) -> Bins | None:
    """About sixteen bins of a width of 1, 2 or 5 times a power of ten; None when there is one value."""
    least, most = Decimal(repr(low)), Decimal(repr(high))
    span = most - least
    largest = max(abs(least), abs(most))
    # Narrower bins than doubles are apart would count nothing rightly, nor would arithmetic near their limits.
    if span <= largest * Decimal("1e-9") or not _SMALLEST < span < LARGEST or largest > LARGEST:
        return None
    exponent = (span / _BINS).adjusted()
    widths = (Decimal(digit).scaleb(exponent) for digit in (1, 2, 5, 10))
    width = next(width for width in widths if width * _BINS >= span)
    if whole:
        width = max(width, Decimal(1))
    first = (least / width).to_integral_value(ROUND_FLOOR)
    last = (most / width).to_integral_value(ROUND_FLOOR)
    return Bins(first * width, width, int(last - first) + 1)


def _fineness(table: Table) -> int:
    return _FINER if table.rows > EXACT_ROWS else 1


def _binned(table: Table, field: Field, bins: Bins | None) -> dict[int, int]:
    if bins is None:
        return {}
    finer = _fineness(table)
    # A multiplication by an inverse power of ten rounds better than a division, and the rest of a
    # rounding error must not move a value that stands on an edge into the bin below.
    scale = float(1 / bins.width) * finer
    column = f"CAST({identifier(field.name)} AS DOUBLE)"
    rows = table.connection.execute(
        f"SELECT CAST(floor(({column} - {float(bins.low)!r}) * {scale!r} + 1e-6) AS INTEGER) AS bin, count(*)"  # noqa: S608
        f" FROM {ROWS} WHERE {identifier(field.name)} IS NOT NULL GROUP BY 1",
    ).fetchall()
    return {min(number, bins.count * finer - 1): count for number, count in sorted(rows)}


def _histogram(bins: Bins | None, fine: dict[int, int], finer: int) -> dict[str, Any] | None:
    if bins is None:
        return None
    counts = [0] * bins.count
    for number, count in fine.items():
        counts[number // finer] += count
    return {"kind": "bins", "edges": bins.edges, "counts": counts}


def _quantiles(
    table: Table,
    fields: Sequence[Field],
    extremes: Extremes,
    bins: dict[str, Bins | None],
    fine: dict[str, dict[int, int]],
) -> dict[str, list[float]]:
    if table.rows <= EXACT_ROWS:
        return _exact_quantiles(table, fields)
    found = {}
    for field in fields:
        edges = bins[field.name]
        if edges is None:
            # One value, or values too close for bins of their own.
            found[field.name] = _sketched(table, field)
            continue
        places = _places(fine[field.name])
        if places[4] - places[2] < _FEWEST_IQR_BINS:
            found[field.name] = _sketched(table, field)
            continue
        low, high = extremes[field.name]
        middle = [float(edges.low) + (place + 0.5) * float(edges.width) / _FINER for place in places]
        found[field.name] = [min(max(value, low), high) for value in middle]
    return found


def _places(fine: dict[int, int]) -> list[int]:
    """The fine bin in which each quantile lies."""
    numbers, sums = list(fine), list(accumulate(fine.values()))
    places, at = [], 0
    for share in QUANTILES:
        rank = math.ceil(float(share) * sums[-1])
        while sums[at] < rank:
            at += 1
        places.append(numbers[at])
    return places


def _exact_quantiles(table: Table, fields: Sequence[Field]) -> dict[str, list[float]]:
    at_once = max(1, min(COLUMNS_AT_ONCE, _QUANTILE_VALUES // max(table.rows, 1)))
    found: dict[str, list[float]] = {}
    shares = ", ".join(QUANTILES)
    for start in range(0, len(fields), at_once):
        part = fields[start : start + at_once]
        row = table.one(
            ", ".join(
                f"quantile_disc(CAST({identifier(field.name)} AS DOUBLE), [{shares}])" for field in part
            )
        )
        found |= {field.name: list(values) for field, values in zip(part, row, strict=True)}
    return found


def _sketched(table: Table, field: Field) -> list[float]:
    (values,) = table.one(
        f"approx_quantile(CAST({identifier(field.name)} AS DOUBLE), [{', '.join(QUANTILES)}])"
    )
    return list(values)


def _outlier_bounds(quantiles: Sequence[float]) -> dict[str, Any] | None:
    quarter, three_quarters = quantiles[2], quantiles[4]
    reach = 3 * (three_quarters - quarter)
    # Where half of the values are one value, every other one would be far away.
    if not 0 < reach < LARGEST or max(abs(quarter), abs(three_quarters)) > LARGEST:
        return None
    return {
        "rule": OUTLIER_RULE,
        # Exact: a rounded bound would lie on the wrong side of values close together.
        "low": value_text(quarter - reach),
        "high": value_text(three_quarters + reach),
        "count": 0,
        "first": [],
    }


def _count_outliers(
    table: Table,
    fields: Sequence[Field],
    described: dict[str, dict[str, Any]],
    extremes: Extremes,
) -> None:
    for field in fields:
        outliers = described[field.name]["outliers"]
        low, high = extremes[field.name]
        if outliers is None or (low >= float(outliers["low"]) and high <= float(outliers["high"])):
            continue
        column = f"CAST({identifier(field.name)} AS DOUBLE)"
        beyond = f"({column} < {outliers['low']} OR {column} > {outliers['high']})"
        (outliers["count"],) = table.one("count(*)", beyond)
        rows = table.connection.execute(
            f"SELECT {table.time_sql}, {delivered_sql(field)} FROM {ROWS} WHERE {beyond} LIMIT {_LISTED}",  # noqa: S608
        ).fetchall()
        outliers["first"] = [{"at": at, "value": value_text(value)} for at, value in rows]
