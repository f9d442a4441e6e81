"""A stored revision as something the engine can read: the one place that knows how revisions lie in storage."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from exchange.datasets.engine import PARQUET, Place, exact_paths
from exchange.datasets.queries import StoredRevision
from exchange.datasets.reading.opening import opened_revision
from exchange.datasets.schema import Schema
from exchange.trust import Vault


@dataclass(frozen=True)
class Source:
    """Rows to read: `sql` stands after FROM and takes `parameters` in their place."""

    sql: str
    parameters: tuple[list[str], ...]
    schema: Schema


@contextmanager
def revision_source(vault: Vault, revision: StoredRevision) -> Iterator[Source]:
    """Yield the rows of a stored revision; they can be read until the block ends."""
    with opened_revision(vault, revision) as files:
        yield source_of(files.places(), revision.schema)


def source_of(places: Place | Sequence[Place], schema: Schema) -> Source:
    """The rows of the file of a revision, or of its files in order."""
    return Source(PARQUET, (exact_paths(places),), schema)
