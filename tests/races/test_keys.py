"""Keys that are enrolled, ended and used at the same moment: the log has them in an order that holds."""

from datetime import timedelta

import pytest

from exchange.core.errors import Conflict, DomainError, WrongState
from exchange.core.events import find_events
from exchange.participants.keys import queries, service
from exchange.participants.keys.issuing import certify_uncertified, issuance_of, refresh_lists
from exchange.participants.keys.models import SigningKey
from exchange.participants.keys.queries import KeyRevoked
from exchange.trust import PrivateKey
from tests.factories.evidence import Evidence
from tests.factories.participants import enrol, enrolment


def is_in_order(outcome):
    """A result, or a refusal that tells the caller what to do; a broken constraint is neither."""
    return isinstance(outcome, DomainError) or not isinstance(outcome, BaseException)


def lists_of(market):
    return market.read(find_events, ["exchange"], ["revocation_list.issued"])


def test_a_key_revoked_many_times_at_once_is_revoked_once(market, at_once):
    outcomes = at_once(*[lambda: market.revoke(market.grid_co)] * 6)

    assert {outcome.state for outcome in outcomes} == {"revoked"}
    assert len(market.read(find_events, [market.grid_co.organisation_id], ["signing_key.revoked"])) == 1
    assert len(lists_of(market)) == 2


def test_different_keys_revoked_at_once_are_on_lists_in_the_order_of_the_log(market, at_once):
    members = [market.grid_co, market.forecast_lab, market.rival]
    members += [market.enrol(market.rival) for _ in range(3)]

    outcomes = at_once(*(lambda member=member: market.revoke(member) for member in members))

    assert {outcome.state for outcome in outcomes} == {"revoked"}
    assert len(lists_of(market)) == 7
    report = Evidence(market).verify()
    assert report.ok, report.findings
    assert report.checked["revocation lists"] == 7


@pytest.mark.parametrize("attempt", range(4))
def test_a_key_revoked_while_it_signs_signed_before_or_not_at_all(market, at_once, attempt):
    """Whichever comes first: a signature stands in the log before the end of its key, or it is refused."""
    agreement = market.agreements.frozen()
    market.agreements.sign(agreement, by=market.forecast_lab)

    signed, revoked = at_once(
        lambda: market.agreements.sign(agreement, by=market.grid_co),
        lambda: market.revoke(market.grid_co),
    )

    assert revoked.state == "revoked"
    assert isinstance(signed, KeyRevoked) or signed.state == "active"
    report = Evidence(market).verify()
    assert report.ok, report.findings


def test_one_enrolment_sent_many_times_at_once_is_one_key_with_one_certificate(market, at_once):
    key = PrivateKey.generate("ML-DSA-65-Ed25519")

    def enrolled():
        return market.do(
            lambda session, now: enrol(session, market.rival, context=market.context, key=key, now=now)
        )

    outcomes = at_once(*[enrolled] * 6)

    assert all(outcome.key == key for outcome in outcomes)
    subject = [market.rival.organisation_id]
    assert len(market.read(find_events, subject, ["signing_key.enrolled"])) == 2
    assert len(market.read(find_events, subject, ["signing_key.certified"])) == 2


def test_one_key_enrolled_by_two_organisations_at_once_is_the_first_ones(market, at_once):
    key = PrivateKey.generate()

    def enrolled(member):
        return market.do(
            lambda session, now: enrol(session, member, context=market.context, key=key, now=now)
        )

    outcomes = at_once(*(lambda m=member: enrolled(m) for member in (market.rival, market.grid_co)))

    assert all(map(is_in_order, outcomes)) or sum(isinstance(o, BaseException) for o in outcomes) == 1
    owner = market.read(queries.get_key, key.kid).organisation_id
    assert owner in {market.rival.organisation_id, market.grid_co.organisation_id}


def test_a_key_replaced_by_two_at_once_is_replaced_once(market, at_once):
    def replaced():
        key = PrivateKey.generate()
        asked = enrolment(market.grid_co, key, now=market.now, replaces=market.grid_co.key)
        return market.do(service.enrol_signing_key, **asked, issuance=issuance_of(market.context))

    outcomes = at_once(*[replaced] * 4)

    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 3
    assert Evidence(market).verify().ok


def test_lists_made_anew_by_two_nodes_at_once_have_their_numbers(market, at_once):
    later, issuance = market.now + timedelta(days=2), issuance_of(market.context)

    made = at_once(*[lambda: market.do(refresh_lists, issuance=issuance, now=later)] * 4)

    assert sorted(made) == [0, 0, 0, 1]
    assert not any(isinstance(outcome, Conflict) for outcome in made)


def test_nodes_that_start_at_once_certify_a_key_of_before_once(market, at_once):
    key = PrivateKey.generate()
    with market.context.database.writing() as session:
        session.add(
            SigningKey(
                kid=key.kid,
                organisation_id=market.rival.organisation_id,
                person_id=market.rival.actor.person_id,
                algorithm="Ed25519",
                public_jwk=dict(key.public.jwk),
                enrolled_at=market.now,
            )
        )
    issuance = issuance_of(market.context)

    at_once(*[lambda: market.do(certify_uncertified, issuance=issuance)] * 4)

    certified = market.read(find_events, [market.rival.organisation_id], ["signing_key.certified"])
    assert len(certified) == 2
