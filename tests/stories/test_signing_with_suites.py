"""Hybrid and 国密 contracts, as their parties live them: made, signed, delivered, and provable years later."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.agreements.verification import TrustAnchor, verify_contract
from exchange.app import replay_rules
from exchange.audit import VKey, verify_bundle
from exchange.client import ReceiptBook, Refused
from exchange.core.clock import now
from exchange.demo.deals import deals_of_folder
from exchange.demo.walk import Walk
from exchange.trust import PrivateKey
from exchange.trust.suites import PREFERRED

LOADS = "date,load_kw\n" + "".join(f"2026-01-{day:02d},{70 + day}\n" for day in range(1, 31))


@pytest.fixture
def listed(parties, tmp_path):
    """A deal of the default suite on thirty rows, whose listing is on offer."""
    folder = tmp_path / "series"
    folder.mkdir()
    (folder / "loads.csv").write_text(LOADS, encoding="utf-8")
    (plan,) = deals_of_folder(folder)
    walk = Walk(plan, parties, lambda *_: None)
    return walk, walk.run()


@pytest.fixture(params=["hybrid", "sm"])
def signed(request, parties, listed):
    """An agreement of the suite that both parties signed, and their keys."""
    walk, deal = listed
    provider, buyer = parties["provider"].exchange, parties["buyer"].exchange
    keys = {}
    for role, exchange in (("provider", provider), ("buyer", buyer)):
        keys[role] = PrivateKey.generate(PREFERRED[request.param])
        exchange.enrol_key(keys[role])
    asked = walk.plan.request(deal.listing_id, deal.rows) | {"required_suite": request.param}
    negotiation = buyer.request_access(asked, key="suite/request")
    provider.offer_terms(negotiation["id"], key="suite/offer")
    buyer.accept_offer(negotiation["id"], key="suite/accept")
    agreement = buyer.agreement_of(negotiation["id"])
    for role, exchange in (("buyer", buyer), ("provider", provider)):
        exchange.sign_agreement(
            agreement["id"],
            keys[role],
            role=role,
            expected_sha256=agreement["terms_sha256"],
            request_key=f"suite/sign-{role}",
        )
    return buyer.agreement(agreement["id"]), keys


def bundle_of(parties, tmp_path: Path):
    regulator = parties["regulator"].exchange
    regulator.download_bundle(tmp_path / "evidence.zip")
    log_key = VKey.parse(regulator.log_status()["log_key"])
    return verify_bundle(tmp_path / "evidence.zip", rules=replay_rules(), log_key=log_key)


def test_data_flow_and_the_regulator_verifies_it_offline(signed, parties, tmp_path):
    agreement, keys = signed
    buyer = parties["buyer"].exchange

    page = buyer.read_page(
        agreement["id"], ReceiptBook(buyer.exchange_signing_key()), request_id="first", limit=5
    )
    report = bundle_of(parties, tmp_path)

    assert (agreement["state"], page.rows) == ("active", 5)
    assert report.findings == []
    assert report.checked["contracts"] == 2
    assert {party["algorithm"] for party in agreement["terms"]["parties"]} == {keys["buyer"].algorithm}


def test_it_outlives_the_keys_it_was_signed_with(signed, parties, tmp_path):
    """The keys are stolen a day later: what was signed stays signed, and nothing new is."""
    agreement, keys = signed
    provider, buyer = parties["provider"].exchange, parties["buyer"].exchange
    contract = buyer.contract(agreement["id"])
    trust = {
        "authorities": [item["public_jwk"] for item in buyer.authorities()],
        "exchange": [item["public_jwk"] for item in buyer.exchange_keys()],
    }
    for role, exchange in (("provider", provider), ("buyer", buyer)):
        exchange.revoke_key(keys[role].kid, "key-compromise", "laptop stolen")

    verified = verify_contract(contract, TrustAnchor.read(trust))
    with pytest.raises(Refused) as refusal:
        provider.enrol_key(keys["provider"])
    report = bundle_of(parties, tmp_path)

    assert refusal.value.code == "key-revoked"
    assert verified.terms.agreement_id == agreement["id"]
    assert report.findings == []
    assert (report.checked["key revocations"], report.checked["contracts"]) == (2, 2)


def test_the_certificates_of_a_running_exchange_verify_with_openssl(parties, tmp_path):
    exchange = parties["provider"].exchange
    (authority,), (key,) = exchange.authorities(), exchange.signing_keys()
    for name, text in (
        ("ca", authority["root"]),
        ("crl", authority["revocation_list"]),
        ("key", key["x509"]),
    ):
        (tmp_path / f"{name}.pem").write_text(text)
    moment = str(int((now() + timedelta(minutes=1)).timestamp()))

    command = ["openssl", "verify", "-attime", moment, "-crl_check", "-x509_strict"]
    command += ["-CAfile", tmp_path / "ca.pem", "-CRLfile", tmp_path / "crl.pem", tmp_path / "key.pem"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
