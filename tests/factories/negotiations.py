"""Requests, offers and acceptances between the market's provider and its buyer."""

from contracts.negotiations import opening, service
from contracts.negotiations.models import Negotiation
from contracts.negotiations.rounds import HouseRules, Proposal
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
            opening.request_access,
            actor=(by or self.market.forecast_lab).actor,
            listing_id=self.market.listing_id,
            request=access_request(**changes),
            house=HouseRules(),
        )

    def offered(self, *, changes=None, platform_fee_bp=500, **request) -> Negotiation:
        return self.offer(self.requested(**request).id, changes=changes, platform_fee_bp=platform_fee_bp)

    def offer(self, negotiation_id: str, *, changes=None, platform_fee_bp=500) -> Negotiation:
        return self.market.do(
            service.offer_terms,
            actor=self.market.grid_co.actor,
            negotiation_id=negotiation_id,
            changes=changes or {},
            house=HouseRules(platform_fee_bp=platform_fee_bp),
        )

    def counter(self, negotiation_id: str, *, message="", answer_days=None, **changes) -> Negotiation:
        return self.market.do(
            service.counter_offer,
            actor=self.market.forecast_lab.actor,
            negotiation_id=negotiation_id,
            changes=changes,
            house=HouseRules(),
            proposal=Proposal(message, answer_days),
        )

    def countered(self, **changes) -> Negotiation:
        return self.counter(self.offered().id, **(changes or {"days": 20}))

    def privately_offered(self, *, by=None, buyer=None, **changes) -> Negotiation:
        return self.market.do(
            opening.offer_privately,
            actor=(by or self.market.grid_co).actor,
            listing_id=self.market.listing_id,
            buyer_id=(buyer or self.market.forecast_lab).organisation_id,
            changes=changes,
            house=HouseRules(),
        )

    def agreed(self, **offer) -> Negotiation:
        return self.accept(self.offered(**offer).id)

    def accept(self, negotiation_id: str, *, by=None) -> Negotiation:
        actor = (by or self.market.forecast_lab).actor
        return self.market.do(
            service.accept_offer, actor=actor, negotiation_id=negotiation_id, house=HouseRules()
        )
