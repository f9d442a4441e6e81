"""The demand board over HTTP, on its pages and from the terminal."""

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

from exchange.client.profile import Profile, save_profile
from exchange.demands import service
from exchange.demands.cli import demand
from tests.exchange.client.conftest import serving
from tests.factories.browsers import Browser
from tests.factories.demands import RISKS, demand_content
from tests.factories.participants import PASSWORD

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_a_demand_goes_from_draft_to_confirmed_over_the_api(market):
    buyer, provider, operator = (
        market.api(who) for who in (market.forecast_lab, market.grid_co, market.operator)
    )
    written = buyer.post("/demands", demand_content())
    path = f"/demands/{written.json['id']}"

    states = [
        written.json["state"],
        buyer.post(f"{path}/submission").json["state"],
        operator.post(f"{path}/review", {"decision": "open", "reason": "clear"}).json["state"],
        provider.post(f"{path}/claims", {"message": "ours", "listing_id": market.listing_id}).json["state"],
        buyer.post(f"{path}/confirmation").json["state"],
    ]
    assert states == ["draft", "pending", "open", "waiting", "confirmed"]
    assert buyer.get(f"{path}/claims").json[0]["message"] == "ours"
    assert [item["id"] for item in buyer.get(f"{path}/listings").json] == [market.listing_id]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sector": "weather"}, "sector"),
        ({"kind": "wish"}, "kind"),
        ({"valid_to": "2026-13-01"}, "valid_to"),
        ({"valid_to": "tomorrow"}, "valid_to"),
        ({"region": "Hubei"}, "region"),
        ({"granularity": "often"}, "granularity"),
        ({"budget": {"max_fen": -1}}, "budget.max_fen"),
        ({"budget": {"max_fen": 0.5}}, "budget.max_fen"),
        ({"risks": {**RISKS, "inference": ""}}, "risks.inference"),
        ({"risks": {}}, "risks.cross_border"),
        ({"delivery_modes": []}, "delivery_modes"),
    ],
)
def test_the_api_names_the_field_that_breaks_a_rule(market, changes, field):
    answer = market.api(market.forecast_lab).post("/demands", demand_content(**changes))

    assert answer.status_code == 422
    assert field in [item["field"] for item in answer.json["errors"]]


def test_anybody_sees_product_demands_and_nobody_else_the_rest(market, demands):
    product, resource = demands.open(), demands.open(kind="resource")
    stranger = market.api()

    assert [item["id"] for item in stranger.get("/demands").json] == [product]
    assert stranger.get(f"/demands/{resource}").status_code == 404
    assert stranger.get(f"/demands/{product}/claims").status_code == 401


def test_the_board_is_paged(market, demands):
    ids = [demands.open() for _ in range(3)]
    buyer = market.api(market.forecast_lab)

    first = buyer.get("/demands", limit=2).json
    second = buyer.get("/demands", limit=2, after=first[-1]["id"]).json
    assert {item["id"] for item in first + second} == set(ids)
    assert (len(first), len(second)) == (2, 1)


def test_demands_that_fit_a_provider_are_listed(market, demands):
    demand_id = demands.open()

    fitting = market.api(market.grid_co).get("/demands/fitting").json
    assert [item["id"] for item in fitting] == [demand_id]


def browser_of(market, member):
    browser = Browser(market.app)
    browser.sign_in(member.login, PASSWORD)
    return browser


def form(**changes):
    content = demand_content()
    return {
        **{
            name: content[name]
            for name in ("title_zh", "title_en", "kind", "sector", "scenario", "valid_to")
        },
        "columns": "load_kw，电压",
        "granularity": "PT15M",
        "delivery_query": "yes",
        "budget_max": "5000.50",
        **{f"risk_{name}": text for name, text in RISKS.items()},
        **changes,
    }


class TestPages:
    def test_walk_a_demand_from_the_form_to_the_confirmation(self, market, demands):
        buyer, provider, operator = (
            browser_of(market, who) for who in (market.forecast_lab, market.grid_co, market.operator)
        )
        posted = buyer.submit("/demands/", form_at="/demands/new", **form())
        path = posted.headers["Location"]
        demand_id = path.rsplit("/", 1)[1]
        operator.submit(f"{path}/review", form_at=path, decision="open", reason="clear")
        provider.submit(f"{path}/claim", form_at=path, message="ours", listing_id=market.listing_id)
        buyer.submit(f"{path}/confirm", form_at=path)

        card = demands.get(demand_id)
        assert card.state == "confirmed"
        assert card.content["columns"] == ["load_kw", "电压"]
        assert card.content["budget"] == {"min_fen": 0, "max_fen": 500_050}

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"title_zh": ""}, "title_zh"),
            ({"budget_max": "5000.505"}, "budget_max"),
            ({"budget_min": "10"}, "budget_max"),
            ({"risk_inference": ""}, "risk_inference"),
            ({"valid_to": "2020-01-01"}, "valid_to"),
            ({"region": "Hubei"}, "region"),
        ],
    )
    def test_show_what_is_wrong_with_a_form_and_keep_what_was_typed(self, market, changes, field):
        changes = {"budget_max": "", **changes} if "budget_min" in changes else changes
        page = browser_of(market, market.forecast_lab).submit(
            "/demands/", form_at="/demands/new", **form(**changes)
        )

        assert page.status_code == 422
        assert f'id="error-{field}"' in page.text
        assert "load_kw，电压" in page.text

    def test_of_a_returned_draft_offer_to_edit_it(self, market, demands):
        demand_id = demands.reviewed(demands.pending(), "return")
        buyer = browser_of(market, market.forecast_lab)

        assert "The operator returned it: clear" in buyer.get(f"/demands/{demand_id}").text
        assert "5000.00" in buyer.get(f"/demands/{demand_id}/edit").text
        buyer.submit(f"/demands/{demand_id}/edit", form_at=f"/demands/{demand_id}/edit", **form())
        assert demands.state(demand_id) == "pending"

    def test_refuse_on_the_page_what_the_service_refuses(self, market, demands):
        demand_id = demands.open()
        provider = browser_of(market, market.rival)

        page = provider.submit(
            f"/demands/{demand_id}/claim",
            form_at=f"/demands/{demand_id}",
            message="ours",
            listing_id=market.listing_id,
        )
        assert (page.status_code, "no such listing on offer" in page.text) == (422, True)
        assert demands.state(demand_id) == "open"

    def test_of_the_board_are_open_to_strangers(self, market, demands):
        demand_id = demands.open()
        demands.open(kind="resource", title_en="Only for members")
        stranger = Browser(market.app)

        board = stranger.get("/demands/").text
        assert ("Load curve wanted" in board, "Only for members" in board) == (True, False)
        assert stranger.get(f"/demands/{demand_id}").status_code == 200

    def test_show_a_provider_what_fits(self, market, demands):
        demands.open()

        assert "Your listings fit these" in browser_of(market, market.grid_co).get("/demands/").text

    def test_of_the_operator_offer_to_step_in_after_seven_days(self, market, demands):
        demand_id = demands.open()
        market.do(service.mark_unclaimed, demand_id=demand_id, now=market.now + timedelta(days=8))

        assert "Step in" in browser_of(market, market.operator).get(f"/demands/{demand_id}").text

    def test_have_no_inline_style_script_or_handler(self, market, demands):
        demand_id, buyer = demands.claimed(), browser_of(market, market.forecast_lab)

        for path in ("/demands/", "/demands/new", f"/demands/{demand_id}"):
            assert not re.search(r"<style|<script|\sstyle=|\son\w+=|javascript:", buyer.get(path).text)


class TestCommands:
    @pytest.fixture
    def run(self, market, tmp_path, monkeypatch):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

        def invoke(member, *arguments):
            with serving(market.app) as url:
                save_profile(Profile(url, member.token))
                result = CliRunner().invoke(demand, [str(item) for item in arguments])
            if result.exception and not isinstance(result.exception, SystemExit):
                raise result.exception
            return result.output

        return invoke

    def test_walk_a_demand_to_its_confirmation(self, market, demands, run, tmp_path):
        file = tmp_path / "demand.json"
        file.write_text(json.dumps(demand_content()), encoding="utf-8")

        demand_id = json.loads(run(market.forecast_lab, "post", file))["id"]
        run(market.operator, "review", demand_id, "--decision", "open", "--reason", "clear")
        assert demand_id in run(market.grid_co, "list", "--fitting")
        run(market.grid_co, "claim", demand_id, "--message", "ours", "--listing", market.listing_id)
        shown = json.loads(run(market.forecast_lab, "show", demand_id))
        assert (shown["state"], shown["claims"][0]["message"]) == ("claimed", "ours")
        assert json.loads(run(market.forecast_lab, "confirm", demand_id))["state"] == "confirmed"

    def test_decline_withdraw_and_rewrite(self, market, demands, run, tmp_path):
        file = tmp_path / "demand.json"
        file.write_text(json.dumps(demand_content(title_en="Clearer")), encoding="utf-8")
        demand_id = demands.claimed()
        run(market.forecast_lab, "decline", demand_id, "--reason", "too coarse")
        assert demands.state(demand_id) == "open"
        run(market.forecast_lab, "withdraw", demand_id, "--reason", "not needed")
        assert demand_id in run(market.forecast_lab, "list", "--mine")

        draft = demands.drafted()
        run(market.forecast_lab, "post", file, "--draft", "--rewrite", draft)
        assert demands.get(draft).content["title_en"] == "Clearer"

    def test_intervene_after_seven_days(self, market, demands, run):
        demand_id = demands.open()
        market.app.extensions["market"].now = market.now + timedelta(days=8)

        run(market.operator, "intervene", demand_id, "--note", "calling providers")

        assert demands.state(demand_id) == "operator_intervened"

    def test_name_a_file_that_cannot_be_read(self, market, run, tmp_path):
        file = tmp_path / "demand.json"
        file.write_bytes(b"\xff{")

        with pytest.raises(Exception, match="cannot be read"):
            run(market.forecast_lab, "post", file)
