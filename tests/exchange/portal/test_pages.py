"""Signing in and out, the reader's language, and the answers for those who may not see a page."""

import re

import pytest

from exchange.core.i18n import COOKIE as LOCALE_COOKIE
from exchange.participants.access import COOKIE
from tests.factories.browsers import Browser
from tests.factories.participants import PASSWORD

SIGNED_IN_PAGES = ("/catalogue/", "/deals/", "/statements/", "/log-status/")
ROLES = {
    "operator": ("Operator", "运营方"),
    "regulator": ("Regulator", "监管方"),
    "grid_co": ("Provider", "供方"),
    "forecast_lab": ("Buyer", "需方"),
}


@pytest.fixture
def browser(market):
    return Browser(market.app)


@pytest.fixture
def signed_in(market):
    def open_browser(name="regulator", language="en"):
        browser = Browser(market.app, language)
        assert browser.sign_in(getattr(market, name).login, PASSWORD).status_code == 303
        return browser

    return open_browser


class TestSignIn:
    def test_leads_to_the_start_page(self, browser, market):
        answer = browser.sign_in(market.grid_co.login, PASSWORD)

        assert (answer.status_code, answer.location) == (303, "/")
        assert "Person of grid-co" in browser.get("/").text

    def test_leads_back_to_the_page_that_asked_for_it(self, browser, market):
        asked = browser.get("/deals/", page="2")
        answer = browser.sign_in(market.grid_co.login, PASSWORD, next="/deals/?page=2")

        assert (asked.status_code, asked.location) == (303, "/sign-in?next=/deals/?page%3D2")
        assert answer.location == "/deals/?page=2"

    @pytest.mark.parametrize(
        "elsewhere",
        [
            "//evil.example",
            "https://evil.example/",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
        ],
    )
    def test_never_leads_to_another_site(self, browser, market, elsewhere):
        assert f'value="{elsewhere}"' not in browser.get("/sign-in", next=elsewhere).text
        assert browser.sign_in(market.grid_co.login, PASSWORD, next=elsewhere).location == "/"

    @pytest.mark.parametrize(
        ("language", "refusal"), [("en", "Name or password is wrong."), ("zh", "登录名或密码不正确。")]
    )
    def test_wrong_password_and_unknown_name_get_the_same_answer(self, market, language, refusal):
        browser = Browser(market.app, language)
        answers = [
            browser.sign_in(market.grid_co.login, "a wrong password"),
            browser.sign_in("nobody@example.com", PASSWORD),
        ]

        assert [answer.status_code for answer in answers] == [422, 422]
        assert all(refusal in answer.text for answer in answers)
        assert browser.cookie(COOKIE) is None

    def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(self, browser, market):
        header = browser.sign_in(market.grid_co.login, PASSWORD).headers["Set-Cookie"]

        assert "HttpOnly" in header
        assert "SameSite=Lax" in header

    @pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/locale"])
    def test_a_form_without_its_token_is_refused(self, browser, market, path):
        answer = browser.client.post(path, data={"name": market.grid_co.login, "password": PASSWORD})

        assert answer.status_code == 400
        assert browser.cookie(COOKIE) is None


class TestSignOut:
    def test_ends_the_session_on_the_server(self, signed_in):
        browser = signed_in()
        secret = browser.cookie(COOKIE)
        answer = browser.submit("/sign-out", form_at="/")
        goodbye = browser.get("/").text
        browser.client.set_cookie(COOKIE, secret)

        assert (answer.status_code, answer.location) == (303, "/")
        assert "You are signed out." in goodbye
        assert browser.get("/deals/").status_code == 303


class TestLanguage:
    @pytest.mark.parametrize(("wish", "language"), [("zh-CN,zh;q=0.9", "zh-Hans-CN"), ("de", "en")])
    def test_is_the_browsers_wish_where_we_speak_it(self, market, wish, language):
        assert f'<html lang="{language}">' in Browser(market.app, wish).get("/").text

    def test_chosen_by_hand_stays(self, browser):
        answer = browser.submit("/locale", locale="zh_Hans_CN", next="/sign-in")

        assert (answer.status_code, answer.location) == (303, "/sign-in")
        assert "登录" in browser.get("/sign-in").text

    def test_that_we_do_not_speak_is_not_kept(self, browser):
        browser.submit("/locale", locale="xx", next="//evil.example")

        assert browser.cookie(LOCALE_COOKIE) is None

    @pytest.mark.parametrize("name", ROLES)
    @pytest.mark.parametrize("number", [0, 1], ids=["en", "zh"])
    def test_organisation_and_role_stand_in_the_header_in_words(self, signed_in, market, name, number):
        html = signed_in(name, ("en", "zh")[number]).get("/").text
        header = html.partition('class="person-organisation">')[2].partition("</span>")[0]

        assert ROLES[name][number] in header
        assert ("公司" in header) == (number == 1)


class TestAccess:
    @pytest.mark.parametrize("path", SIGNED_IN_PAGES)
    def test_anonymous_is_asked_to_sign_in(self, browser, path):
        answer = browser.get(path)

        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in?next=")

    @pytest.mark.parametrize("path", SIGNED_IN_PAGES)
    @pytest.mark.parametrize("name", ROLES)
    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_every_role_reads_every_list(self, signed_in, path, name, language):
        answer = signed_in(name, language).get(path)

        assert answer.status_code == 200
        assert not re.search(
            r"<style|<script(?! type=\"application/ld\+json\")|\sstyle=|\son\w+=|javascript:", answer.text
        )

    @pytest.mark.parametrize(
        "path", ["/deals/agr_none", "/statements/stm_none", "/catalogue/lst_none", "/no-such-page"]
    )
    @pytest.mark.parametrize(("language", "title"), [("en", "Not found"), ("zh", "未找到")])
    def test_what_is_not_there_is_a_page_of_its_own(self, signed_in, path, language, title):
        answer = signed_in("forecast_lab", language).get(path)

        assert answer.status_code == 404
        assert f"<h1>{title}</h1>" in answer.text

    def test_only_overseers_take_the_whole_log_with_them(self, signed_in):
        assert signed_in("forecast_lab").get("/log-status/bundle").status_code == 403
        assert signed_in("regulator").get("/log-status/bundle").data.startswith(b"PK")

    def test_the_catalogue_shows_one_sector_when_asked(self, signed_in, market):
        browser = signed_in("forecast_lab")

        assert market.listing_id in browser.get("/catalogue/").text
        assert 'class="empty"' in browser.get("/catalogue/", sector="bulk_materials").text

    def test_a_listing_shows_its_columns_in_words(self, signed_in, market):
        html = signed_in("forecast_lab", "zh").get(f"/catalogue/{market.listing_id}").text

        assert "日期时间" in html
        assert "<svg" in html
