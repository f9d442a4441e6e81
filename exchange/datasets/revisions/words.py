"""The reasons of the compatibility rule in words."""

from collections.abc import Callable, Mapping
from typing import Any

from exchange.core.i18n import N_

Translate = Callable[[str], str]

_REASONS = {
    "column_removed": N_("Column %(column)s is gone"),
    "column_renamed": N_("Column %(column)s is now called %(new)s"),
    "type_changed": N_("Column %(column)s has the type %(new)s instead of %(old)s"),
    "unit_changed": N_("Column %(column)s is in %(new)s instead of %(old)s"),
    "became_nullable": N_("Column %(column)s has empty cells now"),
    "level_raised": N_("The level of column %(column)s is %(new)s instead of %(old)s"),
    "meaning_changed": N_("The meaning of %(column)s changed: %(new)s instead of %(old)s"),
    "time_field_changed": N_("Rows are ordered by %(new)s instead of %(old)s"),
    "step_changed": N_("A value every %(new)s instead of every %(old)s"),
    "key_changed": N_("The key is %(new)s instead of %(old)s"),
    "range_shrunk": N_("The time range shrank from %(old)s to %(new)s"),
    "rows_removed": N_("%(new)s rows instead of %(old)s"),
    "column_added": N_("Column %(column)s is new"),
    "unit_stated": N_("The unit of column %(column)s is stated: %(new)s"),
    "no_longer_nullable": N_("Column %(column)s has no empty cells any more"),
    "level_lowered": N_("The level of column %(column)s is %(new)s instead of %(old)s"),
    "columns_reordered": N_("The columns stand in another order"),
    "range_extended": N_("The time range grew from %(old)s to %(new)s"),
    "rows_fewer": N_("%(new)s rows instead of %(old)s"),
    "rows_added": N_("%(new)s rows instead of %(old)s"),
    "content_changed": N_("Other values under the same description"),
}
#: For those to whom the times are not told.
_UNTOLD = {
    "range_shrunk": N_("The time range shrank"),
    "range_extended": N_("The time range grew"),
}
_VERDICTS = {
    "identical": N_("identical"),
    "compatible": N_("compatible"),
    "breaking": N_("breaking"),
}


def reason_words(reason: Mapping[str, Any], translate: Translate) -> str:
    """One reason of the rule in a sentence without its full stop."""
    whole = translate(N_("the data set"))
    words = _REASONS if reason["old"] or reason["new"] else {**_REASONS, **_UNTOLD}
    return translate(words[reason["code"]]) % {
        "column": reason["column"] or whole,
        "old": reason["old"],
        "new": reason["new"],
    }


def verdict_words(verdict: str, translate: Translate) -> str:
    """The verdict in one word."""
    return translate(_VERDICTS[verdict])
