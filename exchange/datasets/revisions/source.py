"""A stored revision as something the engine can read: the one place that knows how revisions lie in storage."""

from dataclasses import dataclass
from pathlib import Path

from exchange.core.storage import Storage
from exchange.datasets.engine import PARQUET, exact_path
from exchange.datasets.queries import StoredRevision
from exchange.datasets.schema import Schema


@dataclass(frozen=True)
class Source:
    """Rows to read: `sql` stands after FROM and takes `parameters` in their place."""

    sql: str
    parameters: tuple[str, ...]
    schema: Schema


def revision_source(storage: Storage, revision: StoredRevision) -> Source:
    """The rows of a stored revision."""
    return file_source(storage.local_path(revision.storage_key), revision.schema)


def file_source(parquet: Path, schema: Schema) -> Source:
    """The rows of one Parquet file as ingest writes it."""
    return Source(PARQUET, (exact_path(parquet),), schema)
