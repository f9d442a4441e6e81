from datetime import timedelta

import pytest

from exchange.participants import service
from exchange.trust import PrivateKey
from tests.factories.datasets import content_digest, load_curve
from tests.factories.negotiations import access_request
from tests.factories.participants import PASSWORD, registration


def sign_in(market, login, password=PASSWORD):
    return market.api().post("/access-tokens", {"login": login, "password": password})


class TestRegistration:
    def test_is_open_to_everybody_and_shows_no_secret(self, market):
        answer = market.api().post("/organisations", registration("newcomer", "buyer", number=77))

        assert (answer.status_code, answer.json["state"]) == (201, "submitted")
        assert PASSWORD not in answer.text

    def test_as_operator_is_refused_by_naming_the_role(self, market):
        answer = market.api().post("/organisations", registration("newcomer", "operator", number=77))

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "roles.0")

    def test_of_a_taken_code_is_a_conflict(self, market):
        answer = market.api().post("/organisations", registration("newcomer", "buyer", number=3))

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (409, "uscc")


class TestSignIn:
    def test_gives_a_token_that_signs_in(self, market):
        token = sign_in(market, market.rival.login).json["token"]

        answer = market.api().send("GET", "/me", headers={"Authorization": f"Bearer {token}"})

        assert answer.json["organisation_id"] == market.rival.organisation_id

    def test_gives_the_same_answer_for_an_unknown_login_and_a_wrong_password(self, market):
        answers = [sign_in(market, "nobody"), sign_in(market, market.rival.login, "wrong")]

        bodies = [{**answer.json, "request_id": ""} for answer in answers]
        assert bodies[0] == bodies[1]
        assert bodies[0]["status"] == 401


class TestToken:
    def test_that_is_revoked_stops_at_once(self, market):
        answer = sign_in(market, market.rival.login).json
        headers = {"Authorization": f"Bearer {answer['token']}"}
        revoked = market.api(market.rival).send("DELETE", f"/access-tokens/{answer['id']}")

        assert revoked.status_code == 204
        assert market.api().send("GET", "/me", headers=headers).status_code == 401

    def test_that_is_expired_stops(self, market):
        token = sign_in(market, market.rival.login).json["token"]
        market.now += timedelta(days=market.context.settings.token_days)

        answer = market.api().send("GET", "/me", headers={"Authorization": f"Bearer {token}"})

        assert answer.status_code == 401

    @pytest.mark.parametrize("header", ["Bearer wdx_unknown", "Bearer ", "Basic Zm9vOmJhcg==", "wdx_x", ""])
    def test_that_is_none_is_refused_even_where_no_sign_in_is_needed(self, market, header):
        """A caller who thinks they are signed in must learn that they are not."""
        answer = market.api().send("GET", "/exchange-keys", headers={"Authorization": header})

        assert answer.status_code == 401


class TestCookie:
    def test_does_not_open_the_api(self, market):
        """Another site's form could act through the signed-in browser."""
        secret = market.do(service.start_web_session, person_id=market.operator.actor.person_id, hours=1)
        client = market.app.test_client()
        client.set_cookie("wdx_session", secret)

        assert client.get("/api/v1/me").status_code == 401
        assert client.get("/log/checkpoint").status_code == 401
        assert client.get("/deals/", headers={"Accept": "text/html"}).status_code == 200

    def test_of_an_ended_session_opens_no_page(self, market):
        person_id = market.operator.actor.person_id
        secret = market.do(service.start_web_session, person_id=person_id, hours=1)
        market.do(service.end_web_session, secret=secret)
        client = market.app.test_client()
        client.set_cookie("wdx_session", secret)

        answer = client.get("/deals/", headers={"Accept": "text/html"})

        assert (answer.status_code, "/sign-in" in answer.location) == (303, True)


class TestUnverifiedOrganisation:
    @pytest.fixture
    def newcomer(self, market):
        body = registration("newcomer", "buyer", "provider", number=77)
        organisation = market.do(service.register_organisation, **body)
        token = sign_in(market, body["login"]).json["token"]
        return organisation.id, {"Authorization": f"Bearer {token}"}

    def test_may_see_that_it_is_not_verified(self, market, newcomer):
        answer = market.api().send("GET", "/me", headers=newcomer[1])

        assert (answer.status_code, answer.json["is_verified"]) == (200, False)

    def test_may_not_enrol_a_key(self, market, newcomer):
        body = {"public_jwk": dict(PrivateKey.generate().public.jwk)}

        answer = market.api().post("/signing-keys/challenges", body, headers=newcomer[1])

        assert (answer.status_code, answer.json["code"]) == (403, "not-permitted")
        assert "verification" in answer.json["detail"]

    def test_may_not_upload(self, market, newcomer):
        body = load_curve()
        headers = {**newcomer[1], "Content-Digest": content_digest(body)}

        answer = market.api().post("/datasets/?filename=load.csv", data=body, headers=headers)

        assert answer.status_code == 403

    def test_may_not_ask_for_data(self, market, newcomer):
        body = {"listing_id": market.listing_id, **access_request()}

        assert market.api().post("/negotiations/", body, headers=newcomer[1]).status_code == 403


class TestOrganisations:
    @pytest.mark.parametrize(("who", "status"), [("operator", 200), ("regulator", 200), ("rival", 403)])
    def test_are_listed_for_those_who_oversee(self, market, who, status):
        assert market.api(getattr(market, who)).get("/organisations").status_code == status

    def test_are_decided_by_the_operator_only(self, market):
        path = f"/organisations/{market.rival.organisation_id}/decision"
        body = {"decision": "verified", "reason": "again"}

        assert market.api(market.regulator).post(path, body).status_code == 403
        assert market.api(market.operator).post(path, body).status_code == 200
