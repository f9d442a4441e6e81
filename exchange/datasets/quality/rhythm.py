"""The step of a time series, and where it is missing: working days are not gaps."""

from dataclasses import dataclass
from typing import Any

import duckdb

from exchange.datasets.engine import PARQUET, delivered_sql, identifier
from exchange.datasets.schema import Field

_DAY_US = 86_400_000_000
_LISTED_GAPS = 10
# Every day of the week gives 29 %; a shifted working Saturday now and then stays below.
_MOST_WEEKEND_PERCENT = 5

# Working days counted from Monday 1970-01-05; a Saturday and a Sunday count as the Monday after.
_WORKING_DAY = (
    "(((CAST(t AS DATE) - DATE '1970-01-05') // 7) * 5"
    " + least(5, (CAST(t AS DATE) - DATE '1970-01-05') % 7))"
)


@dataclass(frozen=True)
class _Step:
    """A regular step: `position` numbers an instant in units of which one step has `size`."""

    text: str
    position: str
    size: int


_MONTH_POSITION = "(year(t) * 12 + month(t))"
_MICROSECONDS = "epoch_us(t)"


def describe_rhythm(
    connection: duckdb.DuckDBPyConnection, path: str | list[str], field: Field
) -> dict[str, Any]:
    """Find the regular step and count what departs from it.

    `gaps` are holes in the calendar, `missing` the values that would fill them, `off_step` steps that
    are no multiple of the regular one, `duplicate_rows` rows whose time an earlier row has. In a daily
    series without weekends the calendar is `business-days`: weekends are no gaps, and other absent
    working days are `missing_business_days`, since holidays differ by market. Without a step that most
    rows keep, the calendar is `irregular` and nothing is missing.
    """
    rows = _load_times(connection, path, field)
    step = _regular_step(connection, field)
    described: dict[str, Any] = {"field": field.name, "zone": field.zone, "duplicate_rows": rows}
    if step is None:
        return described | _departures("irregular", None)
    if step.text == "P1D" and _keeps_working_days(connection):
        missing = _missing_business_days(connection)
        return described | _departures("business-days", step.text) | {"missing_business_days": missing}
    return described | _departures("continuous", step.text) | _count_gaps(connection, field, step)


def _departures(calendar: str, step: str | None) -> dict[str, Any]:
    return {
        "calendar": calendar,
        "step": step,
        "gaps": 0,
        "missing": 0,
        "off_step": 0,
        "missing_business_days": 0,
        "first_gaps": [],
    }


def _load_times(connection: duckdb.DuckDBPyConnection, path: str | list[str], field: Field) -> int:
    """Keep the distinct times in a temporary table; returns how many rows repeat one."""
    time = identifier(field.name)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE times AS"  # noqa: S608 - names cannot be bound
        f" SELECT {time} AS t, count(*) AS rows FROM {PARQUET} GROUP BY {time} ORDER BY {time}",
        [path],
    )
    return _number(connection, "SELECT coalesce(sum(rows - 1), 0) FROM times")


def _regular_step(connection: duckdb.DuckDBPyConnection, field: Field) -> _Step | None:
    if field.type != "month":
        size = _commonest_step(connection, _MICROSECONDS)
        if size is None:
            return None
        if size < 28 * _DAY_US:
            return _Step(_duration(size), _MICROSECONDS, size)
    # Months and years differ in days, so from four weeks on months are counted.
    months = _commonest_step(connection, _MONTH_POSITION)
    if not months:
        return None
    text = f"P{months // 12}Y" if months % 12 == 0 else f"P{months}M"
    return _Step(text, _MONTH_POSITION, months)


def _commonest_step(connection: duckdb.DuckDBPyConnection, position: str) -> int | None:
    """Return the step that at least half of the rows keep."""
    found = connection.execute(
        f"""
        WITH steps AS (SELECT {position} - lag({position}) OVER (ORDER BY t) AS step FROM times)
        SELECT step, 2 * count(*) >= (SELECT count(step) FROM steps)
        FROM steps WHERE step IS NOT NULL GROUP BY step ORDER BY count(*) DESC, step LIMIT 1
        """  # noqa: S608 - one of two constants
    ).fetchone()
    return int(found[0]) if found is not None and found[1] else None


def _keeps_working_days(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(
        _number(
            connection,
            f"""
            SELECT CAST(count(*) FILTER (isodow(t) > 5) * 100 < count(*) * {_MOST_WEEKEND_PERCENT}
                -- Monday to Friday of one week shows nothing about weekends.
                AND max(CAST(t AS DATE)) - min(CAST(t AS DATE)) >= 7 AS INTEGER) FROM times
            """,  # noqa: S608 - a constant
        )
    )


def _missing_business_days(connection: duckdb.DuckDBPyConnection) -> int:
    return _number(
        connection,
        f"""
        SELECT max({_WORKING_DAY}) - min({_WORKING_DAY}) + 1 - count(DISTINCT {_WORKING_DAY})
        FROM times WHERE isodow(t) <= 5
        """,  # noqa: S608 - a constant
    )


def _count_gaps(connection: duckdb.DuckDBPyConnection, field: Field, step: _Step) -> dict[str, Any]:
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE steps AS
        SELECT t, lag(t) OVER (ORDER BY t) AS earlier,
            {step.position} - lag({step.position}) OVER (ORDER BY t) AS step FROM times
        """  # noqa: S608 - one of two constants
    )
    gaps, missing, off_step = connection.execute(
        "SELECT count(*) FILTER (step > $size), coalesce(sum(greatest(step // $size - 1, 0)), 0),"
        " count(*) FILTER (step % $size <> 0) FROM steps",
        {"size": step.size},
    ).fetchone() or (0, 0, 0)
    listed = connection.execute(
        f"SELECT {delivered_sql(field, 'earlier')}, {delivered_sql(field, 't')}, step // $size - 1"  # noqa: S608
        f" FROM steps WHERE step > $size ORDER BY t LIMIT {_LISTED_GAPS}",
        {"size": step.size},
    ).fetchall()
    first = [{"after": after, "before": before, "missing": int(count)} for after, before, count in listed]
    return {"gaps": gaps, "missing": int(missing), "off_step": off_step, "first_gaps": first}


def _duration(size_us: int) -> str:
    """Write a length of time after ISO 8601, in the largest unit that divides it."""
    for unit, length in (
        ("P{}D", _DAY_US),
        ("PT{}H", 3_600_000_000),
        ("PT{}M", 60_000_000),
        ("PT{}S", 1_000_000),
    ):
        if size_us % length == 0:
            return unit.format(size_us // length)
    return f"PT{size_us // 1_000_000}.{size_us % 1_000_000:06d}".rstrip("0") + "S"


def _number(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    (number,) = connection.execute(statement).fetchone() or (0,)
    return int(number)
