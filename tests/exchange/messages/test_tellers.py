"""Who is told of what, in which words, and where they read on."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.negotiations import service as negotiations
from exchange.core.telling import Topic
from exchange.messages.following import tellers_by_type
from exchange.registry import service as registry
from tests.factories.demands import Demands
from tests.factories.messages import Messages


@pytest.fixture
def messages(market):
    return Messages(market).skip()


@pytest.fixture
def told(market, messages):
    """Follow the log, and say what each organisation was told, by its short name."""

    def follow():
        messages.follow()
        return {
            who: types
            for who in ("grid_co", "forecast_lab", "rival", "operator", "regulator")
            if (types := messages.types_to(getattr(market, who)))
        }

    return follow


class TestNegotiations:
    def test_each_round_is_told_to_the_other_side(self, market, told):
        market.negotiations.agreed()

        assert told() == {
            "grid_co": ["negotiation.requested", "negotiation.accepted", "agreement.frozen"],
            "forecast_lab": ["negotiation.offered", "agreement.frozen"],
        }

    def test_a_counter_offer_is_told_to_the_provider_whose_acceptance_is_told_to_the_buyer(
        self, market, told
    ):
        negotiation = market.negotiations.countered()
        market.negotiations.accept(negotiation.id, by=market.grid_co)

        heard = told()
        assert heard["grid_co"][:2] == ["negotiation.requested", "negotiation.countered"]
        assert heard["forecast_lab"][:2] == ["negotiation.offered", "negotiation.accepted"]

    def test_a_private_offer_is_told_to_its_buyer_and_its_expiry_to_both(self, market, told):
        negotiation = market.negotiations.privately_offered()
        market.do(
            negotiations.expire_negotiation,
            negotiation_id=negotiation.id,
            now=market.now + timedelta(days=400),
        )

        assert told() == {
            "grid_co": ["negotiation.expired"],
            "forecast_lab": ["negotiation.privately_offered", "negotiation.expired"],
        }

    @pytest.mark.parametrize(("who", "whom"), [("grid_co", "forecast_lab"), ("forecast_lab", "grid_co")])
    def test_an_end_is_told_to_the_other_side(self, market, messages, who, whom):
        negotiation = market.negotiations.requested()
        messages.skip()
        market.do(
            negotiations.end_negotiation,
            actor=getattr(market, who).actor,
            negotiation_id=negotiation.id,
            reason="no budget",
        )

        (message,) = messages.follow().to(getattr(market, whom))

        assert "ended the negotiation" in message.text_en
        assert "no budget" in message.text_zh
        assert message.page == f"/negotiations/{negotiation.id}"


class TestRevenue:
    def test_that_a_buyer_declares_is_told_to_its_provider(self, market, messages):
        agreement = market.declarations.shared()
        messages.skip()
        market.declarations.declare(agreement.id, 1_234_500)

        (message,) = messages.follow().to(market.grid_co)
        assert (message.topic, "¥12345.00" in message.text_en) == (Topic.BILLS, True)
        assert messages.to(market.forecast_lab) == []


class TestKeys:
    def test_a_revoked_key_is_told_to_its_organisation(self, market, messages):
        market.revoke(market.grid_co)

        (message,) = messages.follow().to(market.grid_co)
        assert market.grid_co.key.kid in message.text_en
        assert messages.to(market.rival) == []


class TestAgreements:
    def test_the_first_signature_asks_for_the_second_and_the_second_tells_both(self, market, messages):
        agreement = market.agreements.frozen()
        messages.skip()
        market.agreements.sign(agreement, by=market.grid_co)
        market.now += timedelta(minutes=1)
        market.agreements.sign(agreement, by=market.forecast_lab)
        messages.follow()  # late: by now both have signed

        assert messages.types_to(market.forecast_lab) == ["agreement.signed", "agreement.executed"]
        assert messages.types_to(market.grid_co) == ["agreement.executed"]
        assert {message.page for message in messages.to(market.grid_co)} == {f"/deals/{agreement.id}"}

    @pytest.mark.parametrize(
        ("effect", "words"),
        [("new_deals_only", "your agreement goes on"), ("stop_deliveries", "nothing is delivered to you")],
    )
    def test_a_stopped_listing_is_told_to_its_buyers(self, market, messages, effect, words):
        market.agreements.executed()
        messages.skip()

        market.suspended(effect)

        (message,) = messages.follow().to(market.forecast_lab)
        assert words in message.text_en
        assert messages.to(market.rival) == []

    def test_a_buyer_whose_agreement_is_over_is_not_told_of_its_listing(self, market, messages):
        market.agreements.executed(days=1)
        messages.skip()

        market.suspended(now=market.now + timedelta(days=2))

        assert messages.follow().to(market.forecast_lab) == []

    def test_a_resumption_is_told_to_provider_and_buyers(self, market, messages, told):
        market.agreements.executed()
        market.suspended()
        messages.skip()

        market.resumed()

        assert told() == {"grid_co": ["listing.resumed"], "forecast_lab": ["listing.resumed"]}


class TestListings:
    def test_the_review_is_told_to_who_is_next(self, market, messages, told):
        market.listed()

        assert told() == {
            "grid_co": [
                "listing.version_submitted",
                "listing.version_decided",
            ],
            "operator": ["listing.version_approved"],
        }

    def test_what_a_provider_does_itself_is_no_news_to_it(self, market, told):
        market.delisted(by=market.grid_co)

        assert told() == {}

    def test_a_supplement_names_what_is_missing(self, market, messages):
        market.decided(market.drafted(), "supplement")

        message = messages.follow().to(market.grid_co)[-1]
        assert "the consent form" in message.text_en


class TestOthers:
    def test_a_notice_is_told_to_buyers_in_both_languages(self, market, messages):
        market.agreements.executed()
        messages.skip()
        notice = market.revisions.notice()

        (message,) = messages.follow().to(market.forecast_lab)
        assert (notice.text_zh in message.text_zh, notice.text_en in message.text_en) == (True, True)
        assert (message.topic, message.page) == (Topic.DATA, "/notices/")

    def test_a_demand_goes_back_and_forth(self, market, told):
        Demands(market).confirmed()

        assert told() == {
            "operator": ["demand.submitted"],
            "forecast_lab": ["demand.reviewed", "demand.claimed"],
            "grid_co": ["demand.confirmed"],
        }

    def test_a_demand_that_was_returned_says_why(self, market, messages):
        demands = Demands(market)
        demands.reviewed(demands.pending(), "return")

        (message,) = messages.follow().to(market.forecast_lab)
        assert "was returned. Reason: clear" in message.text_en

    def test_an_objection_is_told_to_operator_and_provider_and_its_decision_to_who_objected(
        self, market, messages, told
    ):
        objection = market.do(
            registry.raise_objection,
            actor=market.rival.actor,
            listing_id=market.listing_id,
            version=1,
            reason="these are our data",
        )
        market.do(
            registry.decide_objection,
            actor=market.operator.actor,
            objection_id=objection.id,
            decision="dismissed",
            reason="they are not",
        )

        assert told() == {
            "operator": ["registration.objected"],
            "grid_co": ["registration.objected", "registration.objection_decided"],
            "rival": ["registration.objection_decided"],
        }


def test_every_registered_teller_is_for_an_event_of_its_own(market):
    """A type that two classes share would silently lose the tellers of one."""
    assert len(tellers_by_type(market.context.tellers)) == len(market.context.tellers)


def test_every_page_that_messages_lead_to_is_there(market, messages):
    """A path is written out, as it is made where there is no web application."""
    market.agreements.executed()
    Demands(market).confirmed()
    market.suspended()
    market.revisions.notice()
    messages.follow()
    pages = {
        message.page
        for who in ("grid_co", "forecast_lab", "operator")
        for message in messages.to(getattr(market, who))
        if message.page
    }

    adapter = market.app.url_map.bind("localhost")
    kinds = {re.sub(r"/[a-z]{3}_.*", "/…", page) for page in pages}
    assert {"/deals/…", "/catalogue/…", "/demands/…", "/notices/"} <= kinds
    for page in pages:
        endpoint, _ = adapter.match(page, method="GET")
        assert endpoint


def test_every_event_that_is_told_stands_on_the_page_about_messages(market):
    page = (Path(__file__).parents[3] / "docs/reference/messages.md").read_text(encoding="utf-8")
    table = page.partition("## Who is told of what")[2].partition("\n## ")[0]

    documented = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", table))

    assert documented == set(tellers_by_type(market.context.tellers))
