"""What can be wrong with an upload or with a question put to a revision."""

from exchange.core.errors import Conflict, Invalid, InvalidDocument, NotPermitted, Unavailable


class UnreadableSource(Invalid):
    """The upload cannot be taken in as it is; nothing of it was kept."""

    code = "unreadable-source"


class UnknownColumn(Invalid):
    """The revision has no such column."""

    code = "unknown-column"


class TimeRangeInvalid(Invalid):
    """A bound is not written the way this revision writes its times, or there is no time to bound."""

    code = "time-range-invalid"


class RowFilterInvalid(InvalidDocument):
    """A condition on rows names no column of the data, or compares it with what it cannot hold."""

    code = "row-filter-invalid"


class PageSizeInvalid(Invalid):
    """A page holds at least one row, and a cursor is a row number."""

    code = "page-size-invalid"


class KeyNotUnique(Invalid):
    """The named columns do not tell the rows of a revision apart."""

    code = "key-not-unique"


class RevisionNotStanding(NotPermitted):
    """The provider or the operator has withdrawn the revision; it is neither listed, agreed on nor delivered."""

    code = "revision-revoked"


class BreakingChange(Conflict):
    """The revision would break agreements in force, and nobody has been told in time."""

    code = "breaking-change"


class DiffPending(Unavailable):
    """The revisions are large; a job compares them and the same question is answered soon."""

    code = "diff-pending"
