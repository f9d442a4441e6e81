from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.catalogue.jobs import expire_listings
from exchange.catalogue.models import Listing
from exchange.catalogue.queries import is_on_offer
from exchange.catalogue.search import Wish, search_for_each, search_listings
from exchange.catalogue.search.index import refresh_listing
from exchange.catalogue.search.models import SearchEntry, SearchPosting
from exchange.catalogue.search.rebuilding import fill_gaps, reindex
from exchange.catalogue.search.service import DEEPEST
from exchange.catalogue.visibility import may_see
from exchange.core import clock
from exchange.core.errors import Invalid
from exchange.participants.models import Organisation
from tests.factories.catalogue import PER_ROW, described

COPPER = {
    "title_zh": "伦敦铜现货价",
    "title_en": "LME copper spot",
    "sector": "bulk_materials",
    "summary_en": "Daily settlement",
    "plan": {"model": "subscription", "fee_micro": 5_000_000, "included_rows": "unlimited"},
}
COAL = {
    "title_zh": "秦皇岛动力煤指数",
    "title_en": "Qinhuangdao index",
    "sector": "energy",
    "summary_en": "Weekly index",
    "coverage": {"region": "420106", "granularity": "P7D", "update_frequency": "009"},
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

    @pytest.mark.parametrize("question", ["煤", "动力煤", "coal", "武昌", "hubei 煤炭", "weekly"])
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
        listed(title_en="In the column", dictionary=described(remark={"meaning_en": "zinc in tonnes"}))
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
            listed(
                title_en=f"at {price}", plan={"model": "per_row", "unit_price_micro": price, "free_rows": 0}
            )
        listed(**COPPER)

        found = titles(sort="price", filters={"price_model": ["per_row"]})
        assert found == ["at 1000", "Load curve", "at 2500", "at 3000"]

    def test_by_price_takes_the_price_of_the_chosen_model(self, listed, titles):
        calls = {"model": "per_call", "unit_price_micro": 5, "free_calls": 0}
        cheap_by_call = [
            {"code": "rows", "plan": {**PER_ROW, "unit_price_micro": 9_000}},
            {"code": "calls", "plan": calls},
        ]
        listed(title_en="Two plans", price_plans=cheap_by_call)
        listed(title_en="By call", plan={**calls, "unit_price_micro": 6})

        by_call, by_row = (
            titles(sort="price", filters={"price_model": [model]}) for model in ("per_call", "per_row")
        )
        assert (by_call, by_row) == (["Two plans", "By call"], ["Load curve", "Two plans"])

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
        assert by(region=["420000"]) == by(region=["420106"]) == {"Qinhuangdao index"}

    def test_are_counted_under_the_words(self, listed, search):
        listed(**COPPER)
        listed(**COAL)

        sectors = next(facet for facet in search("index").facets if facet.name == "sector")
        assert [(item.value, item.count) for item in sectors.values] == [("energy", 1)]


def test_a_filter_on_a_value_that_is_not_there_leaves_nothing(search):
    assert search(filters={"licence": ["none of them"]}).total == 0


class TestVisibility:
    def test_is_that_of_the_audience_and_of_the_names(self, market, listed, search):
        rival, buyer = market.rival.organisation_id, market.forecast_lab.organisation_id
        own = {"grid_co", "operator", "regulator"}
        expected = [
            ({"audience": "public"}, {"forecast_lab", "rival", *own}),
            ({"audience": "certified"}, {"forecast_lab", "rival", *own}),
            ({"audience": "private", "allow": [rival]}, {"rival", *own}),
            ({"audience": "private", "allow": [buyer]}, {"forecast_lab", *own}),
            ({"audience": "public", "deny": [buyer]}, {"rival", *own}),
        ]
        for number, (visibility, seen_by) in enumerate(expected):
            title = f"Secret {number}"
            listing_id = listed(title_en=title, visibility=visibility)
            names = ("forecast_lab", "rival", "grid_co", "operator", "regulator")
            found = {
                n
                for n in names
                if search(title, by=getattr(market, n)).items[:1]
                and search(title, by=getattr(market, n)).items[0].id == listing_id
            }
            assert found == seen_by, visibility

    @pytest.mark.parametrize("who", ["forecast_lab", "rival", "grid_co", "operator", "regulator"])
    def test_counts_what_the_listings_own_rows_let_the_reader_see(self, market, listed, search, who):
        """The sets of the index and the condition of every other query are the same rule."""
        rival, buyer = market.rival.organisation_id, market.forecast_lab.organisation_id
        for audience in ("public", "certified"):
            for deny in ([], [rival]):
                listed(visibility={"audience": audience, "deny": deny})
        for allow, deny in (([buyer], []), ([buyer], [rival]), ([rival], [buyer])):
            listed(visibility={"audience": "private", "allow": allow, "deny": deny})
        actor = getattr(market, who).actor
        for is_verified in (True, False):
            reader = replace(actor, is_verified=is_verified)
            query = (
                select(func.count()).select_from(Listing).where(may_see(reader), is_on_offer(market.now))
            )
            found = market.read(search_listings, actor=reader, wish=Wish(), now=market.now)
            assert found.total == len(found.items) == market.read(Session.scalar, query)

    def test_of_certified_listings_needs_a_verified_organisation(self, market, listed):
        listed(title_en="Secret", visibility={"audience": "certified"})
        newcomer = replace(market.forecast_lab.actor, organisation_id="org_new", is_verified=False)

        found = market.read(search_listings, actor=newcomer, wish=Wish("secret"), now=market.now)
        assert found.total == 0

    def test_counts_in_facets_too(self, market, listed, search):
        listed(**COAL, visibility={"audience": "private", "allow": [market.rival.organisation_id]})

        sectors = next(facet for facet in search().facets if facet.name == "sector")
        assert [item.value for item in sectors.values] == ["power"]


class TestOffer:
    """Only what takes new deals is found and counted."""

    def test_ends_with_a_suspension_and_returns_with_the_resumption(self, market, search):
        market.suspended()
        assert (search().total, search("load").items) == (0, [])

        market.resumed()
        assert search("load").total == 1

    def test_ends_with_the_delisting(self, market, search):
        market.delisted()

        assert search("load").total == 0

    def test_ends_after_the_last_day_before_any_job_has_noted_it(self, market, search, monkeypatch):
        market.decided(market.edited(valid_to=clock.day_of(market.now)))
        tomorrow = market.now + timedelta(days=1)
        assert (search().total, search(now=tomorrow).total, search(now=tomorrow).items) == (1, 0, [])

        monkeypatch.setattr(clock, "now", lambda: tomorrow)
        expire_listings(market.context)
        assert search(now=tomorrow).facets[0].values == ()

    def test_of_a_resumed_listing_whose_day_is_past_is_none(self, market, search):
        market.decided(market.edited(valid_to=clock.day_of(market.now)))
        market.suspended()
        later = replace(market, now=market.now + timedelta(days=1))
        later.resumed()

        assert search(now=later.now).total == 0


class TestIndex:
    def test_keeps_a_listings_place_while_its_next_version_is_only_refused(self, market, listed, titles):
        listed(title_en="Newer")

        market.decided(market.edited(title_en="Pushed up"), "rejected")

        assert titles() == ["Newer", "Load curve"]

    def test_has_a_listing_from_its_decision_on(self, market, titles):
        version = market.approved(market.drafted(title_en="zinc"))
        assert titles("zinc") == []

        market.decided(version)
        assert titles("zinc") == ["zinc"]

    def test_has_only_the_version_on_offer(self, market, titles):
        market.decided(market.edited(title_en="Zinc now", title_zh="锌"))

        assert titles("zinc") == ["Zinc now"]
        assert titles("curve") == []

    def test_of_a_decision_that_was_undone_is_as_before(self, market, titles):
        version = market.approved(market.drafted(title_en="zinc"))

        with pytest.raises(ZeroDivisionError), market.context.database.writing() as session:
            refresh_listing(session, version.listing_id, at=market.now)
            raise ZeroDivisionError

        assert titles("zinc") == []

    def test_made_again_finds_the_same_in_the_same_order(self, market, listed, search):
        for offer in (COPPER, COAL):
            listed(**offer)
        market.decided(market.edited(title_en="Load, edited"))
        before = [search(text) for text in ("", "index", "copper", "15min", "load")]

        count = reindex(market.context.database, at=market.now)

        after = [search(text) for text in ("", "index", "copper", "15min", "load")]
        assert count == 3
        assert [(f.total, f.facets) for f in after] == [(f.total, f.facets) for f in before]
        assert [[item.id for item in f.items] for f in after] == [
            [item.id for item in f.items] for f in before
        ]

    def test_is_filled_when_the_listings_are_older_than_it(self, market, titles):
        with market.context.database.writing() as session:
            session.query(SearchPosting).delete()
            session.query(SearchEntry).delete()

        fill_gaps(market.context.database, at=market.now)

        assert titles("load") == ["Load curve"]


def test_a_card_names_its_provider_as_it_is_called_now(market, search):
    with market.context.database.writing() as session:
        session.get(Organisation, market.grid_co.actor.organisation_id).name_en = "Renamed Grid"

    assert search("load").items[0].card["provider_en"] == "Renamed Grid"


def test_several_searches_find_what_each_finds_alone(market, listed, search):
    listed(**COPPER)
    wishes = [Wish("load"), Wish("copper", {"sector": ["bulk_materials"]}), Wish("zirconium"), Wish()]

    together = market.read(search_for_each, actor=market.forecast_lab.actor, wishes=wishes, now=market.now)

    assert together == [search(wish.text, filters=wish.filters) for wish in wishes]
