"""A refused signature changes nothing and is on record."""

import json
from datetime import timedelta

import pytest

from contracts.agreements import refusals
from exchange.client.keys import sign_terms
from exchange.core import canonical
from exchange.core.entries import decode_record
from exchange.core.events import find_events
from exchange.trust import PrivateKey, b64url_decode, b64url_encode
from tests.factories.evidence import Evidence


@pytest.fixture
def agreement(market):
    return market.agreements.frozen()


def send(market, agreement, member, body, *, key="sign-1"):
    return market.api(member).post(f"/agreements/{agreement.id}/signature", body, key=key)


def on_record(market, agreement):
    events = market.read(find_events, [agreement.id], ["agreement.signature_refused"])
    return [decode_record(event.record) for event in events]


def swapped(body, **changes):
    header = json.loads(b64url_decode(body["protected"])) | changes
    return body | {"protected": b64url_encode(canonical.to_bytes(header))}


def test_over_other_bytes(market, agreement):
    body = sign_terms(
        agreement.terms.replace(b"research", b"anything"), market.grid_co.key, role="provider"
    )

    answer = send(market, agreement, market.grid_co, body)

    (noted,) = on_record(market, agreement)
    assert (answer.status_code, answer.json["code"], noted["code"]) == (
        422,
        "signature-invalid",
        "signature-invalid",
    )
    assert noted["organisation_id"] == market.grid_co.organisation_id
    assert noted["claimed_kid"] == market.grid_co.key.kid


def test_by_somebody_who_is_no_signatory(market, agreement):
    """Who learns nothing by it, not even whether there is such an agreement."""
    body = sign_terms(agreement.terms, market.rival.key, role="buyer")

    answer = send(market, agreement, market.rival, body)
    nowhere = market.api(market.rival).post("/agreements/agr_none/signature", body, key="sign-2")

    (noted,) = on_record(market, agreement)
    assert (answer.status_code, nowhere.status_code) == (404, 404)
    assert (noted["code"], noted["organisation_id"]) == ("not-found", market.rival.organisation_id)


def test_by_a_revoked_key(market, agreement):
    market.revoke(market.grid_co)
    body = sign_terms(agreement.terms, market.grid_co.key, role="provider")

    assert send(market, agreement, market.grid_co, body).json["code"] == "key-revoked"
    assert [noted["code"] for noted in on_record(market, agreement)] == ["key-revoked"]


def test_by_an_expired_key(market, agreement):
    market.now += timedelta(days=1096)
    body = sign_terms(agreement.terms, market.grid_co.key, role="provider")

    assert send(market, agreement, market.grid_co, body).json["code"] == "key-expired"
    assert [noted["code"] for noted in on_record(market, agreement)] == ["key-expired"]


def test_by_a_key_that_nobody_enrolled(market, agreement):
    body = sign_terms(agreement.terms, PrivateKey.generate(), role="provider")

    assert send(market, agreement, market.grid_co, body).json["code"] == "key-strange"
    assert [noted["code"] for noted in on_record(market, agreement)] == ["key-strange"]


@pytest.mark.parametrize("alg", ["none", "HS256", "ES256", "SM2-SM3", "ML-DSA-65-Ed25519"])
def test_with_a_swapped_algorithm(market, agreement, alg):
    body = swapped(sign_terms(agreement.terms, market.grid_co.key, role="provider"), alg=alg)

    assert send(market, agreement, market.grid_co, body).json["code"] == "algorithm-swapped"
    (noted,) = on_record(market, agreement)
    assert (noted["code"], noted["claimed_alg"]) == ("algorithm-swapped", alg)


def test_that_is_malformed(market, agreement):
    send(market, agreement, market.grid_co, {"protected": "!", "signature": "AAAA"})

    (noted,) = on_record(market, agreement)
    assert (noted["code"], noted["claimed_kid"]) == ("jws-malformed", "")


def test_a_conflict_is_not_an_attempt(market, agreement):
    market.agreements.sign(agreement, by=market.grid_co)
    body = sign_terms(agreement.terms, market.grid_co.key, role="provider")

    assert send(market, agreement, market.grid_co, body).status_code in {200, 409}
    assert on_record(market, agreement) == []


def test_what_is_refused_again_and_again_does_not_fill_the_log(market, agreement, monkeypatch):
    monkeypatch.setattr(refusals, "MOST_NOTED", 3)
    for number in range(5):
        send(market, agreement, market.grid_co, {"protected": "!", "signature": "AA"}, key=f"sign-{number}")

    assert len(on_record(market, agreement)) == 3


def test_the_honest_signature_counts_afterwards_and_the_log_holds(market, agreement):
    send(market, agreement, market.grid_co, {"protected": "!", "signature": "AAAA"})
    body = sign_terms(agreement.terms, market.grid_co.key, role="provider")

    assert send(market, agreement, market.grid_co, body, key="sign-2").status_code == 200
    assert Evidence(market).verify().ok
