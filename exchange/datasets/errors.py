"""What can be wrong with an upload or with a question put to a revision."""

from exchange.core.errors import Invalid


class UnreadableSource(Invalid):
    """The upload cannot be taken in as it is; nothing of it was kept."""

    code = "unreadable-source"


class UnknownColumn(Invalid):
    """The revision has no such column."""

    code = "unknown-column"


class TimeRangeInvalid(Invalid):
    """A bound is not written the way this revision writes its times, or there is no time to bound."""

    code = "time-range-invalid"


class PageSizeInvalid(Invalid):
    """A page holds at least one row, and a cursor is a row number."""

    code = "page-size-invalid"
