"""Hours that a clock skipped or repeated, as they show in a series of local times."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from exchange.datasets.engine import identifier
from exchange.datasets.quality.calendars import ClockChange, clock_changes
from exchange.datasets.quality.declaration import Declaration
from exchange.datasets.quality.segments import Segment
from exchange.datasets.quality.source import ROWS
from exchange.datasets.quality.steps import DAY_US, Times

#: Where the clocks of energy data stand; a series without a zone is held against each.
_CANDIDATES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "Australia/Sydney",
)
# All of China's summer times, and some more.
_LISTED = 40
_MOST_LOOKED_AT = 2000
_HOURS_US = 4 * 3_600_000_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times carry no zone


def describe_clock(
    times: Times, declaration: Declaration, described: dict[str, Any], segments: Sequence[Segment]
) -> dict[str, Any] | None:
    """Say what the series does where its zone's clock changes; None when nothing can be said.

    With a declared zone every change in the range is looked at: `skipped_absent` local hours that do not
    exist are rightly absent, `skipped_present` hold values that cannot be; `repeated_twice` hours stand
    twice, `repeated_once` lack one of their two. Without one, gaps and double times that lie exactly on the
    changes of a known zone name it as `suspected`.
    """
    if times.field.type != "timestamp" or times.field.zone is not None or not segments:
        return None
    if abs(segments[-1].step) >= DAY_US or segments[-1].step < 0:
        return None
    if declaration.zone is not None:
        changes = clock_changes(declaration.zone, times.first, times.last)
        return _against_zone(times, declaration.zone, changes, segments[-1].step) if changes else None
    if not described["gaps"] and not described["duplicate_rows"]:
        return None
    holes, doubles = _holes(times), _doubles(times)
    found = [
        _suspect(zone, clock_changes(zone, times.first, times.last), holes, doubles) for zone in _CANDIDATES
    ]
    suspects = [item for item in found if item is not None]
    return max(suspects, key=lambda item: item["hits"], default=None)


def _against_zone(times: Times, zone: str, changes: Sequence[ClockChange], step_us: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "zone": zone,
        "suspected": False,
        "changes": len(changes),
        "skipped_absent": 0,
        "skipped_present": 0,
        "repeated_twice": 0,
        "repeated_once": 0,
        "rightly_absent_gaps": 0,
        "rightly_absent_rows": 0,
        "rightly_double_rows": 0,
        "first": [],
    }
    holes = _holes(times)
    for change in changes:
        rows, distinct = _rows_within(times, change)
        key = _verdict(change, rows, distinct)
        said[key] += 1
        if key == "skipped_absent":
            # A longer hole stays a gap, though not for this hour.
            said["rightly_absent_gaps"] += (change.start, change.end) in holes
            said["rightly_absent_rows"] += (change.end - change.start) // timedelta(microseconds=step_us)
        said["rightly_double_rows"] += rows - distinct if key == "repeated_twice" else 0
        if len(said["first"]) < _LISTED:
            said["first"].append(
                {
                    "at": change.start.isoformat(),
                    "until": change.end.isoformat(),
                    "found": key,
                    "rows": rows,
                }
            )
    return said


def _verdict(change: ClockChange, rows: int, distinct: int) -> str:
    if change.skipped:
        return "skipped_present" if rows else "skipped_absent"
    return "repeated_twice" if rows > distinct else "repeated_once"


def _suspect(
    zone: str, changes: Sequence[ClockChange], holes: set[tuple[datetime, datetime]], doubles: set[datetime]
) -> dict[str, Any] | None:
    skipped = [change for change in changes if change.skipped and (change.start, change.end) in holes]
    repeated = [change for change in changes if not change.skipped and change.start in doubles]
    hits = len(skipped) + len(repeated)
    # One hole on one of many changes is chance.
    if not hits or 2 * hits < len(changes):
        return None
    listed = sorted((change.start, change.skipped) for change in (*skipped, *repeated))[:_LISTED]
    return {
        "zone": zone,
        "suspected": True,
        "changes": len(changes),
        "hits": hits,
        "skipped_absent": len(skipped),
        "skipped_present": 0,
        "repeated_twice": len(repeated),
        "repeated_once": 0,
        "first": [
            {"at": at.isoformat(), "found": "skipped_absent" if skip else "repeated_twice"}
            for at, skip in listed
        ],
    }


def _rows_within(times: Times, change: ClockChange) -> tuple[int, int]:
    column = identifier(times.field.name)
    found: tuple[int, int] | None = times.connection.execute(
        f"SELECT count(*), count(DISTINCT {column}) FROM {ROWS} WHERE {column} >= ? AND {column} < ?",  # noqa: S608
        [change.start, change.end],
    ).fetchone()
    return found or (0, 0)


def _holes(times: Times) -> set[tuple[datetime, datetime]]:
    """The local times that short gaps leave out, from the first absent one to the next present one."""
    rows = times.connection.execute(
        "SELECT epoch_us(t) - missing * (us // (missing + 1)), epoch_us(t) FROM departures"  # noqa: S608
        f" WHERE missing > 0 AND us <= {_HOURS_US} ORDER BY t LIMIT {_MOST_LOOKED_AT}"
    ).fetchall()
    return {(_local(start), _local(end)) for start, end in rows}


def _doubles(times: Times) -> set[datetime]:
    rows = times.connection.execute(
        f"SELECT DISTINCT epoch_us(t) FROM ({times.stepped_sql}) WHERE us = 0"  # noqa: S608
        f" ORDER BY 1 LIMIT {_MOST_LOOKED_AT}",
    ).fetchall()
    return {_local(at) for (at,) in rows}


def _local(at_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at_us)
