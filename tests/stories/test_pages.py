"""One whole deal read in the portal by everybody it concerns, and by nobody else."""

import re

import pytest

from exchange.audit.jobs import SEQUENCE
from exchange.core.jobs import run_job
from exchange.demo.deals import deals_of_folder
from exchange.demo.walk import Walk, settle
from tests.factories.browsers import Browser
from tests.factories.participants import PASSWORD, registration

READERS = ("regulator", "operator", "provider", "buyer")
LOADS = "time,load_kw\n" + "".join(f"2026-01-01 {hour:02d}:00:00,{300 + hour * 7}\n" for hour in range(24))


@pytest.fixture
def walked(parties, tmp_path, context):
    """A deal on a day of loads, delivered and settled."""
    folder = tmp_path / "series"
    folder.mkdir()
    (folder / "loads.csv").write_text(LOADS, encoding="utf-8")
    deals = [Walk(plan, parties, lambda *_: None).run() for plan in deals_of_folder(folder)]
    settle(deals, parties, lambda *_: None)
    run_job(SEQUENCE, context)
    return deals[0]


@pytest.fixture
def reader(app, parties):
    def open_browser(role, language="en"):
        browser = Browser(app, language)
        assert browser.sign_in(parties[role].login, parties[role].password).status_code == 303
        return browser

    return open_browser


def _pages(walked) -> dict[str, str]:
    return {
        "home": "/",
        "catalogue": "/catalogue/",
        "listing": f"/catalogue/{walked.listing_id}",
        "deals": "/deals/",
        "deal": f"/deals/{walked.agreement_id}",
        "statements": "/statements/",
        "statement": f"/statements/{walked.statement_id}",
        "log": "/log-status/",
        "log of the deal": f"/log-status/?subject={walked.agreement_id}",
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_party_reads_every_page_without_script_and_inline_style(walked, reader, language):
    for role in READERS:
        browser = reader(role, language)
        for name, path in _pages(walked).items():
            answer = browser.get(path)
            assert answer.status_code == 200, (role, name)
            assert not re.search(
                r"<style|<script(?! type=\"application/ld\+json\")|\sstyle=|\son\w+=|javascript:",
                answer.text,
            ), name
            assert answer.text.count("<h1") == 1, name


def test_every_link_of_every_page_leads_somewhere(walked, reader):
    browser = reader("regulator")
    links = {
        link.partition("#")[0]
        for path in _pages(walked).values()
        for link in re.findall(r'<a [^>]*href="(/[^"]*)"', browser.get(path).text)
    }

    assert {link: status for link in links if (status := browser.get(link).status_code) != 200} == {}


def test_the_deal_page_tells_the_whole_deal(walked, reader):
    html = reader("buyer").get(f"/deals/{walked.agreement_id}").text

    story = re.findall(r'class="timeline-title">(?:<a[^>]*>)?([^<]+)', html)
    assert [line.strip() for line in story] == [
        "The provider wrote the listing",
        "The provider submitted the listing for review",
        "A second person of the provider approved it",
        "The operator reviewed and listed it",
        "The buyer asked for the data",
        "The provider offered terms",
        "The buyer accepted the offer",
        "The terms were frozen",
        "The provider signed the terms",
        "The buyer signed the terms",
        "The exchange countersigned; data may flow",
        "1 delivery",
        "Statement S2026-000001 issued",
    ]
    assert html.count('class="stage-done"') == 8  # of the deal, and of the agreement's life
    assert '<polyline class="chart-curve"' in html
    assert f"/statements/{walked.statement_id}" in html
    assert f"/catalogue/{walked.listing_id}" in html


def test_the_deal_page_names_every_digest_that_was_signed(walked, parties, reader):
    buyer = parties["buyer"].exchange
    html = reader("provider").get(f"/deals/{walked.agreement_id}").text

    assert buyer.agreement(walked.agreement_id)["terms_sha256"] in html
    assert parties["buyer"].key.public.kid in html


def test_the_statement_page_leads_from_the_amount_to_the_records(walked, reader):
    html = reader("provider").get(f"/statements/{walked.statement_id}").text

    assert f'href="/deals/{walked.agreement_id}#delivery-1"' in html
    assert "wdx audit verify" in html
    assert all(name in html for name in ("Jiangcheng Energy Data (demo)", "Chutian Forecast Lab (demo)"))


def test_the_log_page_leads_overseers_from_an_entry_to_the_deal(walked, reader):
    link = f'<a href="/deals/{walked.agreement_id}">'

    assert link in reader("regulator").get("/log-status/").text
    assert link not in reader("buyer").get("/log-status/").text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_codes_are_told_in_words(walked, reader, language):
    browser = reader("regulator", language)
    body = browser.get(f"/deals/{walked.agreement_id}").text.partition("<main")[2]

    assert not re.search(r">\s*(active|query|power|per_row|provider|buyer)\s*<", body)


def test_a_stranger_gets_404_on_deal_and_statement(walked, parties, app):
    exchange = parties["operator"].exchange
    stranger = registration("bystander", "buyer", number=77)
    organisation = exchange.register_organisation(stranger)
    exchange.decide_organisation(organisation["id"], "verified", "checked")
    browser = Browser(app)
    browser.sign_in(stranger["login"], PASSWORD)

    assert browser.get("/deals/").status_code == 200
    assert browser.get(f"/deals/{walked.agreement_id}").status_code == 404
    assert browser.get(f"/statements/{walked.statement_id}").status_code == 404
    assert walked.agreement_id not in browser.get("/deals/").text
