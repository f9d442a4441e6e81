"""Ingest of a CSV (types, order, profile, sample, digests) against DuckDB's bare copy of the same file.

`python -m benchmarks.ingest ROWS` measures another number of rows than the 10 million of `run`.
"""

import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import duckdb

from benchmarks.report import machine, table
from exchange.datasets.ingest.progress import Advance
from exchange.datasets.ingest.revision import ingest
from exchange.demo.series import write_series

ROWS = 10_000_000
ROUNDS = 3


class Measured(NamedTuple):
    """One run in a process of its own."""

    seconds: float
    #: Of all its threads: what other programs on the same cores cannot lengthen much.
    cpu_seconds: float
    peak_mb: int
    profile_seconds: float


def run(rows: int = ROWS) -> None:
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "load.csv"
        write_series("transformer_load", source, rows=rows, seed=1)
        ours, bare = [], []
        for _ in range(ROUNDS):
            ours.append(_apart(_ingest, source))
            bare.append(_apart(_bare_copy, source))
        mine, peer = _medians(ours), _medians(bare)
        table(
            ("work", "seconds", "rows/s", "CPU seconds", "peak MB", "times the bare copy", "by CPU"),
            [
                _row("DuckDB COPY csv to parquet", rows, peer, peer),
                _row("ingest with profile", rows, mine, peer),
                _row(
                    "ingest without profile",
                    rows,
                    mine._replace(seconds=mine.seconds - mine.profile_seconds, cpu_seconds=float("nan")),
                    peer,
                ),
            ],
        )
        print(f"\n{rows:,} rows, {source.stat().st_size / 1e6:.0f} MB of CSV, medians of {ROUNDS}")


def _row(work: str, rows: int, mine: Measured, peer: Measured) -> tuple[object, ...]:
    return (
        work,
        f"{mine.seconds:.2f}",
        f"{rows / mine.seconds:,.0f}",
        f"{mine.cpu_seconds:.1f}",
        mine.peak_mb,
        f"{mine.seconds / peer.seconds:.1f}",
        f"{mine.cpu_seconds / peer.cpu_seconds:.1f}",
    )


def _apart(work, source: Path) -> Measured:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (source,))


def _ingest(source: Path) -> Measured:
    moments: dict[str, float] = {}
    began = time.perf_counter()

    def tell(advance: Advance) -> None:
        moments.setdefault(advance.stage, time.perf_counter())
        moments["last"] = time.perf_counter()

    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        ingest(
            source,
            name=source.name,
            target=Path(folder) / "ours",
            temp=Path(folder) / "temp",
            progress=tell,
        )
    return _measured(began, moments["last"] - moments["profile"])


def _bare_copy(source: Path) -> Measured:
    began = time.perf_counter()
    target = source.with_name("bare.parquet")
    duckdb.connect().execute(
        f"SET enable_progress_bar = false; COPY (SELECT * FROM read_csv_auto('{source}')) TO '{target}'"
        " (FORMAT parquet, COMPRESSION zstd)"
    )
    return _measured(began, 0.0)


def bare_copy(source: Path, folder: Path) -> None:
    """DuckDB's own conversion of the file on two threads, which infers types and keeps the order."""
    duckdb.connect().execute(
        f"SET threads=2; COPY (SELECT * FROM read_csv_auto('{source}')) TO '{folder / 'bare.parquet'}'"
        " (FORMAT parquet, COMPRESSION zstd)"
    )


def _measured(began: float, profile_seconds: float) -> Measured:
    used = os.times()
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Measured(time.perf_counter() - began, used.user + used.system, peak_kb // 1024, profile_seconds)


def _medians(runs: list[Measured]) -> Measured:
    return Measured(*(statistics.median(column) for column in zip(*runs, strict=True)))


if __name__ == "__main__":
    print(machine())
    run(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
