import hashlib

import pytest

from exchange.client.keys import sign_terms


@pytest.fixture
def agreement(market):
    return market.agreements.frozen()


def sign(market, agreement, member, role, *, key="sign-1"):
    terms = market.api(member).get(f"/agreements/{agreement.id}/terms").data
    body = sign_terms(terms, member.key, role=role)
    return market.api(member).post(f"/agreements/{agreement.id}/signature", body, key=key)


def test_both_parties_sign_the_bytes_they_fetched(market, agreement):
    first = sign(market, agreement, market.grid_co, "provider")
    second = sign(market, agreement, market.forecast_lab, "buyer")

    assert [answer.json["state"] for answer in (first, second)] == ["awaiting_signatures", "active"]


def test_the_bytes_to_sign_have_the_digest_that_is_shown(market, agreement):
    api = market.api(market.forecast_lab)
    shown = api.get(f"/agreements/{agreement.id}").json

    terms = api.get(f"/agreements/{agreement.id}/terms")

    assert hashlib.sha256(terms.data).hexdigest() == shown["terms_sha256"]
    assert terms.json == shown["terms"]


def test_a_second_signature_of_the_same_party_is_a_conflict(market, agreement):
    sign(market, agreement, market.grid_co, "provider")
    body = {"protected": "e30", "signature": "AAAA"}

    path = f"/agreements/{agreement.id}/signature"
    answer = market.api(market.grid_co).post(path, body, key="sign-2")

    assert (answer.status_code, answer.json["code"]) == (409, "already-signed")


def test_a_malformed_signature_is_refused(market, agreement):
    path, body = f"/agreements/{agreement.id}/signature", {"protected": "!", "signature": "AAAA"}

    answer = market.api(market.grid_co).post(path, body, key="sign-1")

    assert (answer.status_code, answer.json["code"]) == (422, "jws-malformed")


def test_the_contract_grows_with_the_signatures(market, agreement):
    path = f"/agreements/{agreement.id}/contract"
    sign(market, agreement, market.grid_co, "provider")

    assert market.api(market.forecast_lab).get(path).json["roles"] == ["provider"]
    sign(market, agreement, market.forecast_lab, "buyer")
    assert market.api(market.forecast_lab).get(path).json["countersignature"].count(".") == 2


@pytest.mark.parametrize("part", ["", "/terms", "/contract", "/usage", "/deliveries"])
def test_a_stranger_sees_nothing_of_it(market, agreement, part):
    assert market.api(market.rival).get(f"/agreements/{agreement.id}{part}").status_code == 404


def test_agreements_are_listed_for_their_parties(market, agreement):
    assert [item["id"] for item in market.api(market.grid_co).get("/agreements/").json] == [agreement.id]
    assert market.api(market.rival).get("/agreements/").json == []


def test_there_is_no_usage_before_both_signed(market, agreement):
    assert market.api(market.forecast_lab).get(f"/agreements/{agreement.id}/usage").status_code == 404
