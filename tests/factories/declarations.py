"""Declarations of revenue by the market's buyer, without HTTP."""

from contracts.declarations import queries, service
from contracts.declarations.models import RevenueDeclaration

#: Five percent of what the buyer declares.
SHARE = {"model": "revenue_share", "share_bp": 500}


class Declarations:
    """Declares as the market's buyer, naming the standing declaration when there is one."""

    def __init__(self, market) -> None:
        self.market = market

    def shared(self, *, plan=None, days=120, **offer):
        """An executed agreement whose price is a share of revenue."""
        changes = {"price_plan": plan or SHARE}
        return self.market.agreements.executed(days=days, changes=changes, **offer)

    def declare(self, agreement_id: str, revenue_fen: int, period: str = "2026-11", **changes):
        """The whole revenue of a month from here on."""
        return self.market.do(
            service.declare_revenue,
            **{
                "actor": self.market.forecast_lab.actor,
                "agreement_id": agreement_id,
                "period": period,
                "revenue_fen": revenue_fen,
                "covers": "forecasts sold to three utilities",
                "corrects": self.standing_number(agreement_id, period),
                "exchange_key": self.market.context.signing_key,
                **changes,
            },
        )

    def standing_number(self, agreement_id: str, period: str) -> int | None:
        standing = self.market.read(queries.standing_declaration, agreement_id, period)
        return None if standing is None else standing.number

    def of(self, agreement_id: str, **asked) -> list[RevenueDeclaration]:
        """All declarations, the newest first."""
        actor = self.market.operator.actor
        return self.market.read(queries.find_declarations, agreement_id, actor=actor, **asked)
