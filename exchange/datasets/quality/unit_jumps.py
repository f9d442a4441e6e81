"""Level shifts by a power of ten: a source that changed its unit without saying so."""

import math
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from exchange.datasets.engine import delivered_sql, value_text
from exchange.datasets.quality.blocks import Block
from exchange.datasets.quality.numbers import Table
from exchange.datasets.quality.source import PLACE, ROWS
from exchange.datasets.schema import Field

_FEWEST_ROWS = 8
#: A fifth up or down of ten, a hundred, a thousand.
_TOLERANCE = 0.08
_WINDOW = 40
#: Levels that spread wider than this around the jump are noise.
_WIDEST = 5.0
_MOST_CANDIDATES = 12


def find_unit_jumps(
    table: Table, fields: Sequence[Field], blocks: dict[str, list[Block]], block_rows: int
) -> list[dict[str, Any]]:
    """Find, per numeric column, the rows at which the level jumps by a power of ten and stays.

    The level is the mean size in each block of rows; where neighbouring blocks differ by
    a power of ten their rows are read, and the jump is the step between two rows whose own ratio and whose
    neighbourhoods' medians agree on the power.
    """
    if table.schema.time is None:
        return []
    jumps = []
    for field in fields:
        levels = [block.level for block in blocks[field.name]]
        seen: set[str | None] = set()
        for block in list(_candidates(levels))[:_MOST_CANDIDATES]:
            jump = _jump_within(table, field, (block - 1) * block_rows, (block + 4) * block_rows)
            if jump is not None and jump["at"] not in seen:
                seen.add(jump["at"])
                jumps.append({"column": field.name, **jump})
    return jumps


def _candidates(levels: Sequence[float | None]) -> Iterator[int]:
    """Blocks after which, or after the next of which, the level differs by a power of ten."""
    for number, before in enumerate(levels):
        for after in levels[number + 1 : number + 3]:
            if before and after and _power(after / before):
                yield number
                break


def _power(ratio: float) -> int:
    """The power of ten that a ratio is close to; 0 when it is none."""
    if ratio == 0 or not math.isfinite(ratio):
        return 0
    size = math.log10(abs(ratio))
    return round(size) if abs(size - round(size)) <= _TOLERANCE else 0


def _jump_within(table: Table, field: Field, start: int, end: int) -> dict[str, Any] | None:
    rows = table.connection.execute(
        f"SELECT {table.time_sql}, {delivered_sql(field)} FROM {ROWS}"  # noqa: S608 - names cannot be bound
        f" WHERE {PLACE} >= ? AND {PLACE} < ? ORDER BY {PLACE}",
        [max(start, 0), end],
    ).fetchall()
    filled = [(at, value) for at, value in rows if value is not None]
    best: tuple[float, int, int] | None = None
    for number in range(1, len(filled)):
        before, after = float(filled[number - 1][1]), float(filled[number][1])
        power = _power(after / before) if before and after else 0
        if power and _stays(filled, number, power):
            error = abs(math.log10(abs(after / before)) - power)
            best = min(best or (error, number, power), (error, number, power))
    if best is None:
        return None
    _, number, power = best
    (_, before), (at, after) = filled[number - 1], filled[number]
    return {"at": at, "before": value_text(before), "after": value_text(after), "power": power}


def _stays(filled: Sequence[tuple[Any, float]], number: int, power: int) -> bool:
    sides = (
        [abs(float(value)) for _, value in filled[max(0, number - _WINDOW) : number]],
        [abs(float(value)) for _, value in filled[number : number + _WINDOW]],
    )
    if min(map(len, sides)) < _FEWEST_ROWS or any(_spread(side) > _WIDEST for side in sides):
        return False
    low, high = map(median, sides)
    return bool(low) and bool(high) and _power(high / low) == power


def _spread(values: Sequence[float]) -> float:
    ordered = sorted(values)
    low, high = ordered[len(ordered) // 10], ordered[-1 - len(ordered) // 10]
    return high / low if low else math.inf
