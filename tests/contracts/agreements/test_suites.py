"""Contracts of every suite: everybody signs with the algorithms that the terms demand."""

from dataclasses import replace

import pytest

from contracts.agreements import queries
from contracts.agreements.verification import (
    ContractIncomplete,
    TrustAnchor,
    verify_contract,
)
from exchange.core.errors import DomainError, Invalid
from exchange.participants import newest_certificates
from exchange.participants.keys.queries import describe_authorities, find_exchange_keys
from exchange.trust import AlgorithmUnavailable, PrivateKey
from exchange.trust.algorithms import libcrypto
from exchange.trust.algorithms.libcrypto import open_library
from exchange.trust.key_certificates import read_statement, sign_statement
from exchange.trust.suites import PREFERRED, SUITES
from tests.factories.evidence import Evidence


def members_with(market, algorithm):
    return [
        market.enrol(member, PrivateKey.generate(algorithm))
        for member in (market.grid_co, market.forecast_lab)
    ]


def executed(market, suite):
    if suite == "default":
        return market.agreements.executed()
    provider, buyer = members_with(market, PREFERRED[suite])
    agreement = market.agreements.frozen(required_suite=suite)
    market.agreements.sign(agreement, by=provider)
    return market.agreements.sign(agreement, by=buyer)


def anchor_of(market):
    return TrustAnchor.read(
        {
            "authorities": [item["public_jwk"] for item in market.read(describe_authorities)],
            "exchange": [
                item.public_jwk
                for item in market.read(find_exchange_keys)
                if item.purpose.startswith("signing")
            ],
        }
    )


@pytest.mark.parametrize("suite", list(SUITES))
class TestASuite:
    def test_is_what_provider_buyer_and_exchange_sign_with(self, market, suite):
        agreement = executed(market, suite)

        terms = market.read(queries.get_terms, agreement.id)
        assert agreement.state == "active"
        assert terms.required_suite == suite
        assert {terms.party(role).algorithm for role in ("provider", "buyer", "exchange")} == {
            PREFERRED[suite]
        }

    def test_holds_offline_in_the_evidence(self, market, suite):
        executed(market, suite)

        report = Evidence(market).verify()

        assert report.ok, report.findings
        assert (report.checked["contracts"], report.checked["party signatures"]) == (1, 2)

    def test_holds_in_the_kept_contract(self, market, suite):
        document = market.read(queries.contract_document, executed(market, suite))

        verified = verify_contract(document, anchor_of(market))

        assert verified.terms.required_suite == suite
        assert verified.certificates["buyer"].holder.name_en == "forecast-lab"


class TestAKeyOfAnotherSuite:
    def test_is_refused(self, market):
        provider, _ = members_with(market, "ML-DSA-65-Ed25519")
        agreement = market.agreements.frozen(required_suite="hybrid")
        signature = market.agreements.signature(agreement, by=provider, key=market.grid_co.key)

        with pytest.raises(Invalid, match="the terms name key"):
            market.agreements.sign(agreement, by=provider, signature=signature)

    @pytest.mark.parametrize("suite", ["hybrid", "sm"])
    def test_is_not_enough_to_become_a_party(self, market, suite):
        with pytest.raises(Invalid, match=f"no signing key in force for the suite {suite}") as refusal:
            market.agreements.frozen(required_suite=suite)

        assert PREFERRED[suite] in refusal.value.remedy


class TestNegotiation:
    def test_the_provider_may_ask_for_a_stronger_suite(self, market):
        members_with(market, "ML-DSA-65-Ed25519")
        negotiation = market.negotiations.offered(changes={"required_suite": "hybrid"})

        market.negotiations.accept(negotiation.id)

        (card,) = market.read(
            queries.find_agreements, actor=market.grid_co.actor, negotiation_id=negotiation.id
        )
        assert card.terms.required_suite == "hybrid"

    def test_an_unknown_suite_is_refused_at_the_door(self, market):
        body = {
            "listing_id": market.listing_id,
            "purpose": "x",
            "scenario": "y",
            "required_suite": "quantum",
        }

        answer = market.api(market.forecast_lab).post("/negotiations", body)

        assert (answer.status_code, "required_suite" in answer.text) == (422, True)

    def test_a_suite_that_the_server_cannot_compute_is_refused_before_anybody_counts_on_it(
        self, market, monkeypatch
    ):
        monkeypatch.setattr(libcrypto, "_NAMES", ("libcrypto.so.none",))
        open_library.cache_clear()
        try:
            with pytest.raises(AlgorithmUnavailable) as refusal:
                market.negotiations.requested(required_suite="sm")
            assert "OpenSSL 3.0 or newer" in refusal.value.remedy
            del market.context.signing_keys["sm"]
            with pytest.raises(AlgorithmUnavailable):
                market.context.signing_key_of("sm")
        finally:
            open_library.cache_clear()


class TestAKeptContract:
    @pytest.fixture
    def document(self, market):
        return market.read(queries.contract_document, market.agreements.executed())

    @pytest.mark.parametrize(
        "change",
        [
            {"jws": None},
            {"jws": {"payload": "e30", "signatures": []}},
            {"certificates": []},
            {"certificates": ["a.b"]},
            {"certificates": "all"},
            {"countersignature": None},
            {"countersignature": "a.b.c"},
        ],
    )
    def test_with_something_missing_is_refused(self, market, document, change):
        with pytest.raises(DomainError):
            verify_contract(document | change, anchor_of(market))

    def test_with_one_signature_is_incomplete(self, market, document):
        document["jws"]["signatures"].pop()

        with pytest.raises(ContractIncomplete, match="exactly one signature"):
            verify_contract(document, anchor_of(market))

    def test_with_the_countersignature_of_another_is_refused(self, market, document):
        other = market.read(queries.contract_document, market.agreements.executed())

        with pytest.raises(ContractIncomplete, match="other terms or signatures"):
            verify_contract(document | {"countersignature": other["countersignature"]}, anchor_of(market))

    @pytest.mark.parametrize("whose", ["authorities", "exchange"])
    def test_under_another_trust_anchor_is_refused(self, market, document, whose):
        anchor = anchor_of(market)
        strangers = {"authorities": anchor.authorities, "exchange": anchor.exchange, whose: {}}

        with pytest.raises(Invalid, match="trust anchor does not hold"):
            verify_contract(document, TrustAnchor(**strangers))

    def test_whose_certificate_is_of_another_organisation_is_refused(self, market, document):
        """A key that the authority certified for the rival signs for nobody else."""
        rival = market.enrol(market.rival)
        document["certificates"][0] = market.read(newest_certificates, [rival.key.kid])[
            rival.key.kid
        ].statement

        with pytest.raises(ContractIncomplete, match="no certificate of the"):
            verify_contract(document, anchor_of(market))

    def test_whose_key_the_authority_certified_for_another_organisation_is_refused(self, market, document):
        """The authority's word about a key is about one organisation, the one that the terms name."""
        anchor, issuer = anchor_of(market), market.context.authority.keys()[0]
        honest = read_statement(document["certificates"][0], key=issuer.public)
        other = replace(honest, holder=replace(honest.holder, organisation_id=market.rival.organisation_id))
        document["certificates"][0] = sign_statement(other, issuer, at=market.now)

        with pytest.raises(Invalid, match="certified for another organisation"):
            verify_contract(document, anchor)

    @pytest.mark.parametrize("trust", [[], {}, {"authorities": []}, None])
    def test_a_trust_anchor_of_another_form_is_refused(self, trust):
        with pytest.raises(Invalid, match="has the members"):
            TrustAnchor.read(trust)

    def test_every_changed_character_of_its_parts_is_noticed(self, market, document):
        anchor = anchor_of(market)
        verify_contract(document, anchor)
        for text, put in places_of(document):
            for at in range(0, len(text), max(1, len(text) // 40)):
                other = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
                with pytest.raises(DomainError):
                    verify_contract(put(other), anchor)


def places_of(document):
    jws = document["jws"]
    yield jws["payload"], lambda text: document | {"jws": jws | {"payload": text}}
    for number, item in enumerate(jws["signatures"]):
        for name in ("protected", "signature"):

            def put(text, number=number, item=item, name=name):
                changed = [*jws["signatures"]]
                changed[number] = item | {name: text}
                return document | {"jws": jws | {"signatures": changed}}

            yield item[name], put
    yield document["countersignature"], lambda text: document | {"countersignature": text}
    for number, token in enumerate(document["certificates"]):

        def swap(text, number=number):
            changed = [*document["certificates"]]
            changed[number] = text
            return document | {"certificates": changed}

        yield token, swap
