"""Data sets: an upload becomes one immutable, typed, profiled and sampled revision that can be queried."""

from exchange.datasets.files import RevisionFiles
from exchange.datasets.quality.dimensions import as_of_day
from exchange.datasets.quality.disclosure import public_profile
from exchange.datasets.queries import (
    RevisionCard,
    StoredRevision,
    get_newest_revision,
    get_revision_card,
    get_stored_revision,
)
from exchange.datasets.reading.masks import PublicSample, mask_of, masked_sample, new_mask_key
from exchange.datasets.reading.opening import opened_revision
from exchange.datasets.reading.query import WrittenFile, read_page, write_file
from exchange.datasets.reading.rendering import Page, render_csv, render_json
from exchange.datasets.reading.sample import spread_rows
from exchange.datasets.reading.time_range import is_before, require_time_range
from exchange.datasets.schema import Field, FieldType, Schema

__all__ = [
    "Field",
    "FieldType",
    "Page",
    "PublicSample",
    "RevisionCard",
    "RevisionFiles",
    "Schema",
    "StoredRevision",
    "WrittenFile",
    "as_of_day",
    "get_newest_revision",
    "get_revision_card",
    "get_stored_revision",
    "is_before",
    "mask_of",
    "masked_sample",
    "new_mask_key",
    "opened_revision",
    "public_profile",
    "read_page",
    "render_csv",
    "render_json",
    "require_time_range",
    "spread_rows",
    "write_file",
]
