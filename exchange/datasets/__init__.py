"""Data sets: an upload becomes one immutable, typed, profiled and sampled revision that can be queried."""

from exchange.datasets.enquiries import AgreementOnData, AgreementsOnData, OnOffer
from exchange.datasets.events import RevisionRevoked
from exchange.datasets.files import RevisionFiles
from exchange.datasets.notices.queries import NoticeCard, find_notices
from exchange.datasets.quality.dimensions import as_of_day
from exchange.datasets.quality.disclosure import public_profile
from exchange.datasets.queries import (
    RevisionCard,
    StoredRevision,
    find_open_samples,
    get_newest_revision,
    get_revision_card,
    get_stored_revision,
)
from exchange.datasets.reading.masks import PublicSample, mask_of, masked_sample, new_mask_key, open_columns
from exchange.datasets.reading.opening import opened_revision
from exchange.datasets.reading.query import WrittenFile, read_page, write_file
from exchange.datasets.reading.rendering import Page, render_csv, render_json
from exchange.datasets.reading.row_filter import Condition, require_row_filter
from exchange.datasets.reading.sample import spread_rows
from exchange.datasets.reading.time_range import is_before, require_time_range
from exchange.datasets.revisions.history import HistoryEntry, find_history
from exchange.datasets.revisions.revocation import (
    find_revocations,
    is_standing,
    refuse_revoked,
    require_standing,
)
from exchange.datasets.schema import Field, FieldType, Schema

__all__ = [
    "AgreementOnData",
    "AgreementsOnData",
    "Condition",
    "Field",
    "FieldType",
    "HistoryEntry",
    "NoticeCard",
    "OnOffer",
    "Page",
    "PublicSample",
    "RevisionCard",
    "RevisionFiles",
    "RevisionRevoked",
    "Schema",
    "StoredRevision",
    "WrittenFile",
    "as_of_day",
    "find_history",
    "find_notices",
    "find_open_samples",
    "find_revocations",
    "get_newest_revision",
    "get_revision_card",
    "get_stored_revision",
    "is_before",
    "is_standing",
    "mask_of",
    "masked_sample",
    "new_mask_key",
    "open_columns",
    "opened_revision",
    "public_profile",
    "read_page",
    "refuse_revoked",
    "render_csv",
    "render_json",
    "require_row_filter",
    "require_standing",
    "require_time_range",
    "spread_rows",
    "write_file",
]
