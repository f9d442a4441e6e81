import hashlib
import json

import pytest
from sqlalchemy import func, select

from contracts.negotiations.models import Negotiation
from exchange.core.idempotency import StoredAnswer
from tests.factories.negotiations import access_request
from tests.factories.participants import PASSWORD, registration


@pytest.fixture
def ask(market):
    """Request access to the listed data, with a key."""

    def send(key, *, by=None, **changes):
        body = {"listing_id": market.listing_id, **access_request(**changes)}
        return market.api(by or market.forecast_lab).post("/negotiations/", body, key=key)

    return send


def count(market, table):
    return market.read(lambda session: session.scalar(select(func.count()).select_from(table)))


class TestRepeatedRequest:
    def test_has_one_effect_and_the_same_answer(self, market, ask):
        first, second = ask("k-1"), ask("k-1")

        assert (second.status_code, second.data) == (201, first.data)
        assert count(market, Negotiation) == 1

    def test_says_that_its_answer_is_a_replay(self, ask):
        assert "Idempotency-Replayed" not in ask("k-1").headers
        assert ask("k-1").headers["Idempotency-Replayed"] == "true"

    def test_without_a_key_is_two_requests(self, market, ask):
        ask(None)
        ask(None)

        assert count(market, Negotiation) == 2

    def test_with_another_body_is_refused_by_naming_the_key(self, market, ask):
        ask("k-1")

        answer = ask("k-1", days=7)

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")
        assert "new key" in answer.json["errors"][0]["remedy"]
        assert count(market, Negotiation) == 1

    def test_at_another_address_is_refused(self, market, ask):
        negotiation = ask("k-1").json["id"]

        answer = market.api(market.forecast_lab).post(f"/negotiations/{negotiation}/acceptance", key="k-1")

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")

    def test_of_another_person_is_their_own_request(self, market, ask):
        first, second = ask("k-1"), ask("k-1", by=market.rival)

        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json["buyer_id"] != second.json["buyer_id"]

    def test_that_was_refused_may_be_corrected_under_the_same_key(self, market, ask):
        refused = ask("k-1", purpose="resale")

        assert (refused.status_code, count(market, StoredAnswer)) == (422, 0)
        assert ask("k-1").status_code == 201


class TestKey:
    @pytest.mark.parametrize("key", ["", "k" * 201])
    def test_of_an_unusable_length_is_refused(self, market, ask, key):
        answer = ask(key)

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")
        assert count(market, Negotiation) == 0

    def test_of_200_characters_is_taken(self, ask):
        assert ask("k" * 200).status_code == 201

    def test_is_demanded_where_something_is_signed(self, market):
        agreement = market.agreements.frozen()
        body = {"protected": "e30", "signature": "e30"}

        answer = market.api(market.grid_co).post(f"/agreements/{agreement.id}/signature", body)

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")


class TestSecrets:
    def test_an_access_token_is_never_stored(self, market):
        credentials = {"login": market.rival.login, "password": PASSWORD}
        first, second = (
            market.api().post("/access-tokens", credentials, key="k-1").json["token"] for _ in range(2)
        )

        assert first != second
        assert count(market, StoredAnswer) == 0

    def test_a_password_cannot_be_guessed_from_the_stored_fingerprint(self, market):
        """All of a registration but the password is public, so a plain hash of it would be a fast test."""
        body = json.dumps(registration("newcomer", "buyer", number=77)).encode()
        answer = market.api().post("/organisations", key="k-1", data=body, content_type="application/json")

        guess = hashlib.sha256(b"POST /api/v1/organisations?\n" + body).hexdigest()
        stored = market.read(lambda session: session.scalars(select(StoredAnswer.fingerprint)).one())
        assert (answer.status_code, stored == guess) == (201, False)
