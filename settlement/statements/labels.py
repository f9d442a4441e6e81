"""The words in which people read statements."""

from exchange.core.i18n import gettext
from settlement.ledger import Purpose


def line_label(description: str) -> str:
    """What a line charges for; the description itself where there are no words for it yet."""
    return {
        "rows-charged": gettext("Rows, charged"),
        "rows-free": gettext("Rows, free of charge"),
        "rows-included": gettext("Rows, included in the subscription"),
        "calls-charged": gettext("Calls, charged"),
        "calls-free": gettext("Calls, free of charge"),
        "subscription-fee": gettext("Subscription fee of the month"),
    }.get(description, description)


def account_label(purpose: str) -> str:
    """What an account is for."""
    return {
        Purpose.BUYER_RECEIVABLE: gettext("Owed by the buyer"),
        Purpose.PROVIDER_PAYABLE: gettext("Owed to the provider"),
        Purpose.PLATFORM_FEE_INCOME: gettext("Fee income of the exchange"),
    }.get(Purpose(purpose), purpose)


def event_words() -> dict[str, str]:
    """This stage's event types in words, for the page of the log."""
    return {
        "ledger.transfer_posted": gettext("A transfer was posted to the ledger"),
        "statement.issued": gettext("A statement was issued"),
        "settlement.agreement_parked": gettext("An agreement could not be settled and was set aside"),
        "settlement.run_finished": gettext("A settlement run finished"),
    }
