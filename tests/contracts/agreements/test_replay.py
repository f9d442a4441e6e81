"""The operator writes the log and holds its key; still the verifier finds what the parties did not sign."""

import json

import pytest

from exchange.core import canonical
from exchange.participants.keys.facts import KeyFacts
from exchange.trust import PrivateKey
from tests.factories.evidence import Evidence


@pytest.fixture
def evidence(market):
    market.agreements.executed(max_rows=50)
    return Evidence(market)


def change_terms(event, change):
    terms = json.loads(event.payload["terms"])
    change(terms)
    event.payload["terms"] = canonical.to_bytes(terms).decode()


def make_dearer(terms):
    terms["price_plan"]["unit_price_micro"] += 1


def test_an_honest_log_holds(evidence):
    report = evidence.verify()

    assert report.ok, report.findings
    assert (report.checked["contracts"], report.checked["party signatures"]) == (1, 2)
    assert report.checked["key enrolments"] == 3


def test_another_price_in_the_executed_terms_is_found(evidence):
    change_terms(evidence.one("agreement.executed"), make_dearer)

    assert "not the ones that were frozen" in evidence.findings()


def test_another_price_in_frozen_and_executed_terms_alike_is_found(evidence):
    """The operator can change both events, but not the parties' signatures over the bytes."""
    frozen = evidence.one("agreement.frozen")
    for event in (frozen, evidence.one("agreement.executed")):
        change_terms(event, make_dearer)
    frozen.payload["terms_sha256"] = hexdigest(frozen.payload["terms"])

    assert "does not verify" in evidence.findings()


def test_frozen_terms_under_another_digest_are_found(evidence):
    evidence.one("agreement.frozen").payload["terms_sha256"] = "0" * 64

    assert "not the ones the event names" in evidence.findings()


@pytest.mark.parametrize("role", ["provider", "buyer"])
def test_a_missing_signature_is_found(evidence, role):
    del evidence.one("agreement.executed").payload["signatures"][role]

    assert "a required signature is missing" in evidence.findings()


def test_swapped_signatures_are_found(evidence):
    signatures = evidence.one("agreement.executed").payload["signatures"]
    signatures["provider"], signatures["buyer"] = signatures["buyer"], signatures["provider"]

    assert "The signature says kid" in evidence.findings()


def test_a_signature_from_another_agreement_is_found(market):
    for _ in range(2):
        market.agreements.executed()
    evidence = Evidence(market)
    first, second = evidence.of_type("agreement.executed")
    second.payload["signatures"]["buyer"] = first.payload["signatures"]["buyer"]

    assert "does not verify" in evidence.findings()


def test_a_countersignature_from_another_agreement_is_found(market):
    for _ in range(2):
        market.agreements.executed()
    evidence = Evidence(market)
    first, second = evidence.of_type("agreement.executed")
    second.payload["countersignature"] = first.payload["countersignature"]

    assert "countersigned something else" in evidence.findings()


def test_a_signature_with_a_key_that_nobody_enrolled_is_found(evidence):
    evidence.drop(*evidence.of_type("signing_key.enrolled"))

    assert "is not enrolled for" in evidence.findings()


def test_a_key_enrolled_for_another_organisation_is_found(evidence, market):
    """The operator would have the rival answer for the buyer's signature."""
    for event in evidence.of_type("signing_key.enrolled"):
        if event.payload["kid"] == market.forecast_lab.key.kid:
            event.payload["organisation_id"] = market.rival.organisation_id

    assert "does not verify" in evidence.findings()


def test_a_key_the_operator_puts_in_the_place_of_a_partys_is_found(evidence):
    own = PrivateKey.generate()
    event = evidence.of_type("signing_key.enrolled")[0]
    event.payload |= {"kid": own.kid, "public_jwk": dict(own.public.jwk)}

    assert evidence.findings()


def test_an_agreement_executed_without_frozen_terms_is_found(evidence):
    evidence.drop(evidence.one("agreement.frozen"))

    assert "not the ones that were frozen" in evidence.findings()


def test_an_agreement_executed_or_frozen_twice_is_found(evidence):
    evidence.repeat(evidence.one("agreement.executed"))
    evidence.repeat(evidence.one("agreement.frozen"))

    found = evidence.findings()
    assert "executed a second time" in found
    assert "frozen a second time" in found


def test_a_countersignature_by_a_key_the_exchange_never_stated_is_found(evidence):
    evidence.drop(*evidence.of_type("exchange_key.registered"))

    assert "the exchange has no key" in evidence.findings()


def test_an_event_of_another_form_is_a_finding_and_no_crash(evidence):
    evidence.one("agreement.executed").payload = {"surprise": [1, 2]}

    assert "does not have the form" in evidence.findings()


def test_an_erased_payload_is_counted_and_is_no_finding(evidence):
    evidence.of_type("organisation.registered")[0].payload = None

    report = evidence.verify()
    assert (report.ok, report.erased) == (True, 1)


def test_listing_versions_are_checked_against_their_digest_and_their_submission(evidence):
    evidence.one("listing.version_written").payload["content"]["title_en"] = "Another"
    evidence.drop(evidence.one("listing.version_submitted"))

    found = evidence.findings()
    assert "does not have the digest" in found
    assert "nobody had submitted" in found


def test_no_key_is_known_before_its_place_in_the_log():
    with pytest.raises(Exception, match="not enrolled"):
        KeyFacts().member_key("kid", "org")


def hexdigest(text):
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()
