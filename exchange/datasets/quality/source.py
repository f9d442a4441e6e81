"""The rows that are described, as one relation whatever files they lie in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import duckdb

from exchange.datasets.engine import Place, exact_paths, literal

#: What every question here is put to; its rows come in stored order.
ROWS = "described_rows"

# A question to a file costs the reading of its footer, which in a wide table is most of the work; a
# small table is read once instead.
_MOST_KEPT_CELLS = 4_000_000
_MEMORY = "256MB"


@contextmanager
def opened_rows(
    connection: duckdb.DuckDBPyConnection, parquet: Place | Sequence[Place], columns: int
) -> Iterator[int]:
    """Make the relation in the connection for the block; yields how many rows it has."""
    # A view takes no parameters, so the names are quoted.
    listed = ", ".join(map(literal, exact_paths(parquet)))
    files = f"read_parquet([{listed}], hive_partitioning = false)"
    (rows,) = connection.execute(f"SELECT count(*) FROM {files}").fetchone() or (0,)  # noqa: S608
    kind = "TABLE" if rows * columns <= _MOST_KEPT_CELLS else "VIEW"
    with _little_memory(connection):
        connection.execute(f"CREATE TEMP {kind} {ROWS} AS SELECT * FROM {files}")  # noqa: S608
        try:
            yield int(rows)
        finally:
            connection.execute(f"DROP {kind} {ROWS}")


@contextmanager
def _little_memory(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Keep the engine from caching more than it needs: counting streams through the rows."""
    (limit,) = connection.execute("SELECT current_setting('memory_limit')").fetchone() or ("",)
    # What does not fit now is in use by what the caller still holds; then the old limit stays.
    with suppress(duckdb.OutOfMemoryException):
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
    try:
        yield
    finally:
        connection.execute(f"SET memory_limit = '{limit}'")
