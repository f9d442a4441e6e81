"""The operator writes the log and runs the authority; still the verifier finds keys that are not what they seem."""

import json

import pytest

from exchange.participants.keys import service
from exchange.participants.keys.issuing import establish_authorities, issuance_of, refresh_lists
from exchange.trust import PrivateKey, jws
from exchange.trust.purposes import CONTRACT, KEY_PROOF, unchallenged_proof_payload
from tests.factories.evidence import Evidence
from tests.factories.participants import enrolment


@pytest.fixture
def agreement(market):
    """Signed by the provider, whose key is ended before the buyer signs."""
    agreement = market.agreements.frozen()
    market.agreements.sign(agreement, by=market.grid_co)
    market.revoke(market.grid_co)
    return market.agreements.sign(agreement, by=market.forecast_lab)


@pytest.fixture
def evidence(market, agreement):
    return Evidence(market)


def signed(payload, key, typ, role):
    signature = jws.sign(payload, key, typ=typ, role=role, issued_at=9)
    return vars_of(signature)


def vars_of(signature):
    return {"protected": signature.protected, "signature": signature.signature}


def of_kid(evidence, event_type, kid):
    (event,) = [item for item in evidence.of_type(event_type) if item.payload["kid"] == kid]
    return event


def move(evidence, event, *, before):
    evidence.drop(event)
    evidence.events.insert(evidence.events.index(before), event)


class TestAnHonestLog:
    def test_holds_although_a_key_was_ended_after_it_signed(self, evidence, agreement):
        report = evidence.verify()

        assert report.ok, report.findings
        assert agreement.state == "active"
        assert report.checked["key certificates"] == 3
        assert (report.checked["key revocations"], report.checked["revocation lists"]) == (1, 2)
        assert report.not_interpreted.keys().isdisjoint({"signing_key.revoked", "authority.established"})

    def test_holds_with_rotations_renewals_and_every_suite(self, market):
        issuance = issuance_of(market.context)
        market.context.authority.add_key(2)
        market.do(establish_authorities, issuance=issuance)
        replaced = PrivateKey.generate("ES256")
        asked = enrolment(market.grid_co, replaced, now=market.now, replaces=market.grid_co.key)
        market.do(service.enrol_signing_key, **asked, issuance=issuance)
        for algorithm in ("ML-DSA-65", "ML-DSA-65-Ed25519", "SM2-SM3"):
            market.revoke(market.enrol(market.rival, PrivateKey.generate(algorithm)))
        market.do(refresh_lists, issuance=issuance, now=market.now)

        report = Evidence(market).verify()

        assert report.ok, report.findings
        assert (report.checked["authority keys"], report.checked["key enrolments"]) == (2, 7)

    def test_of_before_there_were_challenges_and_certificates_holds(self, market):
        """A log is never rewritten: what its first entries say is checked by the rules of then."""
        market.agreements.executed()
        evidence = Evidence(market)
        for kind in ("signing_key.certified", "authority.established", "revocation_list.issued"):
            evidence.drop(*evidence.of_type(kind))
        keys = {
            member.key.kid: member.key for member in (market.grid_co, market.forecast_lab, market.rival)
        }
        for event in evidence.of_type("signing_key.enrolled"):
            payload = event.payload
            statement = unchallenged_proof_payload(payload["organisation_id"], payload["public_jwk"])
            payload["proof"] = signed(statement, keys[payload["kid"]], KEY_PROOF, "holder")
            for name in ("challenge", "person_id", "replaces", "predecessor_proof"):
                del payload[name]

        report = evidence.verify()

        assert report.ok, report.findings
        assert report.checked["contracts"] == 1


class TestRevocation:
    def test_moved_before_the_signature_is_found(self, evidence, market):
        """What is signed with an ended key counts for nothing, whenever somebody says it was signed."""
        revoked = evidence.one("signing_key.revoked")
        move(evidence, revoked, before=evidence.of_type("agreement.signed")[0])

        assert "was revoked at" in evidence.findings()

    def test_left_out_is_found(self, evidence):
        evidence.drop(evidence.one("signing_key.revoked"))

        assert "does not name exactly the revoked certificates" in evidence.findings()

    def test_that_names_other_certificates_is_found(self, evidence):
        evidence.one("signing_key.revoked").payload["serials"] = []

        assert "does not name the certificates of its key" in evidence.findings()

    def test_twice_is_found(self, evidence):
        evidence.repeat(evidence.one("signing_key.revoked"))

        assert "revoked a second time" in evidence.findings()

    def test_missing_from_the_published_list_is_found(self, evidence):
        first, second = evidence.of_type("revocation_list.issued")
        second.payload["x509"] = first.payload["x509"]
        second.payload["x509_sha256"] = first.payload["x509_sha256"]

        found = evidence.findings()
        assert "has another number" in found
        assert "does not name exactly the revoked certificates" in found

    def test_a_list_left_out_is_found(self, evidence):
        evidence.drop(evidence.of_type("revocation_list.issued")[0])

        assert "revocation list 2 follows 0" in evidence.findings()

    def test_a_certificate_for_the_ended_key_is_found(self, evidence, market):
        certified = of_kid(evidence, "signing_key.certified", market.grid_co.key.kid)
        evidence.drop(certified)
        evidence.events.append(certified)

        assert "is certified after it was revoked" in evidence.findings()

    def test_for_a_reason_that_is_none_is_found(self, evidence):
        evidence.one("signing_key.revoked").payload["reason"] = "because"

        assert "is not revoked for 'because'" in evidence.findings()

    def test_a_list_that_is_not_the_one_published_is_found(self, evidence):
        evidence.of_type("revocation_list.issued")[1].payload["x509_sha256"] = "0" * 64

        assert "does not have the digest" in evidence.findings()

    def test_a_list_that_is_too_long_for_an_event_is_known_by_its_number(self, evidence):
        evidence.of_type("revocation_list.issued")[1].payload["x509"] = None

        assert evidence.verify().ok


class TestAuthorities:
    @pytest.fixture
    def rotated(self, market):
        market.context.authority.add_key(2)
        market.do(establish_authorities, issuance=issuance_of(market.context))
        return Evidence(market)

    @pytest.mark.parametrize(
        ("changes", "found"),
        [
            ({"number": 3}, "out of turn"),
            ({"kid": "other"}, "not the one the event names"),
            ({"predecessor": None}, "another predecessor"),
        ],
    )
    def test_a_successor_that_is_not_in_turn_is_found(self, rotated, changes, found):
        rotated.of_type("authority.established")[1].payload |= changes

        assert found in rotated.findings()

    def test_a_successor_that_the_one_before_did_not_certify_is_found(self, rotated):
        first, second = rotated.of_type("authority.established")
        second.payload["cross_certificate"] = first.payload["root"]

        assert "cross certificate is of another key" in rotated.findings()


class TestCertificates:
    def test_with_a_serial_that_is_given_already_is_found(self, evidence, market):
        evidence.repeat(of_kid(evidence, "signing_key.certified", market.rival.key.kid))

        assert "is given out twice" in evidence.findings()

    def test_left_out_is_found_at_the_signature(self, evidence, market):
        evidence.drop(of_kid(evidence, "signing_key.certified", market.forecast_lab.key.kid))

        assert "has no certificate in force at this place" in evidence.findings()

    def test_of_another_key_is_found(self, evidence, market):
        mine = of_kid(evidence, "signing_key.certified", market.grid_co.key.kid)
        theirs = of_kid(evidence, "signing_key.certified", market.rival.key.kid)
        theirs.payload["x509"] = mine.payload["x509"]

        assert "not the one that the authority's statement names" in evidence.findings()

    def test_given_to_another_organisation_is_found(self, evidence, market):
        event = of_kid(evidence, "signing_key.certified", market.rival.key.kid)
        event.payload["organisation_id"] = market.grid_co.organisation_id

        assert "for another key, organisation or serial" in evidence.findings()

    def test_of_an_authority_that_is_not_stated_is_found(self, evidence):
        evidence.drop(evidence.one("authority.established"))

        assert "has no authority" in evidence.findings()

    def test_by_a_root_put_in_the_authoritys_place_is_found(self, evidence):
        own = PrivateKey.generate("ES256")
        event = evidence.one("authority.established")
        event.payload |= {"kid": own.kid, "public_jwk": dict(own.public.jwk)}

        assert "the root certificate is of another key" in evidence.findings()


class TestEnrolment:
    def test_whose_challenge_was_changed_is_found(self, evidence):
        evidence.of_type("signing_key.enrolled")[0].payload["challenge"] = "AAAA"

        assert "does not verify" in evidence.findings()

    def test_of_a_key_twice_is_found(self, evidence):
        evidence.repeat(evidence.of_type("signing_key.enrolled")[0])

        assert "is enrolled a second time" in evidence.findings()

    def test_under_another_algorithm_is_found(self, evidence):
        evidence.of_type("signing_key.enrolled")[0].payload["algorithm"] = "ES256"

        assert "not the one the event names" in evidence.findings()

    def test_that_replaces_without_the_old_keys_word_is_found(self, market):
        key = PrivateKey.generate()
        asked = enrolment(market.grid_co, key, now=market.now, replaces=market.grid_co.key)
        market.do(service.enrol_signing_key, **asked, issuance=issuance_of(market.context))
        evidence = Evidence(market)
        event = of_kid(evidence, "signing_key.enrolled", key.kid)
        event.payload["predecessor_proof"] = event.payload["proof"]

        assert "The signature says" in evidence.findings()

    def test_of_two_keys_for_the_same_one_is_found(self, market):
        issuance = issuance_of(market.context)
        first, second = PrivateKey.generate(), PrivateKey.generate()
        asked = enrolment(market.grid_co, first, now=market.now, replaces=market.grid_co.key)
        market.do(service.enrol_signing_key, **asked, issuance=issuance)
        evidence = Evidence(market)
        again = evidence.repeat(of_kid(evidence, "signing_key.enrolled", first.kid))
        asked = enrolment(market.grid_co, second, now=market.now, replaces=market.grid_co.key)
        again.payload |= {
            "kid": second.kid,
            "public_jwk": dict(second.public.jwk),
            "challenge": asked["challenge"],
            "proof": vars_of(asked["proof"]),
            "predecessor_proof": vars_of(asked["predecessor_proof"]),
        }

        assert "is replaced a second time" in evidence.findings()


class TestSignatures:
    def test_without_its_own_place_in_the_log_is_found(self, evidence):
        evidence.drop(evidence.of_type("agreement.signed")[1])

        assert "did not give this signature at an earlier place" in evidence.findings()

    def test_given_twice_is_found(self, evidence):
        evidence.repeat(evidence.of_type("agreement.signed")[1])

        assert "a second time" in evidence.findings()

    def test_of_a_suite_that_the_terms_do_not_ask_for_is_found(self, market):
        """The operator would pass a contract of the default suite off as a hybrid one."""
        agreement = market.agreements.executed()
        evidence = Evidence(market)
        for kind in ("agreement.frozen", "agreement.executed"):
            event = evidence.one(kind)
            terms = json.loads(event.payload["terms"])
            terms["required_suite"] = "hybrid"
            event.payload["terms"] = json.dumps(
                terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False
            )

        found = evidence.findings()
        assert agreement.state == "active"
        assert "the suite hybrid is not met by Ed25519" in found

    def test_a_later_signature_cannot_be_slipped_in(self, evidence, market, agreement):
        """With the stolen and ended key somebody signs again, and the operator helps."""
        stolen = signed(agreement.terms, market.grid_co.key, CONTRACT, "provider")
        evidence.one("agreement.executed").payload["signatures"]["provider"] = stolen

        assert "was revoked at" in evidence.findings()
