"""Numeric columns in blocks of consecutive rows: what one pass tells of their moments and their level."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exchange.datasets.engine import identifier
from exchange.datasets.quality.numbers import COLUMNS_AT_ONCE, LARGEST, Extremes, Table, number_text
from exchange.datasets.quality.source import PLACE, ROWS
from exchange.datasets.schema import Field


@dataclass(frozen=True)
class Block:
    """What is known of one column in one block; `level` is the mean size, all three None without values."""

    rows: int
    mean: float | None
    deviation: float | None
    level: float | None
    zeros: int
    negatives: int


@dataclass(frozen=True)
class Moments:
    """Mean and standard deviation over all rows, None where squares would be no doubles any more."""

    mean: float | None
    deviation: float | None
    zeros: int
    negatives: int

    def to_json(self) -> dict[str, Any]:
        """Return them as plain values of the canonical profile."""
        return {
            "mean": None if self.mean is None else number_text(self.mean),
            "stddev": None if self.deviation is None else number_text(self.deviation),
            "zeros": self.zeros,
            "negatives": self.negatives,
        }


def measure_blocks(
    table: Table, fields: Sequence[Field], extremes: Extremes, block_rows: int
) -> dict[str, list[Block]]:
    """Measure every column that has a value in each block, all rows in one pass per group of columns."""
    measured: dict[str, list[Block]] = {}
    for start in range(0, len(fields), COLUMNS_AT_ONCE):
        part = fields[start : start + COLUMNS_AT_ONCE]
        selected = ", ".join(_measures(field, *extremes[field.name]) for field in part)
        rows = table.connection.execute(
            f"SELECT {selected} FROM {ROWS} GROUP BY {PLACE} // {block_rows} ORDER BY {PLACE} // {block_rows}",  # noqa: S608
        ).fetchall()
        for number, field in enumerate(part):
            width = len(vars(Block(0, None, None, None, 0, 0)))
            measured[field.name] = [Block(*row[number * width : (number + 1) * width]) for row in rows]
    return measured


def moments_of(blocks: Sequence[Block], low: float, high: float) -> Moments:
    """Put the blocks of a column together; `low` and `high` are its extremes."""
    zeros, negatives = sum(block.zeros for block in blocks), sum(block.negatives for block in blocks)
    largest = max(abs(low), abs(high))
    if largest >= LARGEST:
        return Moments(None, None, zeros, negatives)
    rows = sum(block.rows for block in blocks)
    if low == high:
        # Sums of one value many times need not give it back.
        return Moments(float(low), 0.0 if rows > 1 else None, zeros, negatives)
    # In parts of the largest value, so that no square leaves what a double can be.
    filled = [
        (block.rows, (block.mean or 0) / largest, (block.deviation or 0) / largest) for block in blocks
    ]
    mean = math.fsum(number * value for number, value, _ in filled) / rows
    squares = math.fsum(
        (number - 1) * deviation**2 + number * (value - mean) ** 2
        for number, value, deviation in filled
        if number
    )
    return Moments(mean * largest, math.sqrt(squares / (rows - 1)) * largest, zeros, negatives)


def _measures(field: Field, low: float, high: float) -> str:
    column = f"CAST({identifier(field.name)} AS DOUBLE)"
    small = max(abs(low), abs(high)) < LARGEST
    mean = f"avg({column})" if small else "NULL"
    deviation = f"stddev_samp({column})" if small else "NULL"
    # What the extremes exclude is not counted.
    level = f"avg(abs({column}))" if low < 0 or not small else mean
    zeros = f"count(*) FILTER ({column} = 0)" if low <= 0 <= high else "0"
    negatives = f"count(*) FILTER ({column} < 0)" if low < 0 else "0"
    return f"count({column}), {mean}, {deviation}, {level}, {zeros}, {negatives}"
