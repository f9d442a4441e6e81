"""Data sets: an upload becomes one immutable, typed, profiled and sampled revision that can be queried."""

from exchange.datasets.queries import (
    RevisionCard,
    StoredRevision,
    get_newest_revision,
    get_revision_card,
    get_stored_revision,
)
from exchange.datasets.reading.opening import opened_revision
from exchange.datasets.reading.query import WrittenFile, read_page, write_file
from exchange.datasets.reading.rendering import Page, render_csv, render_json
from exchange.datasets.schema import Field, FieldType, Schema

__all__ = [
    "Field",
    "FieldType",
    "Page",
    "RevisionCard",
    "Schema",
    "StoredRevision",
    "WrittenFile",
    "get_newest_revision",
    "get_revision_card",
    "get_stored_revision",
    "opened_revision",
    "read_page",
    "render_csv",
    "render_json",
    "write_file",
]
