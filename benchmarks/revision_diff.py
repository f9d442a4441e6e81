"""The exact difference of two revisions of ten million rows, beside the bare join that must lie under it."""

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.report import seconds, table
from exchange.datasets.revisions.compatibility import RevisionFacts
from exchange.datasets.revisions.diff import Side, diff_revisions
from exchange.datasets.revisions.source import source_of
from exchange.datasets.schema import Field, Schema

ROWS = 10_000_000
_SCHEMA = Schema(
    (
        Field("time", "timestamp", None, nullable=False),
        Field("load_kw", "number", "kW", nullable=False),
        Field("remark", "text", None, nullable=False),
    ),
    "time",
)


def run() -> None:
    """Print the table; each side in processes of its own, so that its memory is its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_revisions(folder)
        rows = []
        for label, work in (("DuckDB join, counts only", "join"), ("difference, whole document", "diff")):
            rows.append((label, *_measured(work, folder)))
        limit = rows[0][1]
        table(
            ("work", "seconds", "rows/s", "peak MB", "times the bare join"),
            [
                (label, f"{s:.1f}", f"{2 * ROWS / s:,.0f}", f"{mb:.0f}", f"{s / limit:.1f}")
                for label, s, mb in rows
            ],
        )


def work(name: str, folder: Path) -> None:
    """Do one of the two in this process and print seconds and peak memory."""
    todo = {"join": _join, "diff": _diff}[name]
    median = statistics.median(seconds(lambda: todo(folder)) for _ in range(3))
    print(median, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _measured(name: str, folder: Path) -> tuple[float, float]:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from benchmarks.revision_diff import *; work({name!r}, Path({str(folder)!r}))",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return float(told[0]), float(told[1])


def _write_revisions(folder: Path) -> None:
    connection = duckdb.connect()
    for name, first, shift in (("old", 0, 0), ("new", 1000, 1)):
        connection.execute(
            "COPY (SELECT TIMESTAMP '2000-01-01' + to_minutes(CAST(i AS INTEGER)) AS time,"
            f" (i % 997) / 8.0 + CASE WHEN i % 100 = 0 THEN {shift} ELSE 0 END AS load_kw,"
            f" 'row ' || i AS remark FROM range({first}, {ROWS + first}) t(i))"
            f" TO '{folder / name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )


def _join(folder: Path) -> None:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET enable_progress_bar = false")
    connection.execute(
        "SELECT count(*) FILTER (o.time IS NULL), count(*) FILTER (n.time IS NULL),"
        " count(*) FILTER (o.load_kw <> n.load_kw OR o.remark <> n.remark)"
        f" FROM read_parquet('{folder}/old.parquet') o"
        f" FULL OUTER JOIN read_parquet('{folder}/new.parquet') n ON o.time = n.time"
    ).fetchall()


def _diff(folder: Path) -> None:
    sides = [
        Side(
            source_of(folder / f"{name}.parquet", _SCHEMA),
            RevisionFacts(_SCHEMA.to_json(), ROWS, name),
            {"columns": []},
            {"name": name},
        )
        for name in ("old", "new")
    ]
    document = diff_revisions(*sides, temp=folder)
    assert (document["rows"]["added"], document["rows"]["removed"]) == (1000, 1000)
