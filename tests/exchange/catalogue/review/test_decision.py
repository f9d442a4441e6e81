from datetime import timedelta

import pytest

from exchange.catalogue import queries
from exchange.catalogue.errors import ListingInvalid
from exchange.core.errors import Invalid, NotFound, NotPermitted, WrongState
from exchange.core.events import find_events
from tests.factories.catalogue import PER_ROW, TICKED

DEARER = {**PER_ROW, "unit_price_micro": 9_000_000}


class TestDecision:
    def test_to_list_puts_the_version_on_offer(self, market):
        version = market.listed(title_en="Other")

        found = market.on_offer(version.listing_id)
        assert (found.version, found.content["title_en"], found.state) == (1, "Other", "listed")

    def test_to_reject_leaves_it_off_offer_with_the_reason(self, market):
        version = market.decided(market.drafted(), "rejected")

        assert (version.state, version.decision_reason) == ("rejected", "checked against the list")
        with pytest.raises(NotFound):
            market.on_offer(version.listing_id)

    def test_said_again_changes_nothing(self, market):
        version = market.do_decide(market.listed())

        decided = market.read(find_events, [version.listing_id], ["listing.version_decided"])
        assert len(decided) == 1

    @pytest.mark.parametrize("stage", ["drafted", "submitted"])
    def test_before_the_organisation_approved_is_refused(self, market, stage):
        version = market.drafted()
        version = market.submitted(version) if stage == "submitted" else version

        with pytest.raises(WrongState, match="does not wait for the operator"):
            market.do_decide(version)

    def test_is_not_turned_round(self, market):
        version = market.decided(market.drafted(), "rejected")

        with pytest.raises(WrongState):
            market.do_decide(version)

    @pytest.mark.parametrize("who", ["grid_co", "grid_approver", "forecast_lab", "regulator"])
    def test_is_the_operators_only(self, market, who):
        version = market.approved(market.drafted())

        with pytest.raises(NotPermitted):
            market.decided(version, by=getattr(market, who))

    def test_on_a_listing_of_the_reviewers_own_organisation_is_refused(self, market):
        """GB/T 37932: the operator may also be a provider, and then somebody else reviews."""
        version = market.approved(market.drafted())
        both = market.grid_approver.actor
        reviewer = type(both)(**{**vars(both), "roles": frozenset({"provider", "operator"})})

        with pytest.raises(NotPermitted, match="own organisation"):
            market.do_decide(version, actor=reviewer)

    def test_to_list_needs_the_whole_checklist(self, market):
        with pytest.raises(Invalid, match="not every item"):
            market.decided(market.drafted(), checklist=TICKED[:-1])

    def test_to_reject_needs_no_tick_and_lacks_nothing(self, market):
        assert market.decided(market.drafted(), "rejected", checklist=[]).state == "rejected"
        with pytest.raises(Invalid, match="lacks nothing"):
            market.decided(market.drafted(), "rejected", missing=["a form"])

    def test_lists_nothing_whose_assessment_ended_meanwhile(self, market):
        version = market.approved(market.drafted(valid_to="2026-11-30"))
        market.now += timedelta(days=10)

        with pytest.raises(ListingInvalid, match="2026-11-30"):
            market.decided(version)


class TestPriceNotice:
    def test_of_a_decrease_is_for_everybody_at_once(self, market):
        version = market.decided(market.edited(plan={**PER_ROW, "unit_price_micro": 1_000}))

        assert version.price_notice == {
            "direction": "decrease",
            "reasons": ["standard: No use costs more under the new price than under the old one."],
            "notice_given_on": "2026-11-24",
            "renewals_from": "2026-11-24",
        }

    def test_of_an_increase_is_the_first_of_a_month_after_ninety_days(self, market):
        notice = market.decided(market.edited(plan=DEARER)).price_notice

        assert (notice["direction"], notice["renewals_from"]) == ("increase", "2027-03-01")

    def test_of_an_increase_may_be_later_by_the_providers_word(self, market):
        terms = {"increase_effective_from": "2027-07-01"}
        version = market.decided(market.edited(plan=DEARER, price_terms=terms))

        assert version.price_notice["renewals_from"] == "2027-07-01"

    def test_is_not_given_where_prices_stay(self, market):
        assert market.decided(market.edited(title_en="Other")).price_notice is None

    def test_too_early_is_refused_with_the_earliest_day(self, market):
        with pytest.raises(ListingInvalid) as refusal:
            market.edited(plan=DEARER, price_terms={"increase_effective_from": "2027-02-28"})

        problem = refusal.value.problems[0]
        assert problem.field == "price_terms.increase_effective_from"
        assert "2027-03-01" in problem.remedy

    def test_that_the_review_has_overtaken_is_refused_too(self, market):
        """Notice is given by listing; a review that took weeks has eaten into it."""
        terms = {"increase_effective_from": "2027-03-01"}
        version = market.approved(market.edited(plan=DEARER, price_terms=terms))
        market.now += timedelta(days=30)

        with pytest.raises(ListingInvalid) as refusal:
            market.decided(version)
        assert "2027-04-01" in refusal.value.problems[0].remedy

    def test_leaves_the_price_history_readable(self, market):
        market.decided(market.edited(plan=DEARER))

        history = market.read(
            queries.find_price_history,
            market.listing_id,
            actor=market.forecast_lab.actor,
            now=market.now,
        )
        prices = [item.content["price_plans"][0]["plan"]["unit_price_micro"] for item in history]
        assert (prices, [item.version for item in history]) == ([9_000_000, 2_000], [2, 1])

    def test_of_a_running_increase_is_not_escaped_by_a_decrease(self, market):
        """Raising far and lowering a little the next day would be an increase without notice."""
        market.decided(market.edited(plan=DEARER))
        market.now += timedelta(days=1)
        notice = market.decided(market.edited(plan={**PER_ROW, "unit_price_micro": 4_000})).price_notice

        assert (notice["direction"], notice["renewals_from"]) == ("increase", "2027-03-01")
        assert notice["reasons"][0].startswith("standard: For some use")

    def test_of_a_running_increase_is_kept_by_a_version_that_changes_no_price(self, market):
        first = market.decided(market.edited(plan=DEARER)).price_notice
        market.now += timedelta(days=1)

        assert market.decided(market.edited(plan=DEARER, title_en="Other")).price_notice == first

    def test_of_an_increase_that_is_taken_back_is_a_decrease(self, market):
        market.decided(market.edited(plan=DEARER))

        assert market.decided(market.edited()).price_notice["direction"] == "decrease"

    def test_of_an_increase_that_has_begun_protects_nothing_any_more(self, market):
        market.decided(market.edited(plan=DEARER))
        market.now += timedelta(days=100)

        lower = market.decided(market.edited(plan={**PER_ROW, "unit_price_micro": 4_000}))
        assert lower.price_notice["direction"] == "decrease"
