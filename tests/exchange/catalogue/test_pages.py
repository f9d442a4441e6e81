"""The catalogue as people read it: everything a buyer needs, and nothing that a mask hides."""

import pytest

from tests.factories.browsers import Browser
from tests.factories.catalogue import PER_ROW, described
from tests.factories.participants import PASSWORD


@pytest.fixture
def page(market):
    """The page of the listing, as somebody reads it."""

    def read(member=None, *, language="en", status=200):
        browser = Browser(market.app, language)
        browser.sign_in((member or market.forecast_lab).login, PASSWORD)
        answer = browser.get(f"/catalogue/{market.listing_id}")
        assert answer.status_code == status
        return answer.text

    return read


def test_the_listing_tells_what_it_is_in_words(market, page):
    market.decided(
        market.edited(
            industry="D442",
            commodity="electricity",
            coverage={"region": "420100", "granularity": "PT15M"},
            dictionary=described(load_kw={"meaning_en": "Active power of the feeder", "level": "L2"}),
            sla={"availability_bp": 9950},
        )
    )

    html = page()
    words = (
        "Supply of electricity",
        "Wuhan",
        "Active power of the feeder",
        "General data, level 2",
        "99.50 %",
    )
    assert all(text in html for text in words)
    assert "电力供应" in page(language="zh")


def test_a_masked_column_is_on_no_page_but_by_its_name(market, page):
    """Trap: a sample never leaks a sensitive field, and neither do its extremes."""
    assert "row 3" in page()
    agreement = market.agreements.executed()
    masked = described(remark={"sensitive": True, "mask": "drop", "meaning_en": "Notes of the shift"})
    market.decided(market.edited(dictionary=masked))

    html = page()
    assert "row 3" not in html
    assert "row 95" not in html
    assert "Notes of the shift" in html
    browser = Browser(market.app)
    browser.sign_in(market.forecast_lab.login, PASSWORD)
    assert browser.get(f"/deals/{agreement.id}").status_code == 200


def test_a_masked_time_leaves_a_page_without_charts(market, page):
    market.decided(market.edited(dictionary=described(time={"mask": "hash"})))

    html = page()
    assert "2026-06-01" not in html.partition("Rows of the sample")[2]
    assert "chart-curve" not in html


def test_a_stopped_listing_says_so_and_why(market, page):
    market.suspended()

    html = page()
    assert "This listing takes no new deals." in html
    assert "a complaint is being looked into" in html


def test_price_plans_and_earlier_prices_are_shown(market, page):
    plans = [
        {"code": "rows", "title_en": "By the row", "plan": {**PER_ROW, "unit_price_micro": 9_000_000}},
        {"code": "month", "plan": {"model": "subscription", "fee_micro": 880_000_000}},
    ]
    market.decided(market.edited(price_plans=plans))

    html = page()
    assert all(text in html for text in ("By the row", "¥9.00 a row", "¥880.00 a month", "¥0.002 a row"))
    assert "renewals pay the new prices from 2027-03-01" in html


@pytest.mark.parametrize(
    ("who", "is_shown"), [("grid_co", True), ("operator", True), ("forecast_lab", False)]
)
def test_the_review_is_for_those_who_work_on_it(market, page, who, is_shown):
    market.approved(market.edited())

    assert ("Waits for the operator" in page(getattr(market, who))) == is_shown


def test_a_listing_that_one_may_not_see_has_no_page(market, page):
    market.decided(market.edited(visibility={"deny": [market.forecast_lab.organisation_id]}))

    page(status=404)
    browser = Browser(market.app)
    browser.sign_in(market.forecast_lab.login, PASSWORD)
    assert market.listing_id not in browser.get("/catalogue/").text
