"""The rows that are described, as one relation whatever files they lie in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate

import duckdb

from exchange.datasets.engine import Place, exact_paths, identifier, literal

#: What every question here is put to; its rows come in stored order.
ROWS = "described_rows"
#: The number of a row in stored order, from 0; no column can be called so.
PLACE = "rowid"

#: A question to a file costs the reading of its footer, which in a wide table is most of the work; a
#: small table is read once instead.
MOST_KEPT_CELLS = 4_000_000


@contextmanager
def opened_rows(
    connection: duckdb.DuckDBPyConnection, parquet: Place | Sequence[Place], columns: Sequence[str]
) -> Iterator[int]:
    """Make the relation of some columns in the connection for the block; yields how many rows it has."""
    # A view takes no parameters, so the names are quoted.
    paths = exact_paths(parquet)
    files = f"read_parquet([{', '.join(map(literal, paths))}], hive_partitioning = false)"
    counts = dict(
        connection.execute(f"SELECT file_index, count(*) FROM {files} GROUP BY file_index").fetchall()  # noqa: S608
    )
    rows = sum(counts.values())
    kind, selected = "TABLE", ", ".join(map(identifier, columns))
    if rows * len(columns) > MOST_KEPT_CELLS:
        # A table numbers its rows itself. Numbers made from those of the files, unlike a count over all
        # rows, let the engine read several pieces at once.
        firsts = list(accumulate((counts.get(number, 0) for number in range(len(paths) - 1)), initial=0))
        kind = "VIEW"
        selected += f", file_row_number + {firsts}[CAST(file_index AS BIGINT) + 1] AS {PLACE}"
    connection.execute(f"CREATE TEMP {kind} {ROWS} AS SELECT {selected} FROM {files}")  # noqa: S608
    try:
        yield rows
    finally:
        connection.execute(f"DROP {kind} {ROWS}")
