import json
import re

import pytest

from exchange.catalogue.exports.documents import files_of
from exchange.participants import access
from tests.factories.browsers import Browser
from tests.factories.full_listing import give_full_content
from tests.factories.participants import PASSWORD

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture
def browser(market):
    browser = Browser(market.app)
    browser.sign_in(market.forecast_lab.login, PASSWORD)
    return browser


@pytest.fixture
def harvester(market):
    """A program with a token and no cookie."""

    def ask(path, accept=None):
        headers = market.forecast_lab.sign_in_headers() | ({"Accept": accept} if accept else {})
        return market.app.test_client().get(path, headers=headers)

    return ask


@pytest.mark.parametrize("name", files_of({"hosted": None}))
def test_every_file_of_a_listing_is_linked_and_there(market, browser, name):
    path = f"/catalogue/{market.listing_id}/{name}"

    assert f'href="{path}"' in browser.get(f"/catalogue/{market.listing_id}").text
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("/catalogue.ttl", "text/turtle"), ("/catalogue.jsonld", "application/ld+json")],
)
def test_the_catalogue_is_linked_and_there(market, browser, path, media_type):
    assert f'href="{path}"' in browser.get("/catalogue").text
    assert browser.get(path).mimetype == media_type


class TestNegotiation:
    @pytest.mark.parametrize(
        ("accept", "media_type"),
        [
            ("text/turtle", "text/turtle"),
            ("application/ld+json", "application/ld+json"),
            ("text/turtle;q=0.5, application/ld+json", "application/ld+json"),
            ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
            ("*/*", "text/html"),
            ("image/png", "text/html"),
        ],
    )
    def test_gives_the_format_that_the_reader_prefers(self, market, harvester, accept, media_type):
        assert harvester("/catalogue", accept).mimetype == media_type

    def test_gives_the_same_as_the_address_with_the_ending(self, market, harvester):
        answer = harvester("/catalogue", "text/turtle")

        assert answer.data == harvester("/catalogue.ttl").data
        assert answer.headers["Vary"] == "Accept"

    def test_a_stranger_gets_none(self, market):
        answer = market.app.test_client().get("/catalogue", headers={"Accept": "text/turtle"})

        assert answer.status_code == 401


class TestTheListingSPage:
    def test_holds_the_description_and_no_other_script(self, market, browser):
        give_full_content(market.context, market.listing_id)
        path = f"/catalogue/{market.listing_id}"

        html = browser.get(path).text

        (description,) = SCRIPT.findall(html)
        assert html.count("<script") == html.count("</script") == 1
        assert json.loads(description) == json.loads(browser.get(f"{path}/croissant.json").text)

    def test_shows_the_text_of_a_provider_that_would_end_the_script(self, market, browser):
        """The full content's source statement holds `</script>`."""
        give_full_content(market.context, market.listing_id)

        (description,) = SCRIPT.findall(browser.get(f"/catalogue/{market.listing_id}").text)

        assert "</script>" in json.loads(description)["creditText"]
        assert "<" not in description


class TestATokenOnPages:
    @pytest.mark.parametrize(
        ("method", "known"), [("GET", True), ("HEAD", True), ("POST", False), ("PUT", False)]
    )
    def test_is_good_for_reading_only(self, market, method, known):
        """A page that took a token for a change would take it from a form of another site, too."""
        headers = market.forecast_lab.sign_in_headers()

        with market.app.test_request_context("/catalogue", method=method, headers=headers):
            assert (access._actor_of_request() is not None) is known

    def test_that_is_wrong_is_refused_and_not_taken_for_a_stranger(self, market):
        headers = {"Authorization": "Bearer wdx_no", "Accept": "text/turtle"}

        answer = market.app.test_client().get("/catalogue.ttl", headers=headers)

        assert (answer.status_code, "unknown, expired or revoked" in answer.text) == (401, True)
