"""The page of the catalogue, as a browser without script sees it."""

import re

import pytest

from tests.factories.browsers import Browser
from tests.factories.participants import PASSWORD


@pytest.fixture
def browser(market):
    browser = Browser(market.app)
    browser.sign_in(market.forecast_lab.login, PASSWORD)
    return browser


def test_shows_what_is_on_offer_with_facets(browser):
    page = browser.get("/catalogue/")

    assert (page.status_code, "Load curve" in page.text, "1 listing" in page.text) == (200, True, True)


def test_marks_the_words_it_found_in_either_language(browser):
    assert "<mark>Load</mark> curve" in browser.get("/catalogue/", q="负荷").text


def test_escapes_what_was_typed_and_what_was_written(browser, listed):
    listed(title_en="<i>zinc</i> & co", title_zh="锌")

    page = browser.get("/catalogue/", q='zinc "><script>').text
    assert "&lt;i&gt;<mark>zinc</mark>&lt;/i&gt; &amp; co" in page
    assert "<script>" not in page


def test_a_facets_links_add_and_take_away(browser, listed):
    listed(sector="energy", title_en="Gas")
    page = browser.get("/catalogue/", q="", sector="energy")

    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/catalogue/\?[^"]*)"', page.text)]
    assert "/catalogue/?sector=energy&sector=power" in links
    assert "Load curve" in browser.get("/catalogue/?sector=energy&sector=power").text
    assert "Load curve" not in page.text


def test_the_search_box_keeps_the_facets(browser):
    page = browser.get("/catalogue/", sector="power").text

    assert '<input type="hidden" name="sector" value="power">' in page


def test_nothing_found_leads_to_a_demand_of_the_same_words(browser):
    page = browser.get("/catalogue/", q="zirconium").text

    assert "Nothing on offer fits" in page
    assert "/demands/new?title=zirconium" in page


def test_some_words_found_says_so(browser):
    assert "No listing has all the words" in browser.get("/catalogue/", q="load zirconium").text


@pytest.mark.parametrize(
    "query", [{"sector": "weather"}, {"page": "0"}, {"page": "x"}, {"sort": "colour"}, {"page": "900"}]
)
def test_an_address_that_makes_no_sense_is_refused(browser, query):
    assert browser.get("/catalogue/", **query).status_code == 422


def test_an_order_by_price_without_a_price_model_falls_back(browser):
    assert browser.get("/catalogue/", sort="price").status_code == 200


def test_pages_lead_on_and_back(browser, listed):
    for number in range(21):
        listed(title_en=f"zinc {number}")

    first, second = (
        browser.get("/catalogue/", q="zinc").text,
        browser.get("/catalogue/", q="zinc", page="2").text,
    )
    assert 'rel="next" href="/catalogue/?q=zinc&amp;page=2"' in first
    assert 'rel="prev" href="/catalogue/?q=zinc"' in second


def test_has_no_inline_style_script_or_handler(browser):
    page = browser.get("/catalogue/", q="load").text

    assert not re.search(r"<style|<script|\sstyle=|\son\w+=|javascript:", page)


def test_a_facet_with_one_value_is_there_when_the_value_leaves_less(browser, listed):
    """Two listings, one of which has a licence: choosing it would change what is shown."""
    assert "licence=" not in browser.get("/catalogue/").text

    listed(title_en="zinc", licence={"name": "CC BY 4.0", "url": ""})

    assert "licence=CC+BY+4.0" in browser.get("/catalogue/").text
