"""DuckDB as used here: scratch databases with bounded memory, and one small reader per thread."""

import atexit
import os
import re
import tempfile
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exchange.datasets.schema import Field
from exchange.datasets.sealed_files import SEALED_FILES

#: Where the engine finds a file: a path, or the address of an opened one.
Place = Path | str

# The path, or the list of paths in order, is always a bound parameter. Folders named `a=b` would
# otherwise become columns.
PARQUET = "read_parquet(?, hive_partitioning = false)"

#: More writers or readers would need more memory than an ingest may have.
MOST_WORKERS = 4

_SCRATCH_MEMORY = "256MB"
_READER_MEMORY = "256MB"
_local = threading.local()


@dataclass(frozen=True)
class Scratch:
    """A throw-away database on disk and the folder it lives in."""

    connection: duckdb.DuckDBPyConnection
    folder: Path


@contextmanager
def scratch(temp: Path) -> Iterator[Scratch]:
    """Open a database that spills to its own folder under `temp` and leaves nothing behind."""
    temp.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=temp, prefix="ingest-") as name:
        folder = Path(name)
        connection = _connect(folder / "scratch.duckdb", memory=_SCRATCH_MEMORY, spill=folder / "spill")
        try:
            yield Scratch(connection, folder)
        finally:
            connection.close()


@contextmanager
def counting(work: Scratch) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection of several threads, for exact counts: their result does not depend on order."""
    spill = work.folder / "counting"
    connection = _connect(":memory:", memory=_SCRATCH_MEMORY, spill=spill, threads=workers())
    try:
        yield connection
    finally:
        connection.close()


def workers() -> int:
    """How much may be done at once on this machine."""
    return min(os.cpu_count() or 1, MOST_WORKERS)


def reader() -> duckdb.DuckDBPyConnection:
    """This thread's own in-memory connection: a connection is not for two threads at a time.

    Opening one costs far more than a page does, and metadata of files already read stays with it.
    """
    # A connection does not survive a fork, and servers fork after import.
    if getattr(_local, "process", None) != os.getpid():
        _local.connection = _connect(":memory:", memory=_READER_MEMORY, spill=Path(tempfile.gettempdir()))
        _local.process = os.getpid()
    connection: duckdb.DuckDBPyConnection = _local.connection
    return connection


def exact_path(place: Place) -> str:
    """Write a path so that the engine reads this one file even when a folder is named `prices[1]*`.

    The address of an opened file is text and stays as it is.
    """
    return place if isinstance(place, str) else re.sub(r"[*?\[]", r"[\g<0>]", str(place))


def exact_paths(places: Place | Sequence[Place]) -> list[str]:
    """Write the path of a file, or of several in order, as a list."""
    return [exact_path(place) for place in ([places] if isinstance(places, Place) else places)]


def identifier(name: str) -> str:
    """Quote a column name; names cannot be bound as parameters."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text where a parameter cannot be bound."""
    return "'" + text.replace("'", "''") + "'"


def delivered_sql(field: Field, column: str | None = None) -> str:
    """Return the expression that turns a stored value into what is delivered: times as text."""
    column = column or identifier(field.name)
    if field.type == "month":
        return f"strftime({column}, '%Y-%m')"
    if field.type == "date":
        return f"CAST({column} AS VARCHAR)"
    if field.type != "timestamp":
        return column
    if field.zone is None:
        return f"replace(CAST({column} AS VARCHAR), ' ', 'T')"
    return f"replace(CAST({column} AT TIME ZONE 'UTC' AS VARCHAR), ' ', 'T') || 'Z'"


def value_text(value: object) -> str | None:
    """Write a delivered value as text; a number has one spelling everywhere, the shortest exact one."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _connect(
    database: Path | str, *, memory: str, spill: Path, threads: int = 1
) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        database,
        config={
            # One thread keeps the order of rows and the bytes of files the same on every machine.
            # Cursors on one database still run beside each other, each in the thread that calls it.
            "threads": threads,
            # With asynchronous input and output a failing COPY can wait for ever (seen in DuckDB 2.0.0).
            "async_threads": 0,
            "memory_limit": memory,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    # Otherwise offsets would be shown in the zone of the machine.
    connection.execute("SET TimeZone = 'UTC'")
    # It would be drawn into the standard output of commands.
    connection.execute("SET enable_progress_bar = false")
    # Stored files never change, so their footers need not be parsed again for every question.
    connection.execute("SET parquet_metadata_cache = true")
    connection.register_filesystem(SEALED_FILES)
    _connections.add(connection)
    return connection


def _close_connections() -> None:
    # One that still knows our file system when the interpreter ends complains on standard error.
    for connection in list(_connections):
        connection.close()


_connections: "weakref.WeakSet[duckdb.DuckDBPyConnection]" = weakref.WeakSet()
atexit.register(_close_connections)
