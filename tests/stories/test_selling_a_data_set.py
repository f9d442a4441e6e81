"""One deal from upload to a bill that anybody can recompute, as its parties live it."""

from pathlib import Path

import pytest

from exchange.app import replay_rules
from exchange.audit import VKey, verify_bundle
from exchange.client import ReceiptBook, Refused
from exchange.core.clock import now, period_of
from exchange.core.events import EventRow
from exchange.demo.deals import deals_of_folder
from exchange.demo.walk import Walk, settle

PRICES = "date,copper_cny_per_t\n" + "".join(f"2026-01-{day:02d},{70_000 + day}\n" for day in range(1, 31))


@pytest.fixture
def walked(parties, tmp_path):
    """A deal on thirty rows, delivered and settled."""
    folder = tmp_path / "series"
    folder.mkdir()
    (folder / "loads.csv").write_text(PRICES.replace("copper_cny_per_t", "load_kw"), encoding="utf-8")
    deals = [Walk(plan, parties, lambda *_: None).run() for plan in deals_of_folder(folder)]
    settle(deals, parties, lambda *_: None)
    return deals[0]


def count_events(context) -> int:
    with context.database.reading() as session:
        return session.query(EventRow).count()


def test_every_row_is_delivered_and_billed_once(walked, parties):
    statements = parties["buyer"].exchange.statements(agreement_id=walked.agreement_id)

    assert walked.rows_delivered == walked.rows == 30
    assert len(statements) == 1
    assert parties["regulator"].exchange.trial_balance_fen() == 0


def test_settling_again_changes_nothing(walked, parties, context):
    before = count_events(context)
    statements = parties["buyer"].exchange.statements(agreement_id=walked.agreement_id)

    parties["operator"].exchange.run_settlement(period_of(now()).key, interim=True)

    assert parties["buyer"].exchange.statements(agreement_id=walked.agreement_id) == statements
    assert count_events(context) == before


def test_the_regulator_verifies_the_deal_without_the_server(walked, parties, tmp_path: Path):
    bundle = tmp_path / "evidence.zip"
    parties["regulator"].exchange.download_bundle(bundle)
    log_key = VKey.parse(parties["regulator"].exchange.log_status()["log_key"])

    report = verify_bundle(bundle, rules=replay_rules(), log_key=log_key)

    assert report.findings == []
    assert report.checked["contracts"] == 1


def test_a_stranger_sees_nothing_of_the_deal(walked, parties, server_address):
    stranger = type(parties["buyer"].exchange)(server_address, patience_s=5)
    stranger.register_organisation(
        {
            "name_zh": "旁观者",
            "name_en": "Bystander",
            "uscc": "91350100M000100Y43",
            "roles": ["buyer"],
            "person_name": "By",
            "login": "stranger",
            "password": "correct horse battery",
        }
    )
    stranger.sign_in("stranger", "correct horse battery")
    parties["operator"].exchange.decide_organisation(
        stranger.me()["organisation_id"], "verified", "checked"
    )

    with pytest.raises(Refused) as refusal:
        stranger.read_page(
            walked.agreement_id, ReceiptBook(stranger.exchange_signing_key()), request_id="curious", limit=1
        )
    assert refusal.value.status == 404
