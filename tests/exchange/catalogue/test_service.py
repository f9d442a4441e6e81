import pytest

from exchange.catalogue import queries, service
from exchange.catalogue.queries import find_versions, get_version
from exchange.core.errors import Invalid, NotFound, NotPermitted, WrongState
from exchange.core.events import find_events
from exchange.datasets import service as datasets
from exchange.pricing import PricePlanInvalid
from tests.factories.catalogue import offer
from tests.factories.datasets import load_curve, taken_in


def on_offer(market):
    return market.read(queries.get_published_listing, market.listing_id)


class TestDraft:
    def test_states_the_facts_of_the_newest_revision(self, market):
        version = market.drafted()

        assert version.state == "draft"
        assert version.content["revision"]["rows"] == market.ingested.rows
        assert version.content["revision"]["sha256"] == market.ingested.sha256

    def test_is_seen_by_no_buyer(self, market):
        version = market.drafted()

        with pytest.raises(NotFound):
            market.read(queries.get_published_listing, version.listing_id)

    def test_without_a_scenario_is_refused(self, market):
        with pytest.raises(Invalid, match="at least one scenario") as refusal:
            market.drafted(scenarios=[])

        assert (refusal.value.field, "无场景不交易" in refusal.value.remedy) == ("scenarios", True)

    @pytest.mark.parametrize(
        ("plan", "field"),
        [
            ({"model": "auction"}, "price_plan.model"),
            ({"model": "per_row"}, "price_plan.unit_price_micro"),
            ({"model": "per_row", "unit_price_micro": -1}, "price_plan.unit_price_micro"),
            ({"model": "per_call", "unit_price_micro": 1, "free_rows": 1}, "price_plan.free_rows"),
        ],
    )
    def test_with_a_bad_price_plan_names_its_member(self, market, plan, field):
        with pytest.raises(PricePlanInvalid) as refusal:
            market.drafted(price_plan=plan)

        assert refusal.value.field == field

    def test_of_a_data_set_of_another_provider_is_not_found(self, market):
        with pytest.raises(NotFound):
            market.drafted(by=market.rival)

    @pytest.mark.parametrize("who", ["forecast_lab", "operator", "regulator"])
    def test_is_written_by_providers_only(self, market, who):
        with pytest.raises(NotPermitted, match="provider"):
            market.drafted(by=getattr(market, who))


class TestSubmission:
    def test_twice_is_one_submission(self, market):
        version = market.submitted(market.submitted(market.drafted()))

        submitted = market.read(find_events, [version.listing_id], ["listing.version_submitted"])
        assert (version.state, len(submitted)) == ("submitted", 1)

    def test_of_a_decided_version_is_refused(self, market):
        version = market.decided(market.submitted(market.drafted()), "rejected")

        with pytest.raises(WrongState, match="rejected, not draft"):
            market.submitted(version)

    def test_of_another_providers_version_is_not_found(self, market):
        version = market.drafted()
        with pytest.raises(NotFound):
            market.do(
                service.submit_version,
                actor=market.rival.actor,
                listing_id=version.listing_id,
                number=version.number,
            )

    def test_of_a_version_that_is_not_there_is_not_found(self, market):
        with pytest.raises(NotFound):
            market.do(
                service.submit_version,
                actor=market.grid_co.actor,
                listing_id=market.listing_id,
                number=99,
            )


class TestDecision:
    def test_to_list_puts_the_version_on_offer(self, market):
        version = market.decided(market.submitted(market.drafted(title_en="Other")))

        found = market.read(queries.get_published_listing, version.listing_id)
        assert (found.version, found.content["title_en"]) == (1, "Other")

    def test_to_reject_leaves_it_off_offer_with_the_reason(self, market):
        version = market.decided(market.submitted(market.drafted()), "rejected")

        assert (version.state, version.decision_reason) == ("rejected", "checked against the list")
        with pytest.raises(NotFound):
            market.read(queries.get_published_listing, version.listing_id)

    def test_said_again_changes_nothing(self, market):
        version = market.decided(market.decided(market.submitted(market.drafted())))

        decided = market.read(find_events, [version.listing_id], ["listing.version_decided"])
        assert len(decided) == 1

    def test_on_a_draft_is_refused(self, market):
        with pytest.raises(WrongState, match="draft, not submitted"):
            market.decided(market.drafted())

    def test_is_not_turned_round(self, market):
        version = market.decided(market.submitted(market.drafted()), "rejected")

        with pytest.raises(WrongState):
            market.decided(version, "listed")

    @pytest.mark.parametrize("who", ["grid_co", "forecast_lab", "regulator"])
    def test_is_the_operators_only(self, market, who):
        with pytest.raises(NotPermitted):
            market.decided(market.submitted(market.drafted()), by=getattr(market, who))

    def test_on_a_listing_of_the_reviewers_own_organisation_is_refused(self, market):
        """GB/T 37932: the operator may also be a provider, and then somebody else reviews."""
        version = market.submitted(market.drafted())
        both = market.grid_co.actor
        reviewer = type(both)(**{**vars(both), "roles": frozenset({"provider", "operator"})})

        with pytest.raises(NotPermitted, match="own organisation"):
            market.do(
                service.decide_version,
                actor=reviewer,
                listing_id=version.listing_id,
                number=version.number,
                decision="listed",
                reason="looks good to me",
            )


class TestEdit:
    def test_leaves_the_listed_version_on_offer_until_the_review(self, market):
        market.submitted(market.edited(title_en="Dearer"))

        assert (on_offer(market).version, on_offer(market).content["title_en"]) == (1, "Load curve")

    def test_once_listed_supersedes_the_version_before(self, market):
        market.decided(market.submitted(market.edited(title_en="Dearer")))

        assert on_offer(market).version == 2
        assert market.read(get_version, market.listing_id, 1).state == "superseded"

    def test_once_rejected_leaves_the_version_before_on_offer(self, market):
        market.decided(market.submitted(market.edited()), "rejected")

        assert on_offer(market).version == 1

    def test_takes_over_the_newest_revision(self, market):
        market.do(
            datasets.add_revision,
            actor=market.grid_co.actor,
            dataset_id=market.dataset_id,
            source_name="load.csv",
            ingested=taken_in(market.context.storage, load_curve(shift=1)),
        )

        assert market.edited().content["revision"]["number"] == 2
        assert on_offer(market).content["revision"]["number"] == 1

    def test_of_another_providers_listing_is_not_found(self, market):
        with pytest.raises(NotFound):
            market.do(
                service.edit_listing,
                actor=market.rival.actor,
                listing_id=market.listing_id,
                offer=offer(),
            )

    def test_that_says_the_same_has_the_same_digest(self, market):
        assert market.edited().digest == on_offer(market).digest
        assert market.edited(title_en="Other").digest != on_offer(market).digest

    def test_keeps_superseded_versions_readable(self, market):
        """Agreements under an old version still name it."""
        market.decided(market.submitted(market.edited(title_en="Dearer")))

        card = market.read(queries.get_version_card, market.listing_id, 1)
        assert card.content["title_en"] == "Load curve"


class TestFindVersions:
    @pytest.mark.parametrize(("who", "count"), [("grid_co", 2), ("operator", 2), ("rival", 0)])
    def test_shows_a_provider_their_own_and_the_operator_all(self, market, who, count):
        market.drafted()

        assert len(market.read(find_versions, actor=getattr(market, who).actor)) == count

    def test_by_state_is_the_review_queue(self, market):
        waiting = market.submitted(market.drafted())

        found = market.read(find_versions, actor=market.operator.actor, state="submitted")
        assert [item.listing_id for item in found] == [waiting.listing_id]


def test_the_offer_is_found_by_its_sector(market):
    power = market.read(queries.find_published_listings, sector="power")

    assert [item.id for item in power] == [market.listing_id]
    assert market.read(queries.find_published_listings, sector="energy") == []
