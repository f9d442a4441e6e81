"""The words around messages."""

from exchange.core.i18n import gettext


def topic_words(topic: str) -> str:
    """What a message is about."""
    return {
        "negotiations": gettext("Negotiations"),
        "agreements": gettext("Agreements"),
        "data": gettext("Data"),
        "listings": gettext("Listings"),
        "register": gettext("Register"),
        "demands": gettext("Demands"),
        "bills": gettext("Bills"),
        "organisation": gettext("Organisation"),
    }[topic]
