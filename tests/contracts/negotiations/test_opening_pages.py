"""A deal begins in the portal: a request, a private offer, and a form that changes nothing by itself."""

import pytest

from contracts.negotiations import queries
from exchange import participants
from tests.factories.browsers import Browser, filled_form
from tests.factories.participants import PASSWORD


def browser_of(market, member, language="en"):
    browser = Browser(market.app, language)
    browser.sign_in(member.login, PASSWORD)
    return browser


def opening_path(market) -> str:
    return f"/negotiations/new?listing={market.listing_id}"


def send(browser, path, **changes):
    """Open the page, change some fields as a person would, and send everything that is on it."""
    sent = filled_form(browser.get(path).text, path)
    return browser.client.post(path, data={**sent, **changes}, headers=browser._headers())


def draft_of(market, answer):
    negotiation_id = answer.location.rsplit("/", 1)[1]
    return market.read(queries.find_rounds, negotiation_id)[0].content


class TestRequest:
    def test_says_what_the_buyer_chose_and_what_the_listing_says_otherwise(self, market):
        browser, path = browser_of(market, market.forecast_lab), opening_path(market)

        answer = send(browser, path, days="20", max_rows="500", columns=["time"], message="for winter")

        assert answer.status_code == 303
        draft = draft_of(market, answer)
        assert (draft["days"], draft["max_rows"], draft["columns"]) == (20, 500, ["time"])
        assert "for winter" in browser.get(answer.location).text

    def test_sent_as_it_stands_says_what_the_listing_says(self, market):
        browser, path = browser_of(market, market.forecast_lab), opening_path(market)
        listed = market.negotiations.requested()

        answer = send(browser, path)

        expected = market.read(queries.find_rounds, listed.id)[0].content
        given = draft_of(market, answer)
        strange = {name for name in given if given[name] != expected[name]}
        assert strange <= {
            "purpose",
            "scenario",
            "days",
            "max_rows",
            "max_calls",
            "columns",
            "delivery_modes",
        }

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"days": "many"}, "is no whole number"),
            ({"days": "3000"}, "at most 365 days"),
            ({"data_from": "2026-02-30"}, "data_from"),
            ({"networks": "everywhere"}, "is no range of addresses"),
            ({"kind": "intermediary"}, "says its task"),
        ],
    )
    def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(self, market, changes, said):
        browser, path = browser_of(market, market.forecast_lab), opening_path(market)

        answer = send(browser, path, special_terms="Deliver by night.", **changes)

        assert answer.status_code == 422
        assert said in answer.text
        assert "Deliver by night." in answer.text
        assert next(iter(changes.values())) in answer.text

    def test_of_another_kind_carries_its_task(self, market):
        browser, path = browser_of(market, market.forecast_lab), opening_path(market)

        answer = send(
            browser,
            path,
            **{
                "kind": "entrusted_processing",
                "work.task": "Clean the series.",
                "work.provider_share_bp": "",
            },
        )

        draft = draft_of(market, answer)
        assert draft["work"]["task"] == "Clean the series."
        assert draft["work"]["provider_share_bp"] is None

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_begins_on_the_listing_s_page(self, market, language):
        page = browser_of(market, market.forecast_lab, language).get(f"/catalogue/{market.listing_id}").text

        assert f"/negotiations/new?listing={market.listing_id}" in page

    def test_of_a_listing_that_is_not_there_is_not_found(self, market):
        browser = browser_of(market, market.forecast_lab)

        assert browser.get("/negotiations/new?listing=lst_none").status_code == 404


class TestPrivateOffer:
    def test_goes_to_the_buyer_with_the_credit_code(self, market):
        browser, path = browser_of(market, market.grid_co), opening_path(market)
        (lab,) = market.read(participants.find_organisation_cards, [market.forecast_lab.organisation_id])

        answer = send(browser, path, buyer=f" {lab.uscc.lower()} ", days="15")

        assert answer.status_code == 303
        assert draft_of(market, answer)["days"] == 15
        assert browser_of(market, market.forecast_lab).get(answer.location).status_code == 200

    @pytest.mark.parametrize("code", ["", "91420100MDEM0000X0"])
    def test_to_nobody_is_refused_beside_the_code(self, market, code):
        browser, path = browser_of(market, market.grid_co), opening_path(market)

        answer = send(browser, path, buyer=code)

        assert answer.status_code == 422
        assert "no verified buyer" in answer.text


class TestCounterOffer:
    def test_reaches_every_group_and_changes_nothing_else(self, market):
        negotiation = market.negotiations.offered()
        path = f"/negotiations/{negotiation.id}"
        browser = browser_of(market, market.forecast_lab)
        sent = filled_form(browser.get(path).text, f"{path}/counter_offer")

        changed = {
            **sent,
            "rights.ai_training": "true",
            "quality.accuracy": "95",
            "quality.remedies": ["credit", "refund"],
            "dispute.forum": "arbitration",
            "dispute.body": "武汉仲裁委员会",
        }
        answer = browser.client.post(f"{path}/counter_offer", data=changed, headers=browser._headers())

        assert answer.status_code == 303
        before, after = (item.content for item in market.read(queries.find_rounds, negotiation.id)[-2:])
        assert after["quality"] == {**before["quality"], "accuracy": 95, "remedies": ["credit", "refund"]}
        assert after["rights"]["ai_training"] is True
        assert after["dispute"]["body"] == "武汉仲裁委员会"
        same = before.keys() - {"quality", "rights", "dispute"}
        assert {name: after[name] for name in same} == {name: before[name] for name in same}
