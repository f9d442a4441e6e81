from datetime import timedelta

import pytest

from exchange.catalogue import lifecycle
from exchange.catalogue.errors import ListingNotOnOffer
from exchange.catalogue.jobs import expire_listings
from exchange.catalogue.queries import get_own_listing
from exchange.catalogue.search import Wish, search_listings
from exchange.core import clock
from exchange.core.errors import NotFound, NotPermitted, WrongState
from exchange.core.events import find_events


def on_offer_ids(market, **when):
    found = market.read(
        search_listings, **{"actor": market.forecast_lab.actor, "wish": Wish(), "now": market.now, **when}
    )
    return [item.id for item in found.items]


class TestSuspension:
    def test_takes_the_listing_off_offer_and_says_why(self, market):
        market.suspended()

        assert on_offer_ids(market) == []
        seen = market.on_offer()
        assert (seen.state, seen.state_reason) == ("suspended", "a complaint is being looked into")

    @pytest.mark.parametrize("turn", ["requested", "offered", "agreed"])
    def test_refuses_every_turn_towards_a_new_deal(self, market, turn):
        negotiation = {
            "requested": lambda: None,
            "offered": market.negotiations.requested,
            "agreed": market.negotiations.offered,
        }[turn]()
        market.suspended()

        with pytest.raises(ListingNotOnOffer, match="suspended"):
            if turn == "requested":
                market.negotiations.requested()
            elif turn == "offered":
                market.negotiations.offer(negotiation.id)
            else:
                market.negotiations.accept(negotiation.id)

    def test_ends_with_a_resumption(self, market):
        market.suspended()
        market.resumed()

        assert on_offer_ids(market) == [market.listing_id]
        assert market.on_offer().state_reason is None

    def test_said_again_changes_nothing_and_with_another_effect_is_told(self, market):
        for effect in ("new_deals_only", "new_deals_only", "stop_deliveries"):
            listing = market.suspended(effect)

        told = market.read(find_events, [market.listing_id], ["listing.suspended"])
        assert (listing.stop_effect, len(told)) == ("stop_deliveries", 2)

    def test_of_a_draft_is_refused(self, market):
        version = market.drafted()

        with pytest.raises(WrongState, match="draft"):
            market.do(
                lifecycle.suspend_listing,
                actor=market.operator.actor,
                listing_id=version.listing_id,
                effect="new_deals_only",
                reason="no",
            )

    @pytest.mark.parametrize("who", ["grid_co", "grid_approver", "rival", "regulator"])
    def test_is_the_operators(self, market, who):
        for verb, more in (
            (lifecycle.suspend_listing, {"effect": "new_deals_only"}),
            (lifecycle.resume_listing, {}),
        ):
            with pytest.raises(NotPermitted):
                market.do(
                    verb,
                    actor=getattr(market, who).actor,
                    listing_id=market.listing_id,
                    reason="no",
                    **more,
                )

    def test_that_never_was_is_not_resumed(self, market):
        market.delisted()

        with pytest.raises(WrongState):
            market.resumed()

    def test_outlives_a_new_version(self, market):
        version = market.edited(title_en="Mended")
        market.suspended()
        market.decided(version)

        assert (market.on_offer().version, market.on_offer().state) == (2, "suspended")


class TestDelisting:
    def test_by_its_provider_takes_it_off_offer_for_good(self, market):
        market.delisted()

        assert on_offer_ids(market) == []
        assert market.on_offer().state == "delisted"
        with pytest.raises(WrongState, match="delisted"):
            market.edited()

    def test_of_another_providers_listing_is_not_found(self, market):
        with pytest.raises(NotFound):
            market.delisted(by=market.rival)

    def test_by_the_operator_is_possible_for_any(self, market):
        assert market.delisted(by=market.operator).state == "delisted"

    def test_keeps_a_version_under_review_from_being_listed(self, market):
        version = market.approved(market.edited())
        market.delisted()

        with pytest.raises(WrongState, match="delisted"):
            market.decided(version)

    def test_by_the_provider_does_not_lift_the_operators_stop(self, market):
        market.suspended("stop_deliveries")

        with pytest.raises(NotPermitted, match="only the operator"):
            market.delisted("new_deals_only")
        assert market.delisted("stop_deliveries").stop_effect == "stop_deliveries"


class TestExpiry:
    @pytest.fixture
    def expiring(self, market):
        """The listing, on offer to the end of November."""
        market.decided(market.edited(valid_to="2026-11-30"))
        return market.now + timedelta(days=7)

    def test_counts_from_the_day_after_whatever_the_job_does(self, market, expiring):
        assert on_offer_ids(market, now=expiring - timedelta(days=1)) == [market.listing_id]
        assert on_offer_ids(market, now=expiring) == []
        assert market.on_offer(at=expiring).state == "expired"

    def test_refuses_a_request(self, market, expiring):
        market.now = expiring

        with pytest.raises(ListingNotOnOffer, match="expired"):
            market.negotiations.requested()

    def test_is_noted_once_by_the_job(self, market, expiring, monkeypatch):
        monkeypatch.setattr(clock, "now", lambda: expiring)
        for _ in range(2):
            expire_listings(market.context)

        told = market.read(find_events, [market.listing_id], ["listing.expired"])
        row = market.read(get_own_listing, market.listing_id, actor=market.grid_co.actor)
        assert (len(told), row.state) == (1, "expired")

    def test_ends_with_a_new_version_that_lasts_longer(self, market, expiring, monkeypatch):
        monkeypatch.setattr(clock, "now", lambda: expiring)
        expire_listings(market.context)
        market.now = expiring

        market.decided(market.edited(valid_to="2027-12-31"))

        assert on_offer_ids(market) == [market.listing_id]
