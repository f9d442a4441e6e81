"""The kinds of notices in words."""

from exchange.core.i18n import gettext


def kind_words(kind: str) -> str:
    """What kind of notice it is."""
    return {
        "schema_change_planned": gettext("A change of the schema is planned"),
        "update_delayed": gettext("An update is delayed"),
        "deprecation_planned": gettext("The data set is planned to end"),
        "data_corrected": gettext("Data were corrected"),
        "new_version": gettext("There is a new product version"),
        "revision_revoked": gettext("A revision was revoked"),
    }[kind]
