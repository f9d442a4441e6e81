"""The life of an agreement over HTTP, on the deal's page and from the terminal."""

import html
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from contracts.agreements.life.steps import MOST_STEPS
from exchange.client import Refused
from exchange.client.cli import contract
from exchange.client.profile import Profile, save_profile
from exchange.core.clock import to_text
from tests.exchange.client.conftest import serving
from tests.factories.browsers import Browser
from tests.factories.lives import GROUNDS
from tests.factories.participants import PASSWORD

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
DAY = timedelta(days=1)


@pytest.fixture
def deal(market):
    return market.agreements.executed(days=90)


@pytest.fixture
def steps(deal):
    return f"/agreements/{deal.id}/steps"


class TestApi:
    def test_shows_how_it_stands_and_what_the_asker_may_do(self, market, deal):
        life = market.api(market.grid_co).get(f"/agreements/{deal.id}/life").json

        assert (life["days_left"], life["ended_by"], life["is_disputed"]) == (90, None, False)
        assert life["ends_at"] == deal.valid_until.isoformat()
        assert {"notice", "proposal", "cure", "handover", "dispute"} <= set(life["may"])
        assert {"accept", "order", "destroyed"}.isdisjoint(life["may"])

    def test_shows_what_a_notice_would_do_and_then_does_it(self, market, deal, steps):
        api = market.api(market.forecast_lab)
        notice = {"step": "notice", "content": {"grounds": GROUNDS}}
        shown = api.post(f"/agreements/{deal.id}/step-previews", notice).json
        before = api.get(f"/agreements/{deal.id}/life").json
        done = api.post(steps, notice, key="notice-1").json

        assert shown["ends_at"] == done["ends_at"] == (market.now + 30 * DAY).isoformat()
        assert (shown["last_period"], shown["declarable_until"]) == ("2026-12", None)
        assert before["steps"] == []
        assert (done["days_left"], done["ended_by"]) == (30, 1)

    def test_takes_a_step_once_however_often_it_is_sent(self, market, steps):
        api = market.api(market.forecast_lab)
        body = {"step": "cure", "content": {"grounds": "late"}}
        first, second = (api.post(steps, body, key="cure-1") for _ in range(2))

        assert first.json == second.json
        assert len(first.json["steps"]) == 1

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"step": "jump"}, "step"),
            ({"step": "notice", "content": {}}, "grounds"),
            ({"step": "notice", "content": {"grounds": "x", "ends_at": "soon"}}, "ends_at"),
            ({"step": "accept", "content": {"grounds": "x"}}, "grounds"),
            ({"step": "lapse"}, "step"),
        ],
    )
    def test_refuses_what_is_no_step_and_names_the_field(self, market, steps, body, field):
        answer = market.api(market.grid_co).post(steps, body)

        assert answer.status_code == 422
        assert field in json.dumps(answer.json["errors"])

    def test_is_bounded(self, market, deal, steps):
        for number in range(MOST_STEPS // 2):
            market.lives.step(deal, "dispute", by=market.grid_co, grounds=str(number))
            market.lives.step(deal, "settle", by=market.grid_co, grounds=str(number))
        answer = market.api(market.grid_co).post(steps, {"step": "dispute", "content": {"grounds": "x"}})

        assert (answer.status_code, answer.json["code"]) == (429, "too-many-steps")

    def test_lists_agreements_by_state(self, market, deal):
        waiting = market.agreements.frozen()
        market.lives.suspend(deal.id)
        api = market.api(market.regulator)

        def found(state):
            return [life["agreement_id"] for life in api.get("/agreements/lives", state=state).json]

        assert found("suspended") == [deal.id]
        assert found("pending_signatures") == [waiting.id]
        assert found("effective") == found("expired") == []
        assert market.api(market.rival).get("/agreements/lives").json == []

    def test_goes_on_after_the_last_one_of_a_page(self, market, deal):
        ids = sorted([deal.id, market.agreements.executed().id])
        api = market.api(market.operator)
        first = api.get("/agreements/lives", limit="1").json
        second = api.get("/agreements/lives", limit="1", after=first[0]["agreement_id"]).json

        assert [first[0]["agreement_id"], second[0]["agreement_id"]] == ids

    def test_takes_orders_of_authorities_only(self, market, deal):
        order = {"scope": "agreement", "subject_id": deal.id, "order_no": "1", "grounds": "a leak"}
        refused = market.api(market.grid_co).post("/suspension-orders", order)
        made = market.api(market.regulator).post("/suspension-orders", order)
        lifted = market.api(market.regulator).post(
            f"/suspension-orders/{made.json['id']}/lifting", {"reason": "closed"}
        )

        assert (refused.status_code, made.status_code, lifted.status_code) == (403, 201, 200)
        assert market.api(market.operator).get("/suspension-orders").json == []
        assert len(market.api(market.operator).get("/suspension-orders", standing="false").json) == 1

    def test_is_no_door_for_strangers(self, market, deal, steps):
        api = market.api(market.rival)

        assert api.get(f"/agreements/{deal.id}/life").status_code == 404
        assert api.post(steps, {"step": "dispute", "content": {"grounds": "x"}}).status_code == 404


class TestPage:
    @pytest.fixture
    def browser(self, market):
        def signed_in(member, language="en"):
            browser = Browser(market.app, language)
            browser.sign_in(member.login, PASSWORD)
            return browser

        return signed_in

    def test_shows_the_line_of_states_and_the_countdown(self, market, deal, browser):
        page = browser(market.forecast_lab).get(f"/deals/{deal.id}").text

        assert "90 days left, until" in page
        assert "Give notice" in page
        assert "End it by order" not in page

    def test_shows_what_a_notice_does_before_it_is_given(self, market, deal, browser):
        buyer = browser(market.forecast_lab)
        asked = buyer.submit(f"/deals/{deal.id}/steps/notice", form_at=f"/deals/{deal.id}", grounds=GROUNDS)
        before = market.lives.of(deal).steps
        done = buyer.submit(
            f"/deals/{deal.id}/steps/notice",
            form_at=f"/deals/{deal.id}",
            grounds=GROUNDS,
            confirmed="yes",
        )

        assert asked.status_code == 200
        assert "The last statement is for 2026-12" in asked.text
        assert before == ()
        assert (done.status_code, done.headers["Location"]) == (303, f"/deals/{deal.id}#life")
        assert "Buyer: Gave notice" in buyer.get(f"/deals/{deal.id}").text

    def test_says_why_a_step_is_refused(self, market, deal, browser):
        answer = browser(market.grid_co).submit(
            f"/deals/{deal.id}/steps/notice",
            form_at=f"/deals/{deal.id}",
            grounds=GROUNDS,
            ends_at="2026-11-25T00:00",
        )

        assert answer.status_code == 422
        assert "notice is 30 days" in answer.text

    def test_lets_an_authority_suspend_and_lift(self, market, deal, browser):
        regulator = browser(market.regulator)
        regulator.submit(
            f"/deals/{deal.id}/suspension",
            form_at=f"/deals/{deal.id}",
            order_no="2026-17",
            grounds="a leak",
        )
        page = regulator.get(f"/deals/{deal.id}").text
        (order,) = market.lives.of(deal).orders
        lifted = regulator.submit(
            f"/deals/suspensions/{order.id}/lifting", form_at=f"/deals/{deal.id}", reason="closed"
        )

        assert "Suspended by order of the Regulator" in html.unescape(page)
        assert lifted.status_code == 303
        assert market.lives.of(deal).orders == []

    def test_finds_agreements_by_state_and_suspends_an_organisation(self, market, deal, browser):
        regulator = browser(market.regulator)
        regulator.submit(
            "/deals/suspensions",
            form_at="/deals/states",
            organisation_id=market.grid_co.organisation_id,
            order_no="2026-18",
            grounds="a leak",
        )
        page = regulator.get("/deals/states", state="suspended").text

        assert f"/deals/{deal.id}#life" in page
        assert "2026-18" in page
        assert f"/deals/{deal.id}#life" not in regulator.get("/deals/states", state="expired").text

    def test_of_a_party_lists_its_own_without_orders(self, market, deal, browser):
        page = browser(market.forecast_lab).get("/deals/states").text

        assert f"/deals/{deal.id}#life" in page
        assert "Suspension orders in force" not in page

    def test_speaks_chinese(self, market, deal, browser):
        page = browser(market.forecast_lab, "zh").get(f"/deals/{deal.id}").text

        assert "协议的履行过程" in page
        assert "剩余 90 天" in page


class TestTerminal:
    @pytest.fixture(autouse=True)
    def home(self, tmp_path, monkeypatch):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    @pytest.fixture
    def wdx(self, market):
        with serving(market.app) as url:

            def call(member, *arguments, **options):
                save_profile(Profile(url, member.token))
                result = CliRunner().invoke(contract, [str(item) for item in arguments], **options)
                if result.exception and not isinstance(result.exception, SystemExit):
                    raise result.exception
                return result

            yield call

    def test_gives_notice_after_showing_what_it_does(self, market, deal, wdx):
        asked = wdx(market.grid_co, "terminate", deal.id, "--grounds", GROUNDS, input="n\n")
        done = wdx(market.grid_co, "terminate", deal.id, "--grounds", GROUNDS, "--yes")

        assert "the last statement is for 2026-12" in asked.output
        assert (asked.exit_code, done.exit_code) == (1, 0)
        assert "in 30 days" in done.output
        assert len(market.lives.of(deal).steps) == 1

    def test_ends_by_consent(self, market, deal, wdx):
        day = to_text(market.now + 3 * DAY)
        line = ("terminate", deal.id, "--way", "proposal", "--grounds", GROUNDS, "--on", day, "--yes")
        wdx(market.grid_co, *line)
        done = wdx(market.forecast_lab, "consent", deal.id, "--yes")

        assert "in 3 days" in done.output
        assert market.lives.of(deal).ends_at == market.now + 3 * DAY

    def test_withdraws_a_notice_and_takes_a_question_back(self, market, deal, wdx):
        wdx(market.grid_co, "terminate", deal.id, "--grounds", GROUNDS, "--yes")
        asked = wdx(market.grid_co, "terminate", deal.id, "--way", "withdrawal", "--yes")
        wdx(market.forecast_lab, "terminate", deal.id, "--way", "take_back", "--yes")

        assert "Step 2 waits for an answer" in asked.output
        assert market.lives.of(deal).waits_for_answer is None

    def test_hands_over_objects_accepts_and_disputes(self, market, deal, wdx):
        wdx(market.grid_co, "complete", deal.id)
        wdx(market.forecast_lab, "object", deal.id, "--grounds", "gaps in May")
        wdx(market.grid_co, "complete", deal.id)
        wdx(market.forecast_lab, "accept", deal.id)
        wdx(market.forecast_lab, "dispute", deal.id, "--grounds", "wrong unit")
        disputed = json.loads(wdx(market.forecast_lab, "life", deal.id, "--json").output)
        wdx(market.forecast_lab, "dispute", deal.id, "--grounds", "explained", "--withdraw")

        assert (disputed["is_accepted"], disputed["is_disputed"]) == (True, True)
        assert not market.lives.of(deal).is_disputed

    def test_suspends_and_resumes(self, market, deal, wdx):
        line = ("suspend", deal.id, "--order-no", "2026-17", "--grounds", "a leak", "--yes")
        order_id = wdx(market.regulator, *line).output.strip()
        listed = wdx(market.regulator, "lives", "--state", "suspended")
        orders = json.loads(wdx(market.regulator, "orders").output)
        wdx(market.regulator, "resume", order_id, "--reason", "closed")

        assert deal.id in listed.output
        assert [order["id"] for order in orders] == [order_id]
        assert market.lives.of(deal).orders == []

    def test_confirms_the_destruction_with_the_buyers_key(self, market, deal, wdx, tmp_path):
        market.now = deal.valid_until + DAY
        path = tmp_path / "key.pem"
        market.forecast_lab.key.save(path)
        done = wdx(
            market.forecast_lab,
            *("destroyed", deal.id, "--method", "overwritten", "--on", to_text(market.now - DAY / 2)),
            *("--by", "Li Na", "--statement", "no copy is left", "--key", path),
        )

        assert "destroyed" in done.output
        assert market.lives.of(deal).course.destroyed is not None

    def test_says_why_a_step_is_not_possible(self, market, deal, wdx):
        with pytest.raises(Refused, match="no handover waits"):
            wdx(market.forecast_lab, "accept", deal.id)
