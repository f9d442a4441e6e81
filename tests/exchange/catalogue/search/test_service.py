from dataclasses import replace

import pytest

from exchange.catalogue.search import Wish, search_listings
from exchange.catalogue.search.index import rebuild, rebuild_if_new, refresh_listing
from exchange.catalogue.search.models import SearchIndex
from exchange.catalogue.search.service import DEEPEST
from exchange.core.errors import Invalid

COPPER = {
    "title_zh": "伦敦铜现货价",
    "title_en": "LME copper spot",
    "sector": "bulk_materials",
    "summary_en": "Daily settlement",
    "price_plan": {"model": "subscription", "fee_micro": 5_000_000, "included_rows": "unlimited"},
}
COAL = {
    "title_zh": "秦皇岛动力煤指数",
    "title_en": "Qinhuangdao index",
    "sector": "energy",
    "summary_en": "Weekly index",
    "coverage": {"region": "130300", "granularity": "P7D", "update_frequency": "005", "latency": None},
}


class TestWords:
    @pytest.mark.parametrize(
        "question",
        [
            "铜价",
            "铜",
            "copper",
            "LME copper",
            "ｌｍｅ铜",
            "copper prices 现货",
            "伦敦铜",
            "每月 copper 订阅",
        ],
    )
    def test_in_either_language_find_the_listing(self, listed, titles, question):
        listed(**COPPER, keywords=["monthly"])
        listed(**COAL)

        assert titles(question) == ["LME copper spot"]

    @pytest.mark.parametrize("question", ["煤", "动力煤", "coal", "河北", "hebei 煤炭", "weekly"])
    def test_of_one_and_of_many_characters_and_of_codes_find_it(self, listed, titles, question):
        listed(**COAL)

        assert titles(question) == ["Qinhuangdao index"]

    @pytest.mark.parametrize("question", ["load_kw", "grid-co", "load forecasting", "负荷 15min", "PT15M"])
    def test_of_columns_provider_scenario_and_rhythm_find_it(self, titles, question):
        assert titles(question) == ["Load curve"]

    def test_that_stand_nowhere_find_nothing(self, titles):
        assert titles("zirconium") == []

    def test_must_all_be_there(self, listed, search):
        listed(**COPPER)
        listed(**COAL)

        found = search("copper 秦皇岛")
        assert (found.relaxed, found.total) == (True, 2)
        assert not search("copper 现货").relaxed

    def test_of_which_none_has_all_put_the_listing_with_more_of_them_first(self, listed, titles):
        listed(**COPPER)
        listed(**COAL)

        assert titles("LME copper 秦皇岛")[0] == "LME copper spot"


class TestOrder:
    def test_is_title_over_keywords_over_summary_over_columns(self, listed, titles):
        listed(title_en="In the column", dictionary=[{"name": "zinc_t"}])
        listed(title_en="In the title: zinc")
        listed(title_en="In the summary", summary_en="about zinc")
        listed(title_en="In the keywords", keywords=["zinc"])

        assert titles("zinc") == [
            "In the title: zinc",
            "In the keywords",
            "In the summary",
            "In the column",
        ]

    def test_of_equals_is_the_newest_first(self, listed, titles):
        listed(title_en="zinc one")
        listed(title_en="zinc two")

        assert titles("zinc") == ["zinc two", "zinc one"]
        assert titles()[:2] == ["zinc two", "zinc one"]

    def test_by_newest_forgets_the_words_place(self, listed, titles):
        listed(title_en="zinc")
        listed(title_en="Other", summary_en="zinc")

        assert titles("zinc", sort="newest") == ["Other", "zinc"]

    def test_by_price_is_the_cheapest_first_within_one_price_model(self, listed, titles):
        for price in (3_000, 1_000, 2_500):
            listed(title_en=f"at {price}", price_plan={"model": "per_row", "unit_price_micro": price})
        listed(**COPPER)

        found = titles(sort="price", filters={"price_model": ["per_row"]})
        assert found == ["at 1000", "Load curve", "at 2500", "at 3000"]

    @pytest.mark.parametrize("chosen", [[], ["per_row", "per_call"]])
    def test_by_price_across_models_is_refused(self, search, chosen):
        with pytest.raises(Invalid, match="cannot be compared") as refusal:
            search(sort="price", filters={"price_model": chosen})

        assert refusal.value.field == "sort"


class TestPages:
    def test_follow_each_other_without_overlap(self, listed, titles):
        for number in range(5):
            listed(title_en=f"zinc {number}")

        pages = [titles("zinc", page=page, size=2) for page in (1, 2, 3, 4)]
        assert pages == [["zinc 4", "zinc 3"], ["zinc 2", "zinc 1"], ["zinc 0"], []]

    def test_beyond_the_deepest_are_refused_with_a_way_on(self, search):
        with pytest.raises(Invalid, match=str(DEEPEST)) as refusal:
            search(page=DEEPEST, size=20)

        assert "Narrow" in refusal.value.remedy


class TestFacets:
    def test_widen_within_one_and_narrow_between_two(self, listed, titles):
        listed(**COPPER)
        listed(**COAL)

        def by(**filters):
            return set(titles(filters=filters))

        assert by(sector=["energy"]) == {"Qinhuangdao index"}
        assert by(sector=["energy", "power"]) == {"Qinhuangdao index", "Load curve"}
        assert by(sector=["energy", "power"], granularity=["PT15M"]) == {"Load curve"}
        assert by(region=["130000"]) == by(region=["130300"]) == {"Qinhuangdao index"}

    def test_are_counted_under_the_words(self, listed, search):
        listed(**COPPER)
        listed(**COAL)

        sectors = next(facet for facet in search("index").facets if facet.name == "sector")
        assert [(item.value, item.count) for item in sectors.values] == [("energy", 1)]


def test_a_filter_on_a_value_that_is_not_there_leaves_nothing(search):
    assert search(filters={"licence": ["none of them"]}).total == 0


class TestVisibility:
    def found_by(self, search, market, name):
        return "Secret" in {item.card["title_en"] for item in search(by=getattr(market, name)).items}

    @pytest.mark.parametrize(
        ("visibility", "seen_by"),
        [
            ({"audience": "public"}, "forecast_lab rival grid_co operator regulator"),
            ({"audience": "certified"}, "forecast_lab rival grid_co operator regulator"),
            ({"audience": "private"}, "grid_co operator regulator"),
        ],
    )
    def test_is_that_of_the_audience(self, market, listed, search, visibility, seen_by):
        listed(title_en="Secret", visibility={**visibility, "allow": [], "deny": []})

        names = ("forecast_lab", "rival", "grid_co", "operator", "regulator")
        assert [n for n in names if self.found_by(search, market, n)] == [
            n for n in names if n in seen_by.split()
        ]

    def test_of_the_allowed_and_the_denied_is_stated_by_name(self, market, listed, search):
        allow, deny = [market.rival.organisation_id], [market.forecast_lab.organisation_id]
        listed(title_en="Secret", visibility={"audience": "private", "allow": allow, "deny": []})
        assert self.found_by(search, market, "rival")
        assert not self.found_by(search, market, "forecast_lab")

        listed(title_en="Secret", visibility={"audience": "public", "allow": [], "deny": deny})
        assert not self.found_by(search, market, "forecast_lab")

    def test_of_certified_listings_needs_a_verified_organisation(self, market, listed):
        listed(title_en="Secret", visibility={"audience": "certified", "allow": [], "deny": []})
        newcomer = replace(market.forecast_lab.actor, organisation_id="org_new", is_verified=False)

        found = market.read(search_listings, actor=newcomer, wish=Wish("secret"))
        assert found.total == 0

    def test_counts_in_facets_too(self, market, listed, search):
        listed(**COAL, visibility={"audience": "private", "allow": [], "deny": []})

        sectors = next(facet for facet in search().facets if facet.name == "sector")
        assert [item.value for item in sectors.values] == ["power"]


class TestIndex:
    def test_has_a_listing_from_its_decision_on(self, market, titles):
        version = market.submitted(market.drafted(title_en="zinc"))
        assert titles("zinc") == []

        market.decided(version)
        assert titles("zinc") == ["zinc"]

    def test_has_only_the_version_on_offer(self, market, titles):
        market.decided(market.submitted(market.edited(title_en="Zinc now", title_zh="锌")))

        assert titles("zinc") == ["Zinc now"]
        assert titles("curve") == []

    def test_of_a_decision_that_was_undone_is_as_before(self, market, titles):
        version = market.submitted(market.drafted(title_en="zinc"))

        with pytest.raises(ZeroDivisionError), market.context.database.writing() as session:
            refresh_listing(session, version.listing_id, at=market.now)
            raise ZeroDivisionError

        assert titles("zinc") == []

    def test_made_again_finds_the_same_in_the_same_order(self, market, listed, search):
        for offer in (COPPER, COAL):
            listed(**offer)
        market.decided(market.submitted(market.edited(title_en="Load, edited")))
        before = [search(text) for text in ("", "index", "copper", "15min", "load")]

        count = market.context.database.write(lambda session: rebuild(session, at=market.now))

        after = [search(text) for text in ("", "index", "copper", "15min", "load")]
        assert count == 3
        assert [(f.total, f.facets) for f in after] == [(f.total, f.facets) for f in before]
        assert {item.id for item in after[0].items} == {item.id for item in before[0].items}

    def test_is_filled_when_the_listings_are_older_than_it(self, market, titles):
        def forget(session):
            session.query(SearchIndex).update({"stamp": "empty"})
            rebuild_if_new(session, at=market.now)

        market.context.database.write(forget)

        assert titles("load") == ["Load curve"]
