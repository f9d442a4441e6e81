"""Data sets: an upload becomes one immutable, typed, profiled and sampled revision that can be queried."""

from exchange.datasets.enquiries import AgreementOnData, AgreementsOnData, OnOffer
from exchange.datasets.notices.queries import NoticeCard, find_notices
from exchange.datasets.queries import (
    RevisionCard,
    StoredRevision,
    get_newest_revision,
    get_revision_card,
    get_stored_revision,
)
from exchange.datasets.reading.query import WrittenFile, read_page, write_file
from exchange.datasets.reading.rendering import Page, render_csv, render_json
from exchange.datasets.revisions.history import HistoryEntry, find_history
from exchange.datasets.revisions.revocation import find_revocations, refuse_revoked, require_standing

__all__ = [
    "AgreementOnData",
    "AgreementsOnData",
    "HistoryEntry",
    "NoticeCard",
    "OnOffer",
    "Page",
    "RevisionCard",
    "StoredRevision",
    "WrittenFile",
    "find_history",
    "find_notices",
    "find_revocations",
    "get_newest_revision",
    "get_revision_card",
    "get_stored_revision",
    "read_page",
    "refuse_revoked",
    "render_csv",
    "render_json",
    "require_standing",
    "write_file",
]
