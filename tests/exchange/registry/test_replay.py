"""The operator writes the log; still the verifier finds a certificate that should not be there."""

import pytest

from exchange.registry import service
from tests.factories.evidence import Evidence


@pytest.fixture
def evidence(market, issue):
    issue()
    return Evidence(market)


def test_an_honest_register_holds(evidence):
    report = evidence.verify()

    assert report.ok, report.findings
    assert report.checked["registration certificates"] == 1


def test_a_certificate_for_a_changed_content_is_found(evidence):
    written = evidence.one("listing.version_written")
    evidence.drop(written)

    assert "a content that nobody wrote" in evidence.findings()


def test_a_changed_number_is_found(evidence):
    evidence.one("registration.certificate_issued").payload["number"] = "R2026-000002"

    assert "another number than the event" in evidence.findings()


def test_a_hidden_certificate_leaves_a_gap(market, issue):
    other = market.decided(market.submitted(market.drafted())).listing_id
    issue(other)
    evidence = Evidence(market)
    evidence.drop(evidence.of_type("registration.certificate_issued")[0])

    assert "follows number 0 of 2026" in evidence.findings()


def test_a_signature_of_somebody_else_is_found(evidence):
    issued = evidence.one("registration.certificate_issued")
    head, payload, signature = issued.payload["token"].split(".")
    issued.payload["token"] = f"{head}.{payload}.{signature[:-8]}AAAAAAAA"

    assert "does not verify" in evidence.findings()


def test_a_certificate_against_an_open_objection_is_found(market, issue):
    market.do(
        service.raise_objection,
        actor=market.rival.actor,
        listing_id=market.listing_id,
        version=1,
        reason="ours",
    )
    objection = Evidence(market).one("registration.objected")
    market.do(
        service.decide_objection,
        actor=market.operator.actor,
        objection_id=objection.payload["objection_id"],
        decision="dismissed",
        reason="heard",
    )
    issue()
    evidence = Evidence(market)
    evidence.drop(evidence.one("registration.objection_decided"))

    assert "against an objection" in evidence.findings()


def test_a_revocation_of_nothing_is_found(market, evidence):
    market.do(
        service.revoke_certificate, actor=market.operator.actor, number="R2026-000001", reason="withdrawn"
    )
    evidence = Evidence(market)
    evidence.one("registration.certificate_revoked").payload["number"] = "R2026-000009"

    assert "never issued" in evidence.findings()
