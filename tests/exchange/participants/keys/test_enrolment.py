from datetime import timedelta

import pytest

from exchange.core.errors import Conflict, Invalid, LimitExceeded, NotPermitted, WrongState
from exchange.core.events import find_events
from exchange.participants.keys import queries, service
from exchange.participants.keys.challenges import LIFETIME, ChallengeInvalid
from exchange.participants.keys.issuing import issuance_of
from exchange.participants.keys.queries import KeyExpired, KeyRevoked
from exchange.trust import (
    ALGORITHMS,
    KeyRefused,
    PrivateKey,
    PublicKey,
    Signature,
    SignatureInvalid,
    algorithm_named,
    suites,
)
from exchange.trust.key_certificates import read_statement
from tests.factories.participants import enrolment


def enrol(market, key, *, by=None, replaces=None, now=None, **changes):
    by, now = by or market.grid_co, now or market.now
    arguments = {**enrolment(by, key, now=now, replaces=replaces), **changes}
    return market.do(
        service.enrol_signing_key, issuance=issuance_of(market.context), **{"now": now, **arguments}
    )


def events_about(market, member, *types):
    return market.read(find_events, [member.organisation_id], types)


class TestEnrolment:
    def test_keeps_the_public_half_under_its_thumbprint(self, market):
        key = PrivateKey.generate()

        card = enrol(market, key)

        assert (card.kid, card.organisation_id, card.state) == (
            key.kid,
            market.grid_co.organisation_id,
            "active",
        )
        assert market.read(queries.get_public_key, key.kid) == key.public

    @pytest.mark.parametrize("algorithm", list(ALGORITHMS))
    def test_takes_every_algorithm_of_the_registry(self, market, algorithm):
        key = PrivateKey.generate(algorithm)

        card = enrol(market, key)

        assert card.suites == suites.suites_of(algorithm)
        assert (card.x509 is not None) == algorithm_named(algorithm).in_x509

    def test_is_certified_by_the_authority(self, market):
        card = enrol(market, PrivateKey.generate("SM2-SM3"))

        (authority,) = market.read(queries.find_authorities)
        statement = read_statement(card.statement, key=PublicKey.from_jwk(authority.public_jwk))
        assert (statement.serial, statement.public.kid) == (card.serial, card.kid)
        assert statement.holder.name_en == "grid-co"
        assert statement.validity.not_after - statement.validity.not_before == timedelta(days=1095)

    def test_repeated_changes_nothing(self, market):
        first = enrol(market, market.grid_co.key)

        assert enrol(market, market.grid_co.key, now=market.now + timedelta(days=1)).serial == first.serial
        assert len(events_about(market, market.grid_co, "signing_key.enrolled")) == 1
        assert len(events_about(market, market.grid_co, "signing_key.certified")) == 1

    def test_with_a_proof_by_another_key_is_refused(self, market):
        stolen, own = PrivateKey.generate(), PrivateKey.generate()
        proof = enrolment(market.grid_co, own, now=market.now)["proof"]

        with pytest.raises(SignatureInvalid):
            enrol(market, stolen, proof=proof)

    def test_with_a_proof_over_another_challenge_is_refused(self, market):
        key = PrivateKey.generate()
        earlier = enrolment(market.grid_co, key, now=market.now)

        with pytest.raises(SignatureInvalid):
            enrol(market, key, proof=earlier["proof"])

    def test_of_a_key_of_another_organisation_is_refused(self, market):
        with pytest.raises(Conflict, match="another organisation") as refusal:
            enrol(market, market.rival.key)

        assert refusal.value.field == "public_jwk"

    def test_of_a_private_key_is_refused_before_it_is_stored(self, market):
        key = PrivateKey.generate()
        with pytest.raises(KeyRefused, match="private"):
            enrol(market, key, public_jwk={**key.public.jwk, "d": "AAAA"})

    @pytest.mark.parametrize("who", ["operator", "regulator"])
    def test_is_for_parties_of_contracts_only(self, market, who):
        with pytest.raises(NotPermitted):
            enrol(market, PrivateKey.generate(), by=getattr(market, who))

    def test_has_a_limit(self, market, monkeypatch):
        monkeypatch.setattr(service, "MOST_KEYS", 1)

        with pytest.raises(LimitExceeded):
            enrol(market, PrivateKey.generate())


class TestChallenge:
    @pytest.mark.parametrize("by", ["rival", "forecast_lab", "grid_approver"])
    def test_of_another_organisation_or_person_is_refused(self, market, by):
        key = PrivateKey.generate()
        foreign = enrolment(getattr(market, by), key, now=market.now)["challenge"]

        with pytest.raises(ChallengeInvalid, match="not given for"):
            enrol(market, key, challenge=foreign)

    def test_for_another_key_is_refused(self, market):
        other = enrolment(market.grid_co, PrivateKey.generate(), now=market.now)["challenge"]

        with pytest.raises(ChallengeInvalid, match="not given for"):
            enrol(market, PrivateKey.generate(), challenge=other)

    def test_is_over_after_its_time(self, market):
        key = PrivateKey.generate()
        asked = enrolment(market.grid_co, key, now=market.now)

        with pytest.raises(ChallengeInvalid, match="is over"):
            enrol(market, key, **asked, now=market.now + LIFETIME + timedelta(seconds=1))

    @pytest.mark.parametrize("text", ["", "AAAA", "not base64!", "A" * 76])
    def test_that_the_exchange_never_made_is_refused(self, market, text):
        with pytest.raises(ChallengeInvalid):
            enrol(market, PrivateKey.generate(), challenge=text)


class TestRotation:
    def enrol_as(self, market, asked, **changes):
        arguments = {**asked, "issuance": issuance_of(market.context), **changes}
        return market.do(service.enrol_signing_key, **arguments)

    def test_lets_new_terms_name_the_new_key_and_the_old_key_sign_old_ones(self, market):
        old_terms = market.agreements.frozen()
        new = PrivateKey.generate()

        enrol(market, new, replaces=market.grid_co.key)

        states = {
            card.kid: card.state
            for card in market.read(queries.find_keys, market.grid_co.organisation_id, now=market.now)
        }
        assert states == {market.grid_co.key.kid: "replaced", new.kid: "active"}
        market.agreements.sign(old_terms, by=market.grid_co)
        assert new.kid in market.agreements.frozen().terms.decode()

    def test_needs_the_old_keys_word(self, market):
        with pytest.raises(Invalid, match="has to agree") as refusal:
            enrol(market, PrivateKey.generate(), replaces=market.grid_co.key, predecessor_proof=None)

        assert refusal.value.field == "predecessor_proof"

    def test_with_the_word_of_another_key_is_refused(self, market):
        key = PrivateKey.generate()
        asked = enrolment(market.grid_co, key, now=market.now, replaces=market.grid_co.key)

        with pytest.raises(SignatureInvalid):
            self.enrol_as(market, asked, predecessor_proof=asked["proof"])

    def test_of_a_revoked_key_is_refused(self, market):
        market.revoke(market.grid_co)

        with pytest.raises(KeyRevoked):
            enrol(market, PrivateKey.generate(), replaces=market.grid_co.key)

    def test_happens_once_to_a_key(self, market):
        enrol(market, PrivateKey.generate(), replaces=market.grid_co.key)

        with pytest.raises(WrongState, match="replaced by"):
            enrol(market, PrivateKey.generate(), replaces=market.grid_co.key)


class TestRenewal:
    def renew(self, market, **changes):
        return market.do(
            service.renew_certificate,
            **{
                "actor": market.grid_co.actor,
                "kid": market.grid_co.key.kid,
                "issuance": issuance_of(market.context),
                **changes,
            },
        )

    def test_in_the_last_months_is_another_certificate_of_the_same_key(self, market):
        before = market.read(queries.get_key_card, market.grid_co.key.kid, now=market.now)

        after = self.renew(market, now=before.not_after - timedelta(days=30))

        assert (after.kid, after.serial == before.serial) == (before.kid, False)
        assert after.not_after > before.not_after

    def test_before_gives_the_certificate_in_force(self, market):
        assert self.renew(market).not_before == market.now
        assert len(events_about(market, market.grid_co, "signing_key.certified")) == 1

    def test_of_a_revoked_key_is_refused(self, market):
        market.revoke(market.grid_co)

        with pytest.raises(KeyRevoked):
            self.renew(market)

    def test_without_one_the_key_expires(self, market):
        later = market.now + timedelta(days=1096)

        card = market.read(queries.get_key_card, market.grid_co.key.kid, now=later)
        assert card.state == "expired"
        with pytest.raises(KeyExpired) as refusal:
            market.read(
                queries.require_active_key,
                market.grid_co.organisation_id,
                market.grid_co.key.kid,
                now=later,
            )
        assert "wdx keys renew" in refusal.value.remedy


class TestActiveKey:
    def active(self, market, member, **changes):
        return market.read(
            queries.get_active_key, member.organisation_id, **{"now": market.now, **changes}
        ).kid

    def test_is_the_newest(self, market):
        later = market.now + timedelta(hours=1)
        key = PrivateKey.generate("ES256")
        enrol(market, key, by=market.rival, now=later)

        assert self.active(market, market.rival, now=later) == key.kid

    @pytest.mark.parametrize(("suite", "algorithm"), [("hybrid", "ML-DSA-65-Ed25519"), ("sm", "SM2-SM3")])
    def test_is_one_of_the_suite(self, market, suite, algorithm):
        key = PrivateKey.generate(algorithm)
        enrol(market, key, now=market.now)

        assert self.active(market, market.grid_co, suite=suite) == key.kid
        assert self.active(market, market.grid_co) == market.grid_co.key.kid

    @pytest.mark.parametrize("suite", ["default", "hybrid", "sm"])
    def test_of_an_organisation_without_one_is_asked_for(self, market, suite):
        with pytest.raises(Invalid, match=f"for the suite {suite}") as refusal:
            self.active(market, market.operator, suite=suite)

        assert f"--algorithm {suites.PREFERRED[suite]}" in refusal.value.remedy


class TestExchangeKey:
    def test_is_registered_once_however_often_the_service_starts(self, market):
        for _ in range(2):
            market.do(
                service.register_exchange_key, key=market.context.signing_key.public, purpose="signing"
            )

        assert market.read(queries.get_exchange_key, "signing") == market.context.signing_key.public
        assert len(market.read(find_events, ["exchange"], ["exchange_key.registered"])) == 4

    def test_a_strange_key_stops_the_start(self, market):
        """Signing on with another key would fork the evidence."""
        with pytest.raises(Conflict, match="key folder") as refusal:
            market.do(service.register_exchange_key, key=PrivateKey.generate().public, purpose="log")

        assert "WDX_KEYS_DIR" in refusal.value.remedy


def test_a_signature_of_the_wrong_kind_is_no_proof(market):
    """Whoever signed terms in good faith must not have enrolled a key by it."""
    key = PrivateKey.generate()
    asked = enrolment(market.grid_co, key, now=market.now)

    with pytest.raises(SignatureInvalid):
        enrol(market, key, **{**asked, "proof": Signature(asked["proof"].protected, "AAAA")})
