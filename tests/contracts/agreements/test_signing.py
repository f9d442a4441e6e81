from dataclasses import replace

import pytest

from contracts.agreements import queries, service
from contracts.agreements.models import AgreementSignature
from contracts.agreements.service import AlreadySigned
from contracts.agreements.signing import countersignature_payload
from contracts.deliveries.queries import get_meter
from contracts.terms import Terms
from exchange.core import canonical
from exchange.core.errors import Invalid, NotFound, NotPermitted
from exchange.core.events import find_events
from exchange.trust import PrivateKey, Signature, SignatureInvalid, jws
from exchange.trust.encoding import b64url_decode, b64url_encode
from exchange.trust.purposes import COUNTERSIGNATURE, RECEIPT


@pytest.fixture
def agreements(market):
    return market.agreements


def signatures(market, agreement):
    return market.read(queries.signatures_of, agreement.id)


def executions(market, agreement):
    return market.read(find_events, [agreement.id], ["agreement.executed"])


def with_header(signature, **members):
    """The same signature under another header."""
    header = {**canonical.from_bytes(b64url_decode(signature.protected)), **members}
    return Signature(b64url_encode(canonical.to_bytes(header)), signature.signature)


class TestBothSign:
    @pytest.mark.parametrize("order", [("grid_co", "forecast_lab"), ("forecast_lab", "grid_co")])
    def test_in_either_order_and_the_agreement_is_in_force(self, market, agreements, order):
        agreement = agreements.frozen()
        first, second = (getattr(market, who) for who in order)

        assert agreements.sign(agreement, by=first).state == "awaiting_signatures"
        assert agreements.sign(agreement, by=second).state == "active"
        assert len(executions(market, agreement)) == 1

    def test_and_the_exchange_signs_last_over_both(self, market, agreements):
        agreement = agreements.executed()

        exchange = market.context.signing_key.public
        _, signed = jws.verify_compact(
            agreement.countersignature, key=exchange, typ=COUNTERSIGNATURE, role="exchange"
        )
        assert signed == countersignature_payload(
            Terms.read(agreement.terms), signatures(market, agreement)
        )

    def test_and_the_meter_is_open(self, market, agreements):
        agreement = agreements.executed(max_rows=7)

        meter = market.read(get_meter, agreement.id)
        assert (meter.granted_rows, meter.delivered_rows, meter.deliveries) == (7, 0, 0)

    def test_and_the_contract_is_one_document_anybody_can_verify(self, market, agreements):
        agreement = agreements.executed()

        contract = market.read(queries.contract_document, agreement)
        payload, (buyer, provider) = jws.parse_general_json(contract["jws"])
        assert (payload, contract["roles"]) == (agreement.terms, ["buyer", "provider"])
        for signature, role, member in (
            (buyer, "buyer", market.forecast_lab),
            (provider, "provider", market.grid_co),
        ):
            jws.verify(payload, signature, key=member.key.public, typ="wdx-contract+jws", role=role)


class TestSameSignature:
    def test_again_changes_nothing(self, market, agreements):
        agreement = agreements.frozen()
        signature = agreements.signature(agreement, by=market.grid_co)
        for _ in range(2):
            agreements.sign(agreement, by=market.grid_co, signature=signature)

        signed = market.read(find_events, [agreement.id], ["agreement.signed"])
        assert (len(signed), len(signatures(market, agreement))) == (1, 1)

    def test_again_after_execution_changes_nothing(self, market, agreements):
        agreement = agreements.executed()
        kept = signatures(market, agreement)["buyer"]

        assert agreements.sign(agreement, by=market.forecast_lab, signature=kept).state == "active"
        assert len(executions(market, agreement)) == 1

    def test_replaced_by_another_one_is_refused(self, market, agreements):
        agreement = agreements.executed()
        later = jws.sign(
            agreement.terms, market.grid_co.key, typ="wdx-contract+jws", role="provider", issued_at=1
        )

        with pytest.raises(AlreadySigned, match="the provider has signed already"):
            agreements.sign(agreement, by=market.grid_co, signature=later)


class TestRefusedSignature:
    def refused(self, market, agreement, signature, *, by=None, error=SignatureInvalid):
        with pytest.raises(error) as refusal:
            market.agreements.sign(agreement, by=by or market.grid_co, signature=signature)
        assert signatures(market, agreement) == {}
        return refusal.value

    def test_over_other_bytes(self, market, agreements):
        agreement = agreements.frozen()
        cheaper = agreement.terms.replace(b'"unit_price_micro":2000', b'"unit_price_micro":2001')

        assert cheaper != agreement.terms
        self.refused(market, agreement, agreements.signature(agreement, by=market.grid_co, terms=cheaper))

    def test_over_the_terms_of_another_agreement(self, market, agreements):
        agreement, other = agreements.frozen(), agreements.frozen()

        self.refused(market, agreement, agreements.signature(other, by=market.grid_co))

    def test_in_the_other_partys_role(self, market, agreements):
        agreement = agreements.frozen()

        error = self.refused(
            market, agreement, agreements.signature(agreement, by=market.grid_co, role="buyer")
        )
        assert error.field == "role"

    def test_made_by_the_other_party(self, market, agreements):
        agreement = agreements.frozen()
        signature = agreements.signature(agreement, by=market.forecast_lab)

        self.refused(market, agreement, signature, error=Invalid)

    def test_made_for_another_purpose(self, market, agreements):
        """A receipt or key proof must never serve as a contract."""
        agreement = agreements.frozen()
        signature = jws.sign(agreement.terms, market.grid_co.key, typ=RECEIPT, role="provider", issued_at=1)

        assert self.refused(market, agreement, signature).field == "typ"

    def test_with_a_key_nobody_enrolled(self, market, agreements):
        agreement = agreements.frozen()
        signature = agreements.signature(agreement, by=market.grid_co, key=PrivateKey.generate())

        error = self.refused(market, agreement, signature, error=Invalid)
        assert (error.field, error.remedy) == ("signature", "Enrol the key first.")

    def test_with_a_key_enrolled_after_the_terms_were_frozen(self, market, agreements):
        """The terms name the key; a key that came later could be a thief's."""
        agreement, key = agreements.frozen(), PrivateKey.generate()
        market.enrol(market.grid_co, key)

        error = self.refused(market, agreement, agreements.signature(agreement, by=market.grid_co, key=key))
        assert "enrolled when the terms were frozen" in error.remedy

    def test_with_a_revoked_key(self, market, agreements):
        agreement = agreements.frozen()
        market.revoke(market.grid_co)

        error = self.refused(
            market, agreement, agreements.signature(agreement, by=market.grid_co), error=Invalid
        )
        assert "revoked" in error.detail

    @pytest.mark.parametrize("alg", ["none", "HS256", "EdDSA", "ES256"])
    def test_that_names_another_algorithm(self, market, agreements, alg):
        """The registered key says which algorithm; the header only has to agree."""
        agreement = agreements.frozen()
        honest = agreements.signature(agreement, by=market.grid_co)

        assert self.refused(market, agreement, with_header(honest, alg=alg)).field == "alg"

    def test_that_is_empty(self, market, agreements):
        agreement = agreements.frozen()
        honest = agreements.signature(agreement, by=market.grid_co)

        self.refused(market, agreement, replace(honest, signature=""), error=Invalid)

    def test_whose_header_was_touched(self, market, agreements):
        agreement = agreements.frozen()
        honest = agreements.signature(agreement, by=market.grid_co)

        self.refused(market, agreement, with_header(honest, iat=1))


class TestWhoMaySign:
    def test_a_stranger_finds_no_agreement(self, market, agreements):
        agreement = agreements.frozen()
        signature = agreements.signature(agreement, by=market.rival, role="buyer")

        with pytest.raises(NotFound):
            agreements.sign(agreement, by=market.rival, signature=signature)

    @pytest.mark.parametrize("who", ["operator", "regulator"])
    def test_who_only_oversees_is_no_party(self, market, agreements, who):
        agreement = agreements.frozen()
        member = getattr(market, who).with_key(PrivateKey.generate())
        signature = agreements.signature(agreement, by=member, role="buyer")

        with pytest.raises(NotPermitted, match="only the provider and the buyer"):
            agreements.sign(agreement, by=member, signature=signature)

    def test_an_agreement_that_is_not_there_is_not_found(self, market, agreements):
        agreement = agreements.frozen()
        agreement.id = "agr_none"

        with pytest.raises(NotFound):
            agreements.sign(agreement, by=market.grid_co)


def test_a_signature_says_who_signed_when_with_what(market, agreements):
    agreement = agreements.executed()

    rows = market.read(
        lambda session: {role: session.get(AgreementSignature, (agreement.id, role)) for role in ("buyer",)}
    )
    assert rows["buyer"].kid == market.forecast_lab.key.kid
    assert (rows["buyer"].person_id, rows["buyer"].signed_at) == (
        market.forecast_lab.actor.person_id,
        market.now,
    )


def test_freezing_an_agreed_offer_again_changes_nothing(market, agreements):
    """The reaction runs in the acceptance's transaction, which may be run again."""
    agreement = agreements.frozen()
    event = type("Agreed", (), {"negotiation_id": agreement.negotiation_id})

    with market.context.database.writing() as session:
        service.freeze_agreed_offer(session, event, at=market.now)

    frozen = market.read(find_events, [agreement.id], ["agreement.frozen"])
    assert (len(frozen), agreements.get(agreement.id).terms) == (1, agreement.terms)
