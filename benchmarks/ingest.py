"""Ingest of a CSV (types, order, profile, sample, digest) against DuckDB's bare copy of the same file."""

import tempfile
from pathlib import Path

import duckdb

from benchmarks.report import median_pair, table
from exchange.datasets.ingest.revision import ingest
from exchange.demo.series import write_series

ROWS = 500_000


def run(rows: int = ROWS) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "load.csv"
        write_series("transformer_load", source, rows=rows, seed=1)

        def ours() -> None:
            ingest(source, name="load.csv", target=folder / "ours.parquet", temp=folder)

        mine, bare = median_pair(ours, lambda: bare_copy(source, folder), rounds=3)
        table(
            ("work", "seconds", "rows/s", "times the bare copy"),
            [
                ("DuckDB COPY csv to parquet", f"{bare:.2f}", f"{rows / bare:,.0f}", "1.0"),
                ("ingest", f"{mine:.2f}", f"{rows / mine:,.0f}", f"{mine / bare:.1f}"),
            ],
        )
        print(f"\n{rows:,} rows, {source.stat().st_size / 1e6:.0f} MB of CSV, medians of 3")


def bare_copy(source: Path, folder: Path) -> None:
    """DuckDB's own conversion of the file, which infers types and keeps the order."""
    duckdb.connect().execute(
        f"SET threads=2; COPY (SELECT * FROM read_csv_auto('{source}')) TO '{folder / 'bare.parquet'}'"
        " (FORMAT parquet, COMPRESSION zstd)"
    )
