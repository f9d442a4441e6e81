"""The life of a data set as people read it in the portal."""

import re

import pytest

from exchange.core.jobs import run_job
from exchange.datasets.revisions.jobs import COMPARE_REVISIONS
from tests.factories.browsers import Browser
from tests.factories.participants import PASSWORD
from tests.factories.revisions import WITHOUT_REMARK


@pytest.fixture
def page(market):
    """A page as a member reads it."""

    def read(path, who="forecast_lab", language="en"):
        browser = Browser(market.app, language)
        browser.sign_in(getattr(market, who).login, PASSWORD)
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert not re.search(
            r"<style|<script(?! type=\"application/ld\+json\")|\sstyle=|\son\w+=|javascript:", answer.text
        )
        assert answer.text.count("<h1") == 1
        return answer.text

    return read


@pytest.fixture
def paths(market):
    return {
        "listing": f"/catalogue/{market.listing_id}",
        "diff": f"/datasets/{market.dataset_id}/revisions/1/diff/2",
        "notices": "/notices/",
    }


class TestListing:
    def test_shows_every_revision_and_leads_to_what_changed(self, market, page, paths):
        market.revisions.add(WITHOUT_REMARK)
        html = page(paths["listing"])

        assert re.findall(r'<tr id="revision-(\d)">', html) == ["2", "1"]
        assert f'href="{paths["diff"]}"' in html
        assert "breaking" in html

    def test_says_that_what_is_on_offer_was_revoked_and_why(self, market, page, paths):
        market.revisions.revoke()

        assert "The revision on offer was revoked" in page(paths["listing"])
        assert "meter was faulty" in page(paths["listing"])
        assert "ld+json" not in page(paths["listing"])
        assert "已撤回" in page(paths["listing"], language="zh")

    def test_shows_notices_to_those_they_are_for(self, market, page, paths):
        market.agreements.executed()
        market.revisions.notice()

        assert "The remark will go" in page(paths["listing"])
        assert "将取消备注列" in page(paths["listing"], language="zh")
        assert "The remark will go" not in page(paths["listing"], "rival")


class TestDeal:
    def test_shows_notices_and_that_its_revision_was_revoked(self, market, page):
        agreement = market.agreements.executed()
        market.revisions.notice()
        market.revisions.revoke()
        html = page(f"/deals/{agreement.id}")

        assert "The remark will go" in html
        assert "nothing of it is delivered any more" in html


class TestDiff:
    def test_tells_what_it_means_what_changed_and_by_how_much(self, market, page, paths):
        market.agreements.executed()
        market.revisions.add(shift=1)
        html = page(paths["diff"])

        assert "Other values under the same description" in html
        assert "Rows are paired by time" in html
        assert "The first changes of load_kw" in html
        assert "0.125" in html

    def test_shows_a_stranger_no_value(self, market, page, paths):
        market.revisions.add(shift=1)
        html = page(paths["diff"], "rival")

        assert "Values are shown to those who have an agreement on them." in html
        assert "The first changes" not in html
        assert "11.875" not in html

    def test_of_large_revisions_asks_to_come_back(self, market, page, paths, monkeypatch):
        monkeypatch.setitem(vars(market.context.settings), "diff_inline_cells", 0)
        market.revisions.add(shift=1)

        assert "being compared" in page(paths["diff"])
        run_job(COMPARE_REVISIONS, market.context)
        assert "Rows are paired by time" in page(paths["diff"])

    def test_of_what_is_not_there_is_not_found(self, market, paths):
        browser = Browser(market.app)
        browser.sign_in(market.grid_co.login, PASSWORD)

        assert browser.get(paths["diff"]).status_code == 404


class TestNotices:
    def test_are_marked_as_read_with_a_button(self, market, paths):
        market.agreements.executed()
        notice = market.revisions.notice()
        browser = Browser(market.app)
        browser.sign_in(market.forecast_lab.login, PASSWORD)
        answer = browser.submit(f"/notices/{notice.id}/reading", form_at=paths["notices"])

        assert (answer.status_code, answer.location) == (303, paths["notices"])
        assert "Mark as read" not in browser.get(paths["notices"]).text

    def test_are_read_without_a_button_by_overseers(self, market, page, paths):
        market.revisions.notice()
        html = page(paths["notices"], "regulator")

        assert "The remark will go" in html
        assert "Mark as read" not in html

    def test_lead_on_to_older_ones(self, market, page, paths):
        made = [market.revisions.notice().id for _ in range(51)]
        html = page(paths["notices"], "grid_co")

        assert f'href="{paths["notices"]}?before={made[1]}"' in html
        assert f'id="{made[0]}"' in page(f"{paths['notices']}?before={made[1]}", "grid_co")

    def test_say_when_there_are_none(self, page, paths):
        assert "There are no notices" in page(paths["notices"], "rival")

    def test_sent_by_nobody_lead_to_the_sign_in(self, market, paths):
        notice = market.revisions.notice()
        answer = Browser(market.app).submit(f"/notices/{notice.id}/reading")

        assert (answer.status_code, answer.location) == (303, "/sign-in")
