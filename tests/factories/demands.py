"""Demands at every stage of their life."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from exchange.demands import service
from exchange.demands.queries import DemandCard, get_demand
from tests.factories.catalogue import SCENARIO

RISKS = {
    "cross_border": "kept in Wuhan",
    "over_use": "one purpose, checked monthly",
    "inference": "no single meters",
    "leak_tamper_delete": "encrypted at rest",
    "management": "the data officer answers",
}


def demand_content(**changes: Any) -> dict[str, Any]:
    """A complete demand for a load curve, but for the changes."""
    return {
        "title_zh": "求购15分钟负荷曲线",
        "title_en": "Load curve wanted",
        "description": "",
        "kind": "product",
        "sector": "power",
        "scenario": SCENARIO,
        "columns": ["load_kw"],
        "region": "",
        "granularity": "PT15M",
        "delivery_modes": ["query", "file"],
        "budget": {"min_fen": 100_000, "max_fen": 500_000},
        "valid_to": "2026-12-31",
        "risks": RISKS,
        **changes,
    }


class Demands:
    """Takes a demand of the market's buyer to the state that a test is about."""

    def __init__(self, market: Any) -> None:
        self.market = market

    def drafted(self, *, by: Any = None, **changes: Any) -> str:
        actor = (by or self.market.forecast_lab).actor
        return self.market.do(service.write_demand, actor=actor, content=demand_content(**changes)).id

    def pending(self, **changes: Any) -> str:
        return self.act(service.submit_demand, self.drafted(**changes), by=changes.get("by"))

    def open(self, **changes: Any) -> str:
        return self.reviewed(self.pending(**changes))

    def reviewed(self, demand_id: str, decision: str = "open") -> str:
        return self.act(
            service.review_demand, demand_id, by=self.market.operator, decision=decision, reason="clear"
        )

    def claimed(self, *, by: Any = None, with_listing: bool = True, **changes: Any) -> str:
        return self.claim(self.open(**changes), by=by, with_listing=with_listing)

    def claim(self, demand_id: str, *, by: Any = None, with_listing: bool = True) -> str:
        return self.act(
            service.claim_demand,
            demand_id,
            by=by or self.market.grid_co,
            message="we measure it",
            listing_id=self.market.listing_id if with_listing else None,
        )

    def confirmed(self, **changes: Any) -> str:
        return self.act(service.confirm_claim, self.claimed(**changes))

    def act(self, verb: Any, demand_id: str, *, by: Any = None, **arguments: Any) -> str:
        """Let a member, the buyer if none is named, do something to a demand."""
        actor = (by or self.market.forecast_lab).actor
        self.market.do(verb, actor=actor, demand_id=demand_id, **arguments)
        return demand_id

    def at(self, now: datetime) -> "Demands":
        """The same market at another hour."""
        return Demands(replace(self.market, now=now))

    def get(self, demand_id: str) -> DemandCard:
        return self.market.read(get_demand, demand_id, actor=self.market.operator.actor)

    def state(self, demand_id: str) -> str:
        return self.get(demand_id).state
