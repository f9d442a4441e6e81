from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.core.errors import Invalid, NotFound, NotPermitted, WrongState
from exchange.core.events import find_events
from exchange.demands import service
from exchange.demands.queries import find_claims, find_demands, get_demand
from exchange.participants.actors import OPERATOR


def board(market, who):
    actor = getattr(market, who).actor if who else None
    return [item.id for item in market.read(find_demands, actor=actor)]


class TestWriting:
    def test_makes_a_draft_that_nobody_else_sees(self, market, demands):
        demand_id = demands.drafted()

        assert demands.state(demand_id) == "draft"
        with pytest.raises(NotFound):
            market.read(get_demand, demand_id, actor=market.grid_co.actor)

    @pytest.mark.parametrize("who", ["grid_co", "operator", "regulator"])
    def test_is_for_buyers(self, market, demands, who):
        with pytest.raises(NotPermitted, match="buyer"):
            demands.drafted(by=getattr(market, who))

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"valid_to": "2026-11-23"}, "valid_to"),
            ({"budget": {"min_fen": 2, "max_fen": 1}}, "budget.min_fen"),
        ],
    )
    def test_names_the_field_that_breaks_a_rule(self, demands, changes, field):
        with pytest.raises(Invalid) as refusal:
            demands.drafted(**changes)

        assert (refusal.value.field, bool(refusal.value.remedy)) == (field, True)

    def test_of_a_returned_demand_starts_its_review_again(self, demands):
        demand_id = demands.reviewed(demands.pending(), "return")
        assert (demands.state(demand_id), demands.get(demand_id).return_reason) == ("draft", "clear")

        content = {**demands.get(demand_id).content, "title_en": "Clearer"}
        demands.act(service.rewrite_demand, demand_id, content=content)
        demands.reviewed(demands.act(service.submit_demand, demand_id))

        card = demands.get(demand_id)
        assert (card.state, card.content["title_en"], card.return_reason) == ("open", "Clearer", None)

    def test_of_an_open_demand_is_refused(self, demands):
        demand_id = demands.open()

        with pytest.raises(WrongState, match="open, not draft"):
            demands.act(service.rewrite_demand, demand_id, content=demands.get(demand_id).content)


class TestReview:
    def test_puts_it_on_the_board(self, market, demands):
        demand_id = demands.open()

        assert board(market, "grid_co") == [demand_id]

    @pytest.mark.parametrize("who", ["forecast_lab", "grid_co", "regulator"])
    def test_is_the_operators(self, market, demands, who):
        demand_id = demands.pending()

        with pytest.raises(NotPermitted):
            market.do(
                service.review_demand,
                actor=getattr(market, who).actor,
                demand_id=demand_id,
                decision="open",
                reason="mine",
            )

    def test_is_not_by_the_organisation_that_wrote_it(self, market, demands):
        own = market.forecast_lab.actor
        both = replace(own, roles=own.roles | {OPERATOR})

        with pytest.raises(NotPermitted, match="own organisation"):
            market.do(
                service.review_demand, actor=both, demand_id=demands.pending(), decision="open", reason="ok"
            )


class TestVisibility:
    @pytest.mark.parametrize(
        ("kind", "verified", "seen"),
        [("product", None, 1), ("product", False, 1), ("resource", None, 0), ("resource", False, 0),
         ("resource", True, 1)],
    )  # fmt: skip
    def test_of_resources_is_for_verified_organisations_of_products_for_everybody(
        self, market, demands, kind, verified, seen
    ):
        demands.open(kind=kind)
        actor = None if verified is None else replace(market.rival.actor, is_verified=verified)

        assert len(market.read(find_demands, actor=actor)) == seen

    def test_of_a_claimed_demand_is_for_its_parties_and_overseers(self, market, demands):
        demand_id = demands.claimed()

        assert board(market, "rival") == []
        with pytest.raises(NotFound):
            market.read(get_demand, demand_id, actor=market.rival.actor)
        for who in ("forecast_lab", "grid_co", "operator", "regulator"):
            assert market.read(get_demand, demand_id, actor=getattr(market, who).actor)

    def test_of_claims_is_the_buyers_and_the_claimants(self, market, demands):
        card = demands.get(demands.claimed())

        counts = {
            who: len(market.read(find_claims, card, actor=getattr(market, who).actor))
            for who in ("forecast_lab", "grid_co", "rival", "operator")
        }
        assert counts == {"forecast_lab": 1, "grid_co": 1, "rival": 0, "operator": 1}


class TestClaim:
    def test_takes_it_off_the_board(self, market, demands):
        demand_id = demands.claimed()

        assert (demands.state(demand_id), board(market, "grid_co")) == ("claimed", [])

    def test_comes_once(self, market, demands):
        demand_id = demands.claimed()

        with pytest.raises(WrongState, match="claimed, not open"):
            demands.claim(demand_id, by=market.rival, with_listing=False)

    def test_names_a_listing_of_the_claimants_own(self, market, demands):
        with pytest.raises(Invalid) as refusal:
            demands.claim(demands.open(), by=market.rival)

        assert refusal.value.field == "listing_id"

    def test_of_a_draft_finds_nothing(self, demands):
        with pytest.raises(NotFound):
            demands.claim(demands.drafted())

    def test_of_ones_own_demand_is_refused(self, market, demands):
        demand_id = demands.open(by=market.rival)

        with pytest.raises(NotPermitted, match="own demand"):
            demands.claim(demand_id, by=market.rival, with_listing=False)

    def test_declined_returns_it_to_the_board_for_another_seven_days(self, market, demands):
        later = demands.at(market.now + timedelta(days=6))
        demand_id = demands.claimed()
        later.act(service.decline_claim, demand_id, reason="too coarse")

        card = demands.get(demand_id)
        assert (card.state, card.opened_at) == ("open", later.market.now)
        assert demands.state(demands.claim(demand_id, by=market.rival, with_listing=False)) == "claimed"

    def test_lapses_when_the_buyer_withdraws(self, market, demands):
        demand_id = demands.claimed()
        demands.act(service.withdraw_demand, demand_id, reason="not needed")

        card = demands.get(demand_id)
        claims = market.read(find_claims, card, actor=market.grid_co.actor)
        assert (card.state, [claim.state for claim in claims]) == ("withdrawn", ["lapsed"])


class TestSevenDays:
    @pytest.mark.parametrize(
        ("waited", "marked"),
        [(timedelta(days=7), False), (timedelta(days=7, seconds=1), True), (timedelta(days=8), True)],
    )
    def test_without_a_claim_are_marked_when_they_are_over(self, market, demands, waited, marked):
        demand_id = demands.open()

        did = market.do(service.mark_unclaimed, demand_id=demand_id, now=market.now + waited)

        assert (did, demands.get(demand_id).unclaimed_at is not None) == (marked, marked)

    def test_are_marked_once(self, market, demands):
        demand_id, later = demands.open(), market.now + timedelta(days=8)
        market.do(service.mark_unclaimed, demand_id=demand_id, now=later)
        market.do(service.mark_unclaimed, demand_id=demand_id, now=later + timedelta(days=1))

        assert len(market.read(find_events, [demand_id], ["demand.unclaimed"])) == 1

    def test_keep_the_operator_waiting_on_day_7_and_not_on_day_8(self, market, demands):
        demand_id = demands.open()
        on_day = [demands.at(market.now + timedelta(days=days)) for days in (7, 8)]

        with pytest.raises(WrongState, match="no more than 7 days"):
            on_day[0].act(service.intervene, demand_id, by=market.operator, note="calling providers")
        on_day[1].act(service.intervene, demand_id, by=market.operator, note="calling providers")

        assert demands.state(demand_id) == "operator_intervened"

    def test_with_the_operators_help_may_still_end_in_a_claim(self, market, demands):
        demand_id = demands.open()
        later = demands.at(market.now + timedelta(days=8))
        later.act(service.intervene, demand_id, by=market.operator, note="calling providers")

        assert board(market, "grid_co") == [demand_id]
        assert demands.state(demands.claim(demand_id)) == "claimed"


class TestEnd:
    @pytest.mark.parametrize("stage", ["drafted", "pending", "open", "claimed"])
    def test_comes_the_day_after_the_last_day_in_shanghai(self, market, demands, stage):
        demand_id = getattr(demands, stage)(valid_to="2026-11-30")
        last_minute = market.now.replace(day=30, hour=15, minute=59)

        assert not market.do(service.expire_demand, demand_id=demand_id, now=last_minute)
        assert market.do(service.expire_demand, demand_id=demand_id, now=last_minute + timedelta(minutes=1))
        assert demands.state(demand_id) == "expired"

    def test_of_a_confirmed_demand_does_not_come_by_itself(self, market, demands):
        demand_id = demands.confirmed()

        assert not market.do(
            service.expire_demand, demand_id=demand_id, now=market.now + timedelta(days=999)
        )

    def test_by_withdrawal_twice_is_one_event(self, market, demands):
        demand_id = demands.open()
        for _ in range(2):
            demands.act(service.withdraw_demand, demand_id, reason="not needed")

        assert len(market.read(find_events, [demand_id], ["demand.withdrawn"])) == 1

    def test_by_withdrawal_after_the_confirmation_is_refused(self, demands):
        with pytest.raises(WrongState, match="confirmed"):
            demands.act(service.withdraw_demand, demands.confirmed(), reason="too late")

    def test_by_another_organisation_is_not_found(self, market, demands):
        with pytest.raises(NotFound):
            demands.act(service.withdraw_demand, demands.open(), by=market.rival, reason="mine")


class TestContract:
    def test_follows_from_the_confirmed_claim_over_negotiation_and_signatures(self, market, demands):
        demand_id = demands.confirmed()

        agreement = market.agreements.frozen()
        assert demands.get(demand_id).negotiation_id == agreement.negotiation_id
        assert demands.state(demand_id) == "confirmed"

        market.agreements.sign(agreement, by=market.grid_co)
        market.agreements.sign(agreement, by=market.forecast_lab)
        card = demands.get(demand_id)
        assert (card.state, card.agreement_id) == ("contracted", agreement.id)

    def test_follows_from_a_claim_without_a_listing_too(self, market, demands):
        demand_id = demands.confirmed(with_listing=False)

        market.agreements.executed()

        assert demands.state(demand_id) == "contracted"

    def test_belongs_to_the_newest_negotiation(self, market, demands):
        demand_id = demands.confirmed()
        market.negotiations.requested()
        second = market.negotiations.requested()

        assert demands.get(demand_id).negotiation_id == second.id

    def test_of_two_demands_goes_to_one(self, market, demands):
        first, second = demands.confirmed(), demands.confirmed()

        market.agreements.executed()

        assert sorted([demands.state(first), demands.state(second)]) == ["confirmed", "contracted"]

    def test_without_a_demand_behind_it_touches_none(self, market, demands):
        demand_id = demands.claimed()

        market.agreements.executed()

        assert demands.state(demand_id) == "claimed"
