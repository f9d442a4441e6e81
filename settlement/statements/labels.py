"""The words in which people read statements."""

from exchange.core.i18n import gettext
from exchange.pricing.line_words import line_words, quantity_words, unit_price_words
from settlement.ledger import Purpose

__all__ = ["account_label", "event_words", "line_words", "quantity_words", "unit_price_words"]


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
