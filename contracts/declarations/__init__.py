"""What the buyer declares of its own revenue, month by month, where the price is a share of it."""

from contracts.declarations.queries import (
    DeclaredTotals,
    added_totals,
    declared_totals,
    find_declarations_of_epochs,
    last_declared_epochs,
)

__all__ = [
    "DeclaredTotals",
    "added_totals",
    "declared_totals",
    "find_declarations_of_epochs",
    "last_declared_epochs",
]
