"""The words around webhooks."""

from exchange.core.i18n import gettext


def endpoint_state_words(state: str) -> str:
    """Whether anything is sent to an endpoint."""
    return {"active": gettext("Active"), "disabled": gettext("Disabled")}.get(state, state)


def dispatch_state_words(state: str) -> str:
    """How far a message is on its way."""
    return {
        "waiting": gettext("Waiting"),
        "sent": gettext("Sent"),
        "parked": gettext("Given up"),
    }[state]
