import subprocess
from datetime import timedelta

import pytest

from exchange.client.keys import enrolment_of
from exchange.trust import PrivateKey


def enrol(market, member, key, **changes):
    api = market.api(member)
    challenge = api.post("/signing-keys/challenges", {"public_jwk": dict(key.public.jwk)}).json
    me = api.get("/me").json
    return api.post("/signing-keys", enrolment_of(key, challenge, me=me) | changes)


class TestSigningKeys:
    def test_are_listed_for_their_own_organisation(self, market):
        keys = market.api(market.rival).get("/signing-keys").json

        assert [key["kid"] for key in keys] == [market.rival.key.kid]

    @pytest.mark.parametrize("algorithm", ["Ed25519", "ML-DSA-65-Ed25519", "SM2-SM3"])
    def test_are_enrolled_with_challenge_and_proof(self, market, algorithm):
        key = PrivateKey.generate(algorithm)

        answer = enrol(market, market.rival, key)

        assert (answer.status_code, answer.json["kid"]) == (201, key.kid)
        assert answer.json["statement"].count(".") == 2

    def test_a_challenge_of_another_secret_is_refused(self, market):
        answer = enrol(market, market.rival, PrivateKey.generate(), challenge="A" * 75)

        assert (answer.status_code, answer.json["code"]) == (422, "challenge-invalid")

    def test_a_private_jwk_is_refused_and_not_echoed(self, market):
        body = {"public_jwk": {**PrivateKey.generate().public.jwk, "d": "c2VjcmV0"}}

        answer = market.api(market.rival).post("/signing-keys/challenges", body)

        assert (answer.status_code, answer.json["code"]) == (422, "key-refused")
        assert "c2VjcmV0" not in answer.text

    def test_of_other_members_are_shown_because_contracts_name_them(self, market):
        shown = market.api(market.rival).get(f"/signing-keys/{market.grid_co.key.kid}").json

        assert (shown["organisation_id"], shown["state"]) == (market.grid_co.organisation_id, "active")

    def test_that_nobody_enrolled_are_not_found(self, market):
        assert market.api(market.rival).get("/signing-keys/kid").status_code == 404

    @pytest.mark.parametrize(("by", "status"), [("grid_co", 200), ("operator", 200), ("rival", 404)])
    def test_are_revoked_by_their_organisation_or_the_operator(self, market, by, status):
        path = f"/signing-keys/{market.grid_co.key.kid}/revocation"

        answer = market.api(getattr(market, by)).post(path, {"reason": "key-compromise"})

        assert answer.status_code == status

    def test_revoked_cannot_be_enrolled_again(self, market):
        market.revoke(market.rival)

        answer = enrol(market, market.rival, market.rival.key)

        assert (answer.status_code, answer.json["code"]) == (422, "key-revoked")

    def test_are_renewed(self, market):
        market.now += timedelta(days=1020)

        answer = market.api(market.rival).post(f"/signing-keys/{market.rival.key.kid}/certificate")

        assert (answer.status_code, answer.json["not_after"][:4]) == (200, "2032")

    def test_say_which_algorithms_there_are(self, market):
        found = {
            item["id"]: item["suites"]
            for item in market.api(market.rival).get("/signature-algorithms").json
        }

        assert (found["SM2-SM3"], found["ML-DSA-65"], found["ES256"]) == (["sm"], [], ["default"])


class TestAuthority:
    def test_is_public_with_its_lists(self, market):
        market.revoke(market.grid_co)

        (described,) = market.api().get("/authority").json

        assert (described["number"], described["revocation_list_number"]) == (1, 2)
        assert described["revocation_list"].startswith("-----BEGIN X509 CRL-----")

    def test_keys_of_the_exchange_are_public(self, market):
        keys = {item["purpose"]: item["kid"] for item in market.api().get("/exchange-keys").json}

        context = market.context
        assert keys == {
            "signing": context.signing_key.kid,
            "signing-hybrid": context.signing_keys["hybrid"].kid,
            "signing-sm": context.signing_keys["sm"].kid,
            "log": context.log_key.kid,
        }

    @pytest.mark.parametrize(
        ("name", "command"),
        [
            (".pem", ["x509", "-noout", "-subject"]),
            (".crl", ["crl", "-inform", "DER", "-noout", "-issuer"]),
            (".crl.pem", ["crl", "-noout", "-issuer"]),
        ],
    )
    def test_files_are_what_openssl_reads(self, market, name, command):
        (described,) = market.api().get("/authority").json

        answer = market.app.test_client().get(f"/authority/{described['kid']}{name}")

        done = subprocess.run(["openssl", *command], input=answer.data, capture_output=True, check=False)
        assert (answer.status_code, b"Signing Keys CA" in done.stdout) == (200, True)

    @pytest.mark.parametrize("name", [".pem", ".crl", ".crl.pem"])
    def test_that_is_none_is_not_found(self, market, name):
        assert market.app.test_client().get(f"/authority/strange{name}").status_code == 404
