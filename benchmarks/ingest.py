"""Ingest of a CSV (types, order, profile, sample, digests) against DuckDB's bare copies of the same file.

`python -m benchmarks.ingest ROWS` measures another number of rows than the 10 million of `run`, and
`python -m benchmarks.ingest ROWS shuffled` a file whose rows are out of order.
"""

import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

import duckdb

from benchmarks.report import machine, table
from exchange.core.storage import FolderStorage
from exchange.datasets.ingest.progress import Advance
from exchange.datasets.ingest.revision import ingest
from exchange.datasets.ingest.upload import deposit
from exchange.demo.series import write_series
from exchange.trust import Vault, open_master_keys

ROWS = 10_000_000
ROUNDS = 3
_TYPES = {
    "time": "TIMESTAMP",
    "active_power_kw": "DOUBLE",
    "reactive_power_kvar": "DOUBLE",
    "voltage_v": "DOUBLE",
    "oil_temperature_c": "DOUBLE",
}
#: The peers: their order of rows, and how they write Parquet.
_COPIES = {
    "DuckDB COPY, types given": ("", ""),
    "DuckDB COPY with ORDER BY": (" ORDER BY time", ""),
    "DuckDB COPY, our encodings": ("", ", PARQUET_VERSION V2"),
}
_PEER, _ORDERED, _ = _COPIES


class Measured(NamedTuple):
    """One run in a process of its own."""

    seconds: float
    #: Of all its threads: what other programs on the same cores cannot lengthen much.
    cpu_seconds: float
    peak_mb: int
    stored_mb: float
    profile_seconds: float = float("nan")


def run(rows: int = ROWS, order: str = "in order") -> None:
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "load.csv"
        write_series("transformer_load", source, rows=rows, seed=1)
        if order == "shuffled":
            _shuffle(source)
        works = {work: partial(_bare_copy, *how) for work, how in _COPIES.items()}
        works |= {"ingest with profile": _ingest, "and sealed into the storage": _deposit}
        runs: dict[str, list[Measured]] = {work: [] for work in works}
        for _ in range(ROUNDS):
            for work, do in works.items():
                runs[work].append(_apart(do, source))
        medians = {work: _medians(found) for work, found in runs.items()}
        table(
            ("work", "seconds", "CPU seconds", "rows/s", "peak MB", "stored MB", *_RATIOS),
            [_row(work, rows, mine, medians) for work, mine in medians.items()],
        )
        profile = medians["ingest with profile"].profile_seconds
        print(f"\n{rows:,} rows {order}, {source.stat().st_size / 1e6:.0f} MB of CSV, medians of {ROUNDS};")
        print(f"{profile:.2f} of the seconds go into the profile; load now {os.getloadavg()[0]:.1f}")


_RATIOS = ("times the copy", "by CPU", "times the ordered copy", "by CPU")


def _row(work: str, rows: int, mine: Measured, medians: dict[str, Measured]) -> tuple[object, ...]:
    ratios = [
        f"{getattr(mine, measure) / getattr(medians[peer], measure):.2f}"
        for peer in (_PEER, _ORDERED)
        for measure in ("seconds", "cpu_seconds")
    ]
    speed = f"{rows / mine.seconds:,.0f}"
    return (
        work,
        f"{mine.seconds:.2f}",
        f"{mine.cpu_seconds:.1f}",
        speed,
        round(mine.peak_mb),
        f"{mine.stored_mb:.0f}",
        *ratios,
    )


def _shuffle(source: Path) -> None:
    shuffled = source.with_suffix(".shuffled")
    duckdb.execute(
        f"SET enable_progress_bar = false; COPY (FROM read_csv('{source}', all_varchar = true)"
        f" ORDER BY hash(time)) TO '{shuffled}' (FORMAT csv, HEADER)"
    )
    shuffled.replace(source)


def _apart(work, source: Path) -> Measured:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (source,))


def _ingest(source: Path) -> Measured:
    moments: dict[str, float] = {}

    def tell(advance: Advance) -> None:
        moments.setdefault(advance.stage, time.perf_counter())
        moments["last"] = time.perf_counter()

    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        target, temp = Path(folder) / "ours", Path(folder) / "temp"
        measured = _measured(
            lambda: ingest(source, name=source.name, target=target, temp=temp, progress=tell).size_bytes
        )
    return measured._replace(profile_seconds=moments["last"] - moments["profile"])


def _deposit(source: Path) -> Measured:
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        vault = Vault(FolderStorage(Path(folder) / "storage"), open_master_keys(Path(folder) / "keys"))
        received = vault.incoming / "source"
        received.hardlink_to(source)
        return _measured(lambda: deposit(received, name=source.name, storage=vault).size_bytes)


def _bare_copy(order: str, options: str, source: Path) -> Measured:
    target = source.with_name("bare.parquet")
    query = f"SELECT * FROM read_csv('{source}', header = true, columns = {_TYPES}){order}"

    def copy() -> int:
        duckdb.connect().execute(
            f"SET enable_progress_bar = false;"
            f" COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd{options})"
        )
        return target.stat().st_size

    return _measured(copy)


def bare_copy(source: Path, folder: Path) -> None:
    """DuckDB's own conversion of the file on two threads, which infers types and keeps the order."""
    duckdb.connect().execute(
        f"SET threads=2; COPY (SELECT * FROM read_csv_auto('{source}')) TO '{folder / 'bare.parquet'}'"
        " (FORMAT parquet, COMPRESSION zstd)"
    )


def _measured(work) -> Measured:
    before, began = os.times(), time.perf_counter()
    stored_bytes = work()
    seconds, after = time.perf_counter() - began, os.times()
    used = after.user + after.system - before.user - before.system
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Measured(seconds, used, peak_kb // 1024, stored_bytes / 1e6)


def _medians(runs: list[Measured]) -> Measured:
    return Measured(*(statistics.median(column) for column in zip(*runs, strict=True)))


if __name__ == "__main__":
    print(machine())
    run(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS, *sys.argv[2:3])
