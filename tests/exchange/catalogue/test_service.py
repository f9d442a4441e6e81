import pytest

from exchange.catalogue import service
from exchange.catalogue.errors import ListingInvalid
from exchange.catalogue.queries import find_versions, get_version
from exchange.core.errors import NotFound, NotPermitted
from exchange.datasets import service as datasets
from tests.factories.catalogue import described, offer
from tests.factories.datasets import load_curve, taken_in


def refused(market, **changes):
    """The faults of an offer, by member."""
    with pytest.raises(ListingInvalid) as refusal:
        market.drafted(**changes)
    return {problem.field: problem for problem in refusal.value.problems}


class TestDraft:
    def test_states_the_facts_of_the_newest_revision(self, market):
        version = market.drafted()

        assert version.state == "draft"
        assert version.content["revision"]["rows"] == market.ingested.rows
        assert version.content["revision"]["sha256"] == market.ingested.sha256

    def test_has_every_member_whatever_was_left_out(self, market):
        content = market.drafted().content

        assert content["licence"] == {"name": "", "url": ""}
        assert (content["commodity"], content["public_data"], content["hosted"]) == (None, None, None)
        assert content["source"]["type"] == "001"
        assert content["rights"]["operate"] is True

    def test_derives_the_dictionary_from_the_columns(self, market):
        dictionary = market.drafted().content["dictionary"]

        assert [entry["name"] for entry in dictionary] == ["time", "load_kw", "remark"]
        assert dictionary[1] == {
            "name": "load_kw",
            "meaning_zh": "",
            "meaning_en": "",
            "unit": "kW",
            "level": "L1",
            "sensitive": False,
            "mask": "none",
        }

    def test_keeps_the_dictionary_in_the_order_of_the_columns(self, market):
        content = market.drafted(dictionary=described(time={"meaning_zh": "时间"})[::-1]).content

        assert [entry["name"] for entry in content["dictionary"]] == ["time", "load_kw", "remark"]
        assert content["dictionary"][0]["meaning_zh"] == "时间"

    def test_is_graded_by_its_highest_field(self, market):
        content = market.drafted(dictionary=described(load_kw={"level": "L3"})).content

        assert (content["grade"], content["highest_level"]) == ("general", "L3")

    def test_writes_its_price_plans_complete(self, market):
        plan = {"model": "per_row", "unit_price_micro": 1}

        assert market.drafted(plan=plan).content["price_plans"][0]["plan"] == {**plan, "free_rows": 0}

    def test_is_seen_by_no_buyer(self, market):
        version = market.drafted()

        with pytest.raises(NotFound):
            market.on_offer(version.listing_id)

    def test_of_a_data_set_of_another_provider_is_not_found(self, market):
        with pytest.raises(NotFound):
            market.drafted(by=market.rival)

    @pytest.mark.parametrize("who", ["forecast_lab", "operator", "regulator"])
    def test_is_written_by_providers_only(self, market, who):
        with pytest.raises(NotPermitted, match="provider"):
            market.drafted(by=getattr(market, who))

    def test_is_written_by_editors_only(self, market):
        with pytest.raises(NotPermitted, match="editor"):
            market.drafted(by=market.grid_approver)


class TestRefusal:
    def test_names_every_fault_of_form_and_of_rules_at_once(self, market):
        problems = refused(
            market,
            sector="weather",
            scenarios=[],
            surprise=1,
            dictionary=described(remark={"sensitive": True}),
            compliance={"commitment": False},
        )

        assert problems.keys() == {
            "sector",
            "scenarios",
            "surprise",
            "dictionary.2.mask",
            "compliance.commitment",
        }
        assert all(problem.remedy for problem in problems.values())

    def test_of_free_text_names_the_table(self, market):
        problem = refused(market, industry="electricity and so on")["industry"]

        assert "industries" in problem.message
        assert "wdx codes industries" in problem.remedy

    def test_of_a_dictionary_that_lacks_a_column_names_it(self, market):
        problems = refused(market, dictionary=described()[:2])

        assert "remark" in problems["dictionary"].message

    def test_of_a_dictionary_that_invents_a_column_names_it(self, market):
        problems = refused(market, dictionary=[*described(), {"name": "price"}])

        assert "price" in problems["dictionary.3.name"].message

    def test_of_data_derived_from_a_higher_grade_needs_a_reason(self, market):
        """Trap: a derived product is silently graded below its parent."""
        parent = market.listed(dictionary=described(load_kw={"level": "L4"})).listing_id
        source = {"parents": [parent]}

        assert "security.derivation_reason" in refused(market, source=source)
        assert market.drafted(source=source, security={"derivation_reason": "aggregated by month"})
        assert market.drafted(source=source, dictionary=described(time={"level": "L4"}))

    def test_of_a_parent_that_is_not_there_names_it(self, market):
        assert "source.parents.0" in refused(market, source={"parents": ["lst_nowhere"]})

    def test_leaves_nothing_behind(self, market):
        before = len(market.read(find_versions, actor=market.operator.actor))
        refused(market, sector="weather")

        assert len(market.read(find_versions, actor=market.operator.actor)) == before


class TestEdit:
    def test_leaves_the_listed_version_on_offer_until_the_review(self, market):
        market.approved(market.edited(title_en="Dearer"))

        assert (market.on_offer().version, market.on_offer().content["title_en"]) == (1, "Load curve")

    def test_once_listed_supersedes_the_version_before(self, market):
        market.decided(market.edited(title_en="Dearer"))

        assert market.on_offer().version == 2
        assert market.read(get_version, market.listing_id, 1).state == "superseded"

    def test_once_rejected_leaves_the_version_before_on_offer(self, market):
        market.decided(market.edited(), "rejected")

        assert market.on_offer().version == 1

    def test_takes_over_the_newest_revision(self, market):
        market.do(
            datasets.add_revision,
            actor=market.grid_co.actor,
            dataset_id=market.dataset_id,
            source_name="load.csv",
            ingested=taken_in(market.context.storage, load_curve(shift=1)),
        )

        assert market.edited().content["revision"]["number"] == 2
        assert market.on_offer().content["revision"]["number"] == 1

    def test_of_another_providers_listing_is_not_found(self, market):
        with pytest.raises(NotFound):
            market.do(
                service.edit_listing,
                actor=market.rival.actor,
                listing_id=market.listing_id,
                offer=offer(),
                notice_days=90,
            )

    def test_that_says_the_same_has_the_same_digest(self, market):
        assert market.edited().digest == market.on_offer().digest
        assert market.edited(title_en="Other").digest != market.on_offer().digest


class TestFindVersions:
    @pytest.mark.parametrize(("who", "count"), [("grid_co", 2), ("operator", 2), ("rival", 0)])
    def test_shows_a_provider_their_own_and_the_operator_all(self, market, who, count):
        market.drafted()

        assert len(market.read(find_versions, actor=getattr(market, who).actor)) == count

    def test_by_state_is_the_review_queue(self, market):
        waiting = market.approved(market.drafted())

        found = market.read(find_versions, actor=market.operator.actor, state="platform_review")
        assert [item.listing_id for item in found] == [waiting.listing_id]

    def test_comes_in_pages(self, market):
        for _ in range(2):
            market.drafted()

        pages = [
            market.read(find_versions, actor=market.operator.actor, offset=offset, limit=2)
            for offset in (0, 2)
        ]
        assert [len(page) for page in pages] == [2, 1]
