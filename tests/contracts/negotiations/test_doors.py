"""Negotiations on their pages and from the terminal."""

import json
import re

import pytest
from click.testing import CliRunner

from contracts.negotiations import jobs, queries
from contracts.negotiations.cli import negotiation as command
from exchange.client import Refused
from exchange.client.cli import contract
from exchange.client.profile import Profile, save_profile
from exchange.core.errors import Invalid
from tests.exchange.client.conftest import serving
from tests.factories.browsers import Browser
from tests.factories.catalogue import PURPOSE, SCENARIO
from tests.factories.participants import PASSWORD

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def browser_of(market, member, language="en"):
    browser = Browser(market.app, language)
    browser.sign_in(member.login, PASSWORD)
    return browser


def words_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


class TestPages:
    def test_the_buyer_counters_and_the_provider_accepts(self, market):
        negotiation = market.negotiations.offered()
        buyer, provider = (browser_of(market, who) for who in (market.forecast_lab, market.grid_co))
        path = f"/negotiations/{negotiation.id}"

        countered = buyer.submit(
            f"{path}/counter_offer", form_at=path, days="20", message="shorter, please", max_rows=""
        )
        page = provider.get(path).text
        accepted = provider.submit(f"{path}/acceptance", form_at=path)

        assert (countered.status_code, accepted.status_code) == (303, 303)
        assert "<del>30</del><ins>20</ins>" in page
        assert "permission.days" in page
        assert "shorter, please" in page
        assert (
            market.read(queries.get_negotiation, negotiation.id, actor=market.operator.actor).state
            == "agreed"
        )

    def test_a_field_left_as_it_is_changes_nothing(self, market):
        negotiation = market.negotiations.offered()
        path = f"/negotiations/{negotiation.id}"

        browser_of(market, market.forecast_lab).submit(
            f"{path}/counter_offer", form_at=path, max_rows="500"
        )

        compared = market.read(queries.compare_rounds, negotiation, before=2, after=3, language="en")
        assert [item.member for clause in compared.clauses for item in clause.members] == [
            "permission.max_rows"
        ]

    @pytest.mark.parametrize(
        ("text", "said"), [("many", "is no whole number"), ("366", "at most 365 days")]
    )
    def test_a_refusal_stands_on_the_page(self, market, text, said):
        negotiation = market.negotiations.offered()
        path = f"/negotiations/{negotiation.id}"

        answer = browser_of(market, market.forecast_lab).submit(
            f"{path}/counter_offer", form_at=path, days=text
        )

        assert answer.status_code == 422
        assert said in answer.text

    def test_every_limit_stands_beside_its_rule_in_both_languages(self, market):
        negotiation = market.negotiations.requested(max_rows=40)
        path = f"/negotiations/{negotiation.id}"

        english = words_of(browser_of(market, market.grid_co).get(path).text)
        chinese = words_of(browser_of(market, market.grid_co, "zh").get(path).text)

        assert "At most 40 rows may be had in all. rows lteq 40 The gate refuses anything else" in english
        assert "累计最多取得 40 行。" in chinese

    def test_a_stranger_finds_nothing_and_nobody_takes_anothers_turn(self, market):
        negotiation = market.negotiations.offered()
        path = f"/negotiations/{negotiation.id}"

        assert browser_of(market, market.rival).get(path).status_code == 404
        answer = browser_of(market, market.grid_co).submit(f"{path}/acceptance", form_at=path)
        assert answer.status_code == 422

    @pytest.mark.parametrize("step", ["acceptance", "counter_offer", "end"])
    def test_what_is_not_there_is_not_found(self, market, step):
        browser = browser_of(market, market.forecast_lab)

        answer = browser.submit(f"/negotiations/neg_none/{step}", form_at="/negotiations/")
        assert answer.status_code == 404

    def test_a_party_ends_it_with_a_reason(self, market):
        negotiation = market.negotiations.offered()
        path = f"/negotiations/{negotiation.id}"
        browser = browser_of(market, market.grid_co)

        browser.submit(f"{path}/end", form_at=path, reason="sold elsewhere")

        assert "sold elsewhere" in browser.get(path).text

    def test_the_start_page_shows_whose_turn_it_is_and_the_list_leads_there(self, market):
        negotiation = market.negotiations.offered()
        browser = browser_of(market, market.forecast_lab)

        assert "Your turn" in browser.get("/").text
        assert f'href="/negotiations/{negotiation.id}"' in browser.get("/negotiations/").text

    def test_the_deal_page_has_the_contract_clause_by_clause(self, market):
        agreement = market.agreements.executed(max_rows=40)

        page = browser_of(market, market.regulator).get(f"/deals/{agreement.id}").text

        assert agreement.contract_id in page
        assert "At most 40 rows may be had in all." in page


@pytest.fixture
def run(market, tmp_path, monkeypatch):
    """Commands of one member after the other, over HTTP."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with serving(market.app) as url:

        def invoke(member, group, *arguments):
            save_profile(Profile(url, member.token))
            result = CliRunner().invoke(group, [str(item) for item in arguments])
            if result.exception and not isinstance(result.exception, SystemExit):
                raise result.exception
            return result.output

        yield invoke


class TestCommands:
    def test_a_deal_is_negotiated_in_three_rounds(self, market, run, tmp_path):
        wishes = tmp_path / "wishes.yaml"
        wishes.write_text("days: 60\npayment:\n  due_days: 30\n", encoding="utf-8")
        buyer, provider = market.forecast_lab, market.grid_co

        asked = run(
            buyer,
            command,
            "request",
            market.listing_id,
            "--purpose",
            PURPOSE,
            "--scenario",
            SCENARIO,
            "--file",
            wishes,
        )
        number = json.loads(asked)["id"]
        run(
            provider,
            command,
            "offer",
            number,
            "--set",
            "liability.cap_percent=50",
            "--message",
            "our limit",
        )
        run(buyer, command, "counter", number, "--set", "liability.cap_percent=80", "--answer-days", "2")
        shown = run(provider, command, "diff", number)
        agreement_id, contract_id = run(provider, command, "accept", number).split()

        assert "[-50-]{+80+}" in shown
        assert "liability.cap_percent: 50 -> 80" in shown
        assert f"{number}  agreed" in run(buyer, command, "list", "--state", "agreed")
        for name in (agreement_id, contract_id):
            text = run(buyer, contract, "show", name)
            assert text.startswith(f"{contract_id}  {agreement_id}  awaiting_signatures")
            assert "Liability is limited to 80 %" in text
        assert "80 -> 80" not in run(buyer, contract, "diff", contract_id, "--before", "1")
        assert json.loads(run(buyer, contract, "policy", contract_id))["@type"] == "Agreement"

    def test_a_private_offer_is_read_and_declined(self, market, run):
        buyer, provider = market.forecast_lab, market.grid_co
        offered = run(
            provider, command, "offer-privately", market.listing_id, "--buyer", buyer.organisation_id
        )
        number = json.loads(offered)["id"]

        assert "columns isPartOf" in run(buyer, command, "show", number, "--language", "en")
        assert len(json.loads(run(buyer, command, "show", number, "--json"))["rounds"]) == 1
        assert json.loads(run(buyer, command, "end", number, "--reason", "no use"))["state"] == "withdrawn"
        assert json.loads(run(provider, command, "list", "--json"))[0]["state"] == "withdrawn"

    @pytest.mark.parametrize("text", ["C123", "C191350100M000100Y434201202611230930007K2M9Q4T8"])
    def test_a_wrong_contract_id_is_refused_with_its_fault(self, market, run, text):
        with pytest.raises(Refused, match=r"characters|check character"):
            run(market.forecast_lab, contract, "show", text)

    def test_a_file_that_holds_no_members_is_refused(self, market, run, tmp_path):
        file = tmp_path / "changes.yaml"
        file.write_text("- days", encoding="utf-8")

        with pytest.raises(Invalid, match="holds no members"):
            run(market.grid_co, command, "offer", "neg_1", "--file", file)


def test_the_job_ends_what_nobody_answered(market, monkeypatch):
    negotiation = market.negotiations.offered()
    monkeypatch.setattr(jobs.clock, "now", lambda: negotiation.expires_at)

    jobs.expire_negotiations(market.context)

    assert (
        market.read(queries.get_negotiation, negotiation.id, actor=market.operator.actor).state == "expired"
    )
