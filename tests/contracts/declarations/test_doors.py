"""Declared revenue over HTTP, on the deal's page and from the terminal."""

import hashlib
import html
import json

import pytest
from click.testing import CliRunner

from exchange.client import Refused
from exchange.client.cli import contract
from exchange.client.declarations import check_declaration
from exchange.client.profile import Profile, save_profile
from exchange.client.receipts import ReceiptWrong
from exchange.core.errors import Invalid
from exchange.trust import PrivateKey, SignatureInvalid
from tests.exchange.client.conftest import serving
from tests.factories.browsers import Browser
from tests.factories.participants import PASSWORD

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

FORM = {"month": "2026-11/", "revenue": "12,345.67", "covers": "forecasts sold"}
DECLARED = {"period": "2026-11", "revenue_fen": 1_234_567, "covers": "forecasts sold"}


@pytest.fixture
def deal(market):
    return market.declarations.shared()


@pytest.fixture
def path(deal):
    return f"/agreements/{deal.id}/revenue-declarations"


@pytest.fixture
def buyer(market):
    return market.api(market.forecast_lab)


class TestApi:
    def test_takes_a_declaration_and_its_correction(self, buyer, path):
        first = buyer.post(path, DECLARED, key="k-1")
        second = buyer.post(path, {**DECLARED, "revenue_fen": 1_000_000, "corrects": 1}, key="k-2")

        assert (first.status_code, second.status_code) == (201, 201)
        assert (second.json["number"], second.json["change_fen"]) == (2, -234_567)
        assert [item["number"] for item in buyer.get(path, period="2026-11").json] == [2, 1]

    def test_takes_the_same_request_once(self, buyer, path):
        first, second = (buyer.post(path, DECLARED, key="k-1") for _ in range(2))

        assert first.json == second.json
        assert len(buyer.get(path).json) == 1

    def test_tells_what_stands_to_whoever_did_not_know(self, buyer, path):
        buyer.post(path, DECLARED, key="k-1")
        answer = buyer.post(path, DECLARED, key="k-2")

        assert (answer.status_code, answer.json["code"]) == (409, "already-declared")
        assert answer.json["errors"][0]["field"] == "corrects"

    def test_needs_a_key(self, buyer, path):
        assert buyer.post(path, DECLARED).status_code == 422

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"period": "2026-13"}, "period"),
            ({"period": "2026-12"}, "period"),
            ({"revenue_fen": -1}, "revenue_fen"),
            ({"revenue_fen": 10**13 + 1}, "revenue_fen"),
            ({"revenue_fen": 0.5}, "revenue_fen"),
            ({"revenue_fen": "100"}, "revenue_fen"),
            ({"covers": ""}, "covers"),
            ({"covers": "x" * 501}, "covers"),
            ({"covers": "a\x00b"}, "covers"),
            ({"evidence_sha256": "ABC"}, "evidence_sha256"),
            ({"corrects": 0}, "corrects"),
            ({"corrects": 1}, "corrects"),
            ({"currency": "EUR"}, "currency"),
        ],
    )
    def test_names_the_field_that_breaks_a_rule(self, buyer, path, changes, field):
        answer = buyer.post(path, DECLARED | changes, key="k-1")

        assert answer.status_code == 422
        assert field in [item["field"] for item in answer.json["errors"]]
        assert buyer.get(path).json == []

    @pytest.mark.parametrize(
        ("role", "reads", "writes"),
        [("grid_co", 200, 403), ("operator", 200, 403), ("regulator", 200, 403), ("rival", 404, 404)],
    )
    def test_is_open_to_the_buyer_and_read_by_those_concerned(self, market, path, role, reads, writes):
        api = market.api(getattr(market, role))

        assert api.get(path).status_code == reads
        assert api.post(path, DECLARED, key="k-1").status_code == writes


class TestDealPage:
    @pytest.fixture
    def browser(self, market):
        def of(member, language="en"):
            browser = Browser(market.app, language)
            assert browser.sign_in(member.login, PASSWORD).status_code == 303
            return browser

        return of

    def test_shows_the_open_month_and_the_buyers_form(self, market, deal, browser):
        page = browser(market.forecast_lab).get(f"/deals/{deal.id}").text

        assert "nothing declared" in page
        assert f'action="/deals/{deal.id}/revenue-declarations"' in page
        assert '<option value="2026-11/">2026-11</option>' in page

    @pytest.mark.parametrize("role", ["grid_co", "operator", "regulator"])
    def test_shows_the_others_the_same_without_a_form(self, market, deal, browser, role):
        market.declarations.declare(deal.id, 1_234_567)
        page = browser(getattr(market, role)).get(f"/deals/{deal.id}").text

        assert "12,345.67" in page
        assert "revenue-declarations" not in page

    def test_takes_a_declaration_without_any_script(self, market, deal, browser):
        buyer = browser(market.forecast_lab)
        answer = buyer.submit(f"/deals/{deal.id}/revenue-declarations", form_at=f"/deals/{deal.id}", **FORM)
        page = buyer.get(f"/deals/{deal.id}").text

        assert (answer.status_code, answer.headers["Location"]) == (303, f"/deals/{deal.id}#revenue")
        assert [item.revenue_fen for item in market.declarations.of(deal.id)] == [1_234_567]
        assert "The buyer declared its revenue of 2026-11" in page
        assert '<option value="2026-11/1">2026-11, correcting ¥12,345.67</option>' in page

    def test_corrects_what_the_reader_saw_and_nothing_else(self, market, deal, browser):
        """The form was open while a colleague declared: the second to send is told, not obeyed."""
        market.declarations.declare(deal.id, 100)
        answer = browser(market.forecast_lab).submit(
            f"/deals/{deal.id}/revenue-declarations", form_at=f"/deals/{deal.id}", **FORM
        )

        assert answer.status_code == 422
        assert "Meanwhile ¥1.00 was declared" in answer.text
        assert '<option value="2026-11/1" selected>' in answer.text
        assert 'value="12,345.67"' in answer.text
        assert len(market.declarations.of(deal.id)) == 1

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"revenue": "a lot"}, "Write an amount in yuan"),
            ({"revenue": "-1"}, "Write an amount in yuan"),
            ({"revenue": "9" * 30}, "Write an amount in yuan"),
            ({"covers": ""}, "Say in 1 to 500 characters"),
            ({"month": "2026-12/"}, "has not begun"),
            ({"month": "2026-11/" + "9" * 5000}, "nothing"),
            ({"evidence_sha256": "abc"}, "64 hexadecimal digits"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(self, market, deal, browser, changes, said):
        answer = browser(market.forecast_lab).submit(
            f"/deals/{deal.id}/revenue-declarations",
            form_at=f"/deals/{deal.id}",
            **{**FORM, **changes},
        )

        if said == "nothing":
            assert answer.status_code == 303  # no number at all is that of a first declaration
        else:
            assert answer.status_code == 422
            assert said in html.unescape(answer.text)

    def test_speaks_chinese(self, market, deal, browser):
        page = browser(market.forecast_lab, "zh").get(f"/deals/{deal.id}").text

        assert "需方申报的收入" in page
        assert "未申报" in page

    def test_of_another_price_has_no_such_section(self, market, browser):
        deal = market.agreements.executed()

        assert 'id="revenue"' not in browser(market.forecast_lab).get(f"/deals/{deal.id}").text

    def test_is_no_door_for_strangers(self, market, deal, browser):
        answer = browser(market.rival).submit(
            f"/deals/{deal.id}/revenue-declarations", form_at="/deals/", **FORM
        )

        assert answer.status_code == 404


class TestTerminal:
    @pytest.fixture(autouse=True)
    def home(self, tmp_path, monkeypatch):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    @pytest.fixture
    def wdx(self, market):
        with serving(market.app) as url:
            save_profile(Profile(url, market.forecast_lab.token))

            def call(*arguments, **options):
                result = CliRunner().invoke(contract, [str(item) for item in arguments], **options)
                if result.exception and not isinstance(result.exception, SystemExit):
                    raise result.exception
                return result

            yield call

    def test_declares_with_a_document_that_stays_here(self, tmp_path, deal, wdx):
        document = tmp_path / "october.pdf"
        document.write_bytes(b"audited")
        made = wdx(
            *("declare-revenue", deal.id, "--month", "2026-11", "--revenue", "12345.67"),
            *("--covers", "forecasts sold", "--evidence-file", document, "--yes"),
        )
        found = json.loads(wdx("declarations", deal.id, "--month", "2026-11").output)

        assert json.loads(made.output) == found[0]
        assert found[0]["revenue_fen"] == 1_234_567
        assert found[0]["evidence_sha256"] == hashlib.sha256(b"audited").hexdigest()

    def test_asks_before_it_declares(self, market, deal, wdx):
        asked = wdx(
            *("declare-revenue", deal.id, "--month", "2026-11", "--revenue", "5", "--covers", "sold"),
            input="n\n",
        )

        assert "Declare ¥5.00 for 2026-11?" in asked.output
        assert (asked.exit_code, market.declarations.of(deal.id)) == (1, [])

    def test_corrects_by_number(self, deal, wdx):
        line = ("declare-revenue", deal.id, "--month", "2026-11", "--covers", "sold", "--yes")
        wdx(*line, "--revenue", "5")

        with pytest.raises(Refused, match="declaration 1 says"):
            wdx(*line, "--revenue", "6")
        assert json.loads(wdx(*line, "--revenue", "6", "--corrects", "1").output)["number"] == 2

    def test_refuses_what_is_no_amount(self, deal, wdx):
        with pytest.raises(Invalid) as refused:
            wdx("declare-revenue", deal.id, "--month", "2026-11", "--revenue", "5.001", "--covers", "sold")
        assert refused.value.field == "revenue"


class TestReceipt:
    @pytest.fixture
    def declaration(self, buyer, path):
        return buyer.post(path, DECLARED, key="k-1").json

    def test_says_what_the_declaration_says(self, market, declaration):
        check_declaration(declaration, market.context.signing_key.public)

    @pytest.mark.parametrize("change", [{"revenue_fen": 1}, {"period": "2026-10"}, {"id": "dcl_other"}])
    def test_of_another_declaration_is_wrong(self, market, declaration, change):
        with pytest.raises(ReceiptWrong):
            check_declaration(declaration | change, market.context.signing_key.public)

    def test_of_somebody_else_is_none(self, declaration):
        with pytest.raises(SignatureInvalid):
            check_declaration(declaration, PrivateKey.generate().public)
