"""DuckDB as used here: scratch databases with bounded memory, and one small reader per thread."""

import atexit
import os
import re
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exchange.datasets.schema import Field
from exchange.datasets.sealed_files import SEALED_FILES

# The path is always a bound parameter. Folders named `a=b` would otherwise become columns.
PARQUET = "read_parquet(?, hive_partitioning = false)"

_SCRATCH_MEMORY = "512MB"
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


def exact_path(path: Path | str) -> str:
    """Write a path so that the engine reads this one file even when a folder is named `prices[1]*`.

    The address of an opened revision is text and stays as it is.
    """
    if isinstance(path, str):
        return path
    return re.sub(r"[*?\[]", r"[\g<0>]", str(path))


def identifier(name: str) -> str:
    """Quote a column name; names cannot be bound as parameters."""
    return '"' + name.replace('"', '""') + '"'


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


def _connect(database: Path | str, *, memory: str, spill: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        database,
        config={
            # One thread keeps the order of rows and the bytes of files the same on every machine.
            "threads": 1,
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
