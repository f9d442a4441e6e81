"""A provider changes, announces and withdraws; the buyer is told each time. Over HTTP, with the client."""

import pytest

from exchange.app import replay_rules
from exchange.audit import VKey, verify_bundle
from exchange.client import ReceiptBook, Refused
from exchange.demo.deals import deals_of_folder
from exchange.demo.walk import Walk

LOADS = [
    "time,load_kw,remark",
    *(f"2026-01-01 {hour:02d}:00:00,{300.5 + hour * 7},calm" for hour in range(24)),
]


def written(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def deal(parties, tmp_path):
    """A signed deal on a day of loads, with its first pages delivered."""
    folder = tmp_path / "series"
    folder.mkdir()
    written(folder / "loads.csv", LOADS)
    return Walk(deals_of_folder(folder)[0], parties, lambda *_: None).run()


@pytest.fixture
def provider(parties):
    return parties["provider"].exchange


@pytest.fixture
def buyer(parties):
    return parties["buyer"].exchange


def test_a_corrected_value_breaks_nobody_and_is_told_to_the_last_digit(deal, provider, buyer, tmp_path):
    dataset_id = provider.listing(deal.listing_id)["dataset_id"]
    corrected = [LOADS[0], "2026-01-01 00:00:00,300.25,calm", *LOADS[2:]]
    path = written(tmp_path / "corrected.csv", corrected)

    assert provider.check_revision(path, dataset_id)["impact"]["passes"]
    provider.upload_revision(path, dataset_id, key="corrected")

    (load,) = buyer.diff_revisions(dataset_id, 1, 2)["values"]
    assert (load["changed"], load["largest"]["difference"]) == (1, "-0.25")
    assert [entry["compatibility"]["verdict"] for entry in buyer.history(dataset_id)[:1]] == ["compatible"]


def test_a_breaking_change_waits_for_a_declaration_and_the_buyer_is_told(deal, provider, buyer, tmp_path):
    dataset_id = provider.listing(deal.listing_id)["dataset_id"]
    shorter = written(tmp_path / "shorter.csv", [line.rpartition(",")[0] for line in LOADS])

    with pytest.raises(Refused) as refused:
        provider.upload_revision(shorter, dataset_id)
    added = provider.upload_revision(shorter, dataset_id, breaking_change="new_version")

    assert (refused.value.code, added["number"]) == ("breaking-change", 2)
    (notice,) = buyer.notices(unread=True)
    assert (notice["kind"], notice["revision_number"]) == ("new_version", 2)
    buyer.read_notice(notice["id"])
    assert buyer.notices(unread=True) == []
    difference = buyer.diff_revisions(dataset_id, 1, 2)
    assert [field["name"] for field in difference["schema"]["removed"]] == ["remark"]
    assert difference["rows"]["unchanged"] == 24


def test_a_revoked_revision_is_not_delivered_and_the_log_proves_the_order(deal, parties, tmp_path):
    provider, buyer, operator = (parties[name].exchange for name in ("provider", "buyer", "operator"))
    dataset_id = provider.listing(deal.listing_id)["dataset_id"]

    provider.revoke_revision(dataset_id, 1, "the meter was faulty", key="rv")
    provider.revoke_revision(dataset_id, 1, "the meter was faulty", key="rv")

    with pytest.raises(Refused) as refused:
        buyer.read_page(
            deal.agreement_id, ReceiptBook(buyer.exchange_signing_key()), request_id="late", limit=5
        )
    assert (refused.value.status, refused.value.code) == (403, "revision-revoked")
    assert [notice["kind"] for notice in buyer.notices()] == ["revision_revoked"]
    assert buyer.listing(deal.listing_id)["revoked_reason"] == "the meter was faulty"
    bundle = tmp_path / "evidence.zip"
    operator.download_bundle(bundle)
    report = verify_bundle(
        bundle, rules=replay_rules(), log_key=VKey.parse(operator.log_status()["log_key"])
    )
    assert (report.findings, report.checked["revocations"]) == ([], 1)
