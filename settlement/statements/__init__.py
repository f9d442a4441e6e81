"""Bills: what one agreement owes for one period up to one closed epoch, with every amount explained."""

from settlement.statements.queries import StatementCard, billed_epochs, find_statement_cards
from settlement.statements.service import issue_statement, open_deal_accounts

__all__ = [
    "StatementCard",
    "billed_epochs",
    "find_statement_cards",
    "issue_statement",
    "open_deal_accounts",
]
