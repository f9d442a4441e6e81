"""Statements, runs and books through their doors: API, pages and commands."""

import json

import pytest
from click.testing import CliRunner
from flask import g
from sqlalchemy import text

from exchange.core import clock
from exchange.core.clock import period_of
from exchange.participants.actors import BUYER, OPERATOR, PROVIDER, REGULATOR
from settlement.ledger.cli import ledger
from settlement.runs import run_settlement
from settlement.runs.cli import settlement
from settlement.statements.parts import statements_part, timeline_of_statements
from tests.settlement.deals import BOUNDED_VOLUME, DECEMBER, NOVEMBER, actor


@pytest.fixture
def agreement_id(database, deals):
    agreement_id = deals.executed()
    deals.deliver(agreement_id, 1000, 234)
    run_settlement(database, period="2026-11", interim=False, now=DECEMBER)
    return agreement_id


@pytest.fixture
def as_(app, monkeypatch):
    """A client in the name of an organisation; signing in has its own tests."""

    def client_of(organisation, *roles):
        monkeypatch.setattr(
            "exchange.participants.access._actor_of_request", lambda: actor(organisation, *roles)
        )
        return app.test_client()

    return client_of


@pytest.fixture
def wdx(context):
    def call(command, *arguments):
        return CliRunner().invoke(command, arguments, obj=lambda: context)

    return call


class TestStatementsApi:
    def test_parties_see_the_statement_with_its_lines(self, agreement_id, as_):
        client = as_("buyer", BUYER)

        [listed] = client.get(f"/api/v1/statements?agreement_id={agreement_id}").json
        shown = client.get(f"/api/v1/statements/{listed['id']}").json

        assert listed["quantities_after"] == {
            "calls": 2,
            "succeeded": 2,
            "hits": 2,
            "rows": 1234,
            "size_bytes": 1234,
            "files": 0,
        }
        assert [line["key"] for line in shown["lines"]] == ["rows:free_rows", "rows:unit_price_micro"]
        assert sum(line["amount_fen"] for line in shown["lines"]) == shown["amount_fen"]
        assert shown["fee_fen"] + shown["provider_fen"] == shown["amount_fen"]

    def test_others_see_nothing(self, agreement_id, as_):
        [listed] = as_("operator", OPERATOR).get("/api/v1/statements?period=2026-11").json
        stranger = as_("stranger", BUYER)

        assert stranger.get("/api/v1/statements").json == []
        assert stranger.get(f"/api/v1/statements/{listed['id']}").status_code == 404

    def test_what_is_no_period_is_refused(self, as_):
        assert as_("buyer", BUYER).get("/api/v1/statements?period=november").status_code == 422


class TestSettlementRunsApi:
    def test_operator_settles_a_period_once(self, deals, as_):
        deals.deliver(deals.executed(at=NOVEMBER.replace(year=2025)), 10, at=NOVEMBER.replace(year=2025))
        operator = as_("operator", OPERATOR)
        answers = [
            operator.post(
                "/api/v1/settlement-runs",
                json={"period": "2025-11"},
                headers={"Idempotency-Key": f"key-{number}"},
            )
            for number in range(2)
        ]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json == answers[1].json
        assert answers[0].json["statements"] == 1
        assert [run["run_id"] for run in operator.get("/api/v1/settlement-runs").json] == [
            answers[0].json["run_id"]
        ]

    def test_a_key_is_needed(self, as_):
        answer = as_("operator", OPERATOR).post("/api/v1/settlement-runs", json={"period": "2025-11"})

        assert answer.status_code == 422

    def test_only_the_operator_settles(self, as_):
        answer = as_("regulator", REGULATOR).post(
            "/api/v1/settlement-runs", json={"period": "2025-11"}, headers={"Idempotency-Key": "key"}
        )

        assert answer.status_code == 403


class TestTrialBalance:
    def test_overseers_see_that_the_books_balance(self, agreement_id, as_):
        shown = as_("regulator", REGULATOR).get("/api/v1/ledger/trial-balance").json

        assert shown["difference_fen"] == 0
        assert {item["purpose"] for item in shown["accounts"]} == {
            "buyer_receivable",
            "provider_payable",
            "platform_fee_income",
        }

    def test_parties_do_not(self, as_):
        assert as_("buyer", BUYER).get("/api/v1/ledger/trial-balance").status_code == 403


class TestPages:
    def test_list_leads_to_the_statement(self, agreement_id, as_):
        client = as_("provider", PROVIDER)
        [listed] = client.get("/api/v1/statements").json

        assert f"/statements/{listed['id']}" in client.get("/statements/").text

    @pytest.mark.parametrize("language", ["en", "zh-CN"])
    def test_statement_shows_records_split_and_entries(self, agreement_id, as_, language):
        client = as_("buyer", BUYER)
        [listed] = client.get("/api/v1/statements").json
        page = client.get(f"/statements/{listed['id']}", headers={"Accept-Language": language})

        assert page.status_code == 200
        assert listed["number"] in page.text
        for amount in ("amount_fen", "fee_fen", "provider_fen"):
            fen = listed[amount]
            assert f'value="{fen // 100}.{fen % 100:02d}"' in page.text
        assert "1,000" in page.text
        assert listed["transfer_id"] in page.text

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (
                "en",
                ["Calls that found nothing, not charged", "Hits, tier 2", "Cut to the largest amount", "–"],
            ),
            ("zh-CN", ["未查得的调用，不计费", "查得，第 2 档", "按每月封顶额扣减"]),
        ],
    )
    def test_every_kind_of_line_is_told_in_words(self, database, deals, as_, language, words):
        agreement_id = deals.executed(BOUNDED_VOLUME)
        deals.deliver(agreement_id, 0, *[1] * 9)
        run_settlement(database, period="2026-11", interim=False, now=DECEMBER)
        client = as_("buyer", BUYER)
        [listed] = client.get("/api/v1/statements").json
        page = client.get(f"/statements/{listed['id']}", headers={"Accept-Language": language}).text

        assert [word for word in words if word not in page] == []

    def test_statement_shows_only_its_own_records(self, database, deals, as_):
        agreement_id = deals.executed()
        for rows, interim, now in ((111, True, NOVEMBER), (222, False, DECEMBER)):
            deals.deliver(agreement_id, rows)
            run_settlement(database, period="2026-11", interim=interim, now=now)
        client = as_("buyer", BUYER)
        second = client.get("/api/v1/statements").json[0]
        records = client.get(f"/statements/{second['id']}").text.partition("Delivery records")[2]

        assert "222" in records
        assert "111" not in records

    def test_empty_list_says_so(self, as_):
        assert 'class="empty"' in as_("buyer", BUYER).get("/statements/").text

    def test_deal_and_start_page_name_the_statement(self, app, database, agreement_id):
        with app.test_request_context(), database.reading() as session:
            g.caller = "test"
            [line] = timeline_of_statements(session, agreement_id)
            section = statements_part(session, actor=actor("buyer", BUYER))
            nothing = statements_part(session, actor=actor("stranger", BUYER))

        assert "S2026-000001" in line.title
        assert line.url == section["cards"][0]["url"]
        assert nothing is None


class TestCommands:
    def test_settlement_run_prints_one_document(self, deals, wdx):
        deals.deliver(deals.executed(at=NOVEMBER.replace(year=2025)), 10, at=NOVEMBER.replace(year=2025))
        result = wdx(settlement, "run", "--period", "2025-11", "--json")

        assert result.exit_code == 0
        assert json.loads(result.stdout)["statements"] == 1

    def test_settlement_run_names_what_it_parked(self, database, deals, wdx):
        agreement_id = deals.executed(at=NOVEMBER.replace(year=2025))
        deals.deliver(agreement_id, 10, at=NOVEMBER.replace(year=2025))
        with database.writing() as session:
            session.execute(text("UPDATE usage_days SET rows = 11"))
        result = wdx(settlement, "run", "--period", "2025-11")

        assert result.exit_code == 1
        assert f"parked {agreement_id}" in result.stdout

    def test_interim_run_without_any_use_says_so(self, database, wdx):
        running = period_of(clock.now()).key

        assert "nothing to settle" in wdx(settlement, "run", "--period", running, "--interim").stdout

    def test_empty_period_is_settled_too(self, database, wdx):
        assert "0 statements" in wdx(settlement, "run", "--period", "2025-11").stdout

    @pytest.mark.parametrize("form", [(), ("--json",)])
    def test_ledger_verify_is_content_with_sound_books(self, agreement_id, wdx, form):
        assert wdx(ledger, "verify", *form).exit_code == 0

    @pytest.mark.parametrize("form", [(), ("--json",)])
    def test_ledger_verify_ends_with_5_when_something_is_wrong(self, database, agreement_id, wdx, form):
        with database.writing() as session:
            session.execute(text("UPDATE ledger_balances SET posted_debit_fen = posted_debit_fen + 1"))
        result = wdx(ledger, "verify", *form)

        assert result.exit_code == 5
        assert "balances" in result.stdout
