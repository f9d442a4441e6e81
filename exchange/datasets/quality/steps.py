"""The steps between neighbouring times of a stored series, read in its stored order."""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from exchange.datasets.engine import delivered_sql, identifier
from exchange.datasets.quality.source import PLACE, ROWS
from exchange.datasets.schema import Field

DAY_US = 86_400_000_000
#: From four weeks on, steps are counted in months: months and years differ in days.
_MONTHLY_US = 28 * DAY_US

_UNITS = (("P{}D", DAY_US), ("PT{}H", 3_600_000_000), ("PT{}M", 60_000_000), ("PT{}S", 1_000_000))
# Stored rows are sorted by time, so the row before is the earlier time and no sort is needed.
_US = "(epoch_us(t) - epoch_us(earlier))"
_MONTHS = "((year(t) - year(earlier)) * 12 + month(t) - month(earlier))"
_SAME_DAY = "(day(t) = day(earlier) AND epoch_us(t) % 86400000000 = epoch_us(earlier) % 86400000000)"
_BOTH_LAST = "(last_day(CAST(t AS DATE)) = CAST(t AS DATE) AND last_day(CAST(earlier AS DATE)) = CAST(earlier AS DATE))"


@dataclass(frozen=True)
class Times:
    """The time column of a revision, from its least to its greatest value as they are delivered.

    `block_rows` rows are looked at together.
    """

    connection: duckdb.DuckDBPyConnection
    field: Field
    rows: int
    block_rows: int
    first: datetime
    last: datetime

    @property
    def stepped_sql(self) -> str:
        """Rows of (block, t, earlier, us, months, step) in stored order.

        `step` is in microseconds, or a negative number of months when the times are whole months apart.
        """
        column = identifier(self.field.name)
        if self.field.type == "month":
            step = f"-{_MONTHS}"
        else:
            step = (
                f"CASE WHEN {_US} >= {_MONTHLY_US} AND ({_SAME_DAY} OR {_BOTH_LAST})"
                f" THEN -{_MONTHS} ELSE {_US} END"
            )
        return (
            f"SELECT block, t, earlier, {_US} AS us, {_MONTHS} AS months, {step} AS step FROM ("  # noqa: S608
            f" SELECT {PLACE} // {self.block_rows} AS block, {column} AS t,"
            f" lag({column}) OVER () AS earlier FROM {ROWS})"
        )

    def text(self, at_us: int | None) -> str | None:
        """Write an instant given in microseconds as the time column writes its values."""
        if at_us is None:
            return None
        instant = f"make_timestamp({at_us})" if self.field.zone is None else f"make_timestamptz({at_us})"
        if self.field.type != "timestamp":
            instant = f"CAST({instant} AS DATE)"
        written = self.connection.execute(f"SELECT {delivered_sql(self.field, instant)}").fetchone()
        return None if written is None else str(written[0])


def step_text(step: int) -> str:
    """Write a step after ISO 8601, in the largest unit that divides it; negative ones are months."""
    if step < 0:
        return f"P{-step // 12}Y" if step % 12 == 0 else f"P{-step}M"
    for unit, length in _UNITS:
        if step % length == 0:
            return unit.format(step // length)
    return f"PT{step // 1_000_000}.{step % 1_000_000:06d}".rstrip("0") + "S"
