"""The inbox in a browser."""

import pytest

from tests.factories.browsers import Browser
from tests.factories.messages import Messages
from tests.factories.participants import PASSWORD


@pytest.fixture
def browser(market):
    Messages(market).skip()
    market.suspended()
    Messages(market).follow()
    opened = Browser(market.app)
    opened.sign_in(market.grid_co.login, PASSWORD)
    return opened


def message_of(market):
    (message,) = Messages(market).to(market.grid_co)
    return message


def test_the_menu_says_how_much_is_unread(browser):
    page = browser.get("/").text

    assert 'Inbox <span class="waiting">1<span class="visually-hidden"> unread</span></span>' in page


def test_the_menu_is_quiet_when_everything_is_read(browser, market):
    browser.submit(f"/inbox/{message_of(market).id}/reading", form_at="/inbox/")

    assert 'class="waiting"' not in browser.get("/").text


def test_a_message_opened_is_read_and_leads_on(browser, market):
    answer = browser.submit(f"/inbox/{message_of(market).id}/reading", form_at="/inbox/")

    assert (answer.status_code, answer.location) == (303, f"/catalogue/{market.listing_id}")
    assert message_of(market).read_at is not None


def test_a_message_may_be_marked_as_read_without_leaving(browser, market):
    answer = browser.submit(f"/inbox/{message_of(market).id}/reading", form_at="/inbox/", stay="1")

    assert answer.location == "/inbox/"


def test_all_that_is_shown_is_marked_as_read(browser, market):
    browser.submit("/inbox/reading", form_at="/inbox/", until=str(message_of(market).position))

    assert message_of(market).read_at is not None


def test_the_page_speaks_both_languages(browser, market):
    english = browser.get("/inbox/").text
    browser.language = "zh-CN"
    chinese = browser.get("/inbox/").text

    assert "Your listing Load curve was suspended" in english
    assert "已停牌" in chinese
    assert "收件箱" in chinese


def test_a_topic_without_messages_says_so(browser):
    assert "There are no messages" in browser.get("/inbox/", topic="bills").text
    assert "was suspended" in browser.get("/inbox/", topic="listings").text


def test_an_error_page_has_the_count_too(browser):
    answer = browser.get("/no-such-page")

    assert answer.status_code == 404
    assert 'class="waiting"' in answer.text
