"""What a statement must say, computed without a database: the service and the offline verifier share it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.terms import Terms
from exchange.core import canonical
from exchange.core.clock import SHANGHAI
from exchange.core.identifiers import derived_id
from exchange.core.money import BASIS_POINTS, split_fen
from exchange.pricing import PriceModel, RatedLine, Usage, rate
from settlement.ledger import Leg, Purpose, account_id_of
from settlement.metering import Billable, life_json


@dataclass(frozen=True)
class Bill:
    """The amounts between two cumulative states of a period."""

    lines: tuple[RatedLine, ...]
    charged_before_fen: int
    amount_fen: int
    fee_fen: int
    provider_fen: int

    def lines_json(self) -> list[dict[str, Any]]:
        """The lines as they stand in the event."""
        return [
            {
                "key": line.key,
                "description": line.description,
                "quantity": line.quantity,
                "unit_price_micro": line.unit_price_micro,
                "amount_fen": line.amount_fen,
            }
            for line in self.lines
        ]

    @property
    def digest(self) -> str:
        """Digest of everything that a repeated computation must give again."""
        content = {
            "lines": self.lines_json(),
            "amount_fen": self.amount_fen,
            "fee_fen": self.fee_fen,
            "provider_fen": self.provider_fen,
        }
        return hashlib.sha256(canonical.to_bytes(content)).hexdigest()


def calculate_bill(terms: Terms, *, before: Usage | None, used: Billable, charged_before_fen: int) -> Bill:
    """Rate the change of the quantities under the signed plan, and split it.

    The fee is the difference of two splits of the cumulative amount, as a line is the difference of two
    rounded totals: so the fees of any cutting of a period add up to the fee of the uncut bill.
    """
    lines = rate(terms.price_plan, before, used.usage, used.life)
    amount_fen = sum(line.amount_fen for line in lines)
    fee_fen = _fee_fen(terms, charged_before_fen + amount_fen) - _fee_fen(terms, charged_before_fen)
    return Bill(lines, charged_before_fen, amount_fen, fee_fen, amount_fen - fee_fen)


def life_of(terms: Terms, before: Usage | None, used: Billable) -> dict[str, Any] | None:
    """What the event says of the agreement's life; None where the plan asks for no more than the period.

    The first days are cumulative for the period, like the quantities.
    """
    if not terms.price_plan.looks_beyond_period:
        return None
    return {
        **life_json(used.life),
        "in_first_days_before": None if before is None else before.in_first_days.to_json(),
        "in_first_days_after": used.usage.in_first_days.to_json(),
    }


def declared_of(terms: Terms, before: Usage | None, used: Billable) -> dict[str, Any] | None:
    """What the event says of the declared revenue; None where the price is no share of it."""
    if terms.price_plan.model is not PriceModel.REVENUE_SHARE:
        return None
    return {
        "before": None if before is None else before.declared.to_json(),
        "after": used.usage.declared.to_json(),
    }


def statement_id_of(agreement_id: str, period: str, epoch: int) -> str:
    """The id that the statement of an agreement for a period up to an epoch always has."""
    return derived_id("stm", agreement_id, period, str(epoch))


def statement_number(year: int, place: int) -> str:
    """The number of the nth statement of a year."""
    return f"S{year}-{place:06d}"


def year_of(instant: datetime) -> int:
    """The year of the trade, in Asia/Shanghai, in which an instant falls."""
    return instant.astimezone(SHANGHAI).year


def transfer_key_of(statement_id: str) -> str:
    """The ledger key under which a statement is posted, once for ever."""
    return f"statement:{statement_id}"


def accounts_of(terms: Terms) -> dict[Purpose, str]:
    """Whose accounts a deal is posted to: the owner for each purpose."""
    return {
        Purpose.BUYER_RECEIVABLE: terms.party("buyer").organisation_id,
        Purpose.PROVIDER_PAYABLE: terms.party("provider").organisation_id,
        Purpose.PLATFORM_FEE_INCOME: terms.party("exchange").organisation_id,
    }


def legs_of(terms: Terms, bill: Bill) -> tuple[Leg, ...]:
    """How a bill is booked: the buyer owes it, the provider is owed its share, the fee is income."""
    owners = accounts_of(terms)
    amounts = {
        Purpose.BUYER_RECEIVABLE: bill.amount_fen,
        Purpose.PROVIDER_PAYABLE: -bill.provider_fen,
        Purpose.PLATFORM_FEE_INCOME: -bill.fee_fen,
    }
    return tuple(
        Leg(account_id_of(owners[purpose], purpose), amount_fen)
        for purpose, amount_fen in amounts.items()
        if amount_fen
    )


def _fee_fen(terms: Terms, amount_fen: int) -> int:
    _, fee_fen = split_fen(amount_fen, (BASIS_POINTS - terms.platform_fee_bp, terms.platform_fee_bp))
    return fee_fen
