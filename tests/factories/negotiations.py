"""Requests, offers and acceptances between the market's provider and its buyer."""

from contracts.negotiations import service
from contracts.negotiations.models import Negotiation
from tests.factories.catalogue import PURPOSE, SCENARIO


def access_request(**changes) -> dict:
    """What a buyer asks for: everything for a month, but for the changes."""
    return {
        "purpose": PURPOSE,
        "scenario": SCENARIO,
        "columns": [],
        "days": 30,
        "max_rows": None,
        **changes,
    }


class Negotiations:
    """Takes negotiations to the turn that a test is about."""

    def __init__(self, market) -> None:
        self.market = market

    def requested(self, *, by=None, **changes) -> Negotiation:
        return self.market.do(
            service.request_access,
            actor=(by or self.market.forecast_lab).actor,
            listing_id=self.market.listing_id,
            request=access_request(**changes),
        )

    def offered(self, *, changes=None, platform_fee_bp=500, **request) -> Negotiation:
        return self.offer(self.requested(**request).id, changes=changes, platform_fee_bp=platform_fee_bp)

    def offer(self, negotiation_id: str, *, changes=None, platform_fee_bp=500) -> Negotiation:
        return self.market.do(
            service.offer_terms,
            actor=self.market.grid_co.actor,
            negotiation_id=negotiation_id,
            changes=changes or {},
            platform_fee_bp=platform_fee_bp,
        )

    def agreed(self, **offer) -> Negotiation:
        return self.accept(self.offered(**offer).id)

    def accept(self, negotiation_id: str, *, by=None) -> Negotiation:
        actor = (by or self.market.forecast_lab).actor
        return self.market.do(service.accept_offer, actor=actor, negotiation_id=negotiation_id)
