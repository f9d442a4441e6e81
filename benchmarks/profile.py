"""The quality profile of a stored revision against DuckDB's bare copy of the same rows from CSV."""

import resource
import tempfile
from pathlib import Path

from benchmarks.ingest import bare_copy
from benchmarks.report import median_pair, table
from exchange.datasets.engine import scratch
from exchange.datasets.ingest.revision import ingest
from exchange.datasets.quality.profile import describe_quality
from exchange.demo.series import write_series

ROWS = 500_000


def run(rows: int = ROWS) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, stored = folder / "load.csv", folder / "stored.parquet"
        write_series("transformer_load", source, rows=rows, seed=1)
        ingested = ingest(source, name="load.csv", target=stored, temp=folder)

        def ours() -> None:
            with scratch(folder) as work:
                describe_quality(work, stored, ingested.schema)

        mine, bare = median_pair(ours, lambda: bare_copy(source, folder), rounds=3)
        table(
            ("work", "seconds", "rows/s", "times the bare copy"),
            [
                ("DuckDB COPY csv to parquet", f"{bare:.2f}", f"{rows / bare:,.0f}", "1.0"),
                ("profile", f"{mine:.2f}", f"{rows / mine:,.0f}", f"{mine / bare:.2f}"),
            ],
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"\n{rows:,} rows, medians of 3; peak of this process, ingest and copy included: {peak:.0f} MB"
        )
