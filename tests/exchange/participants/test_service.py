from datetime import timedelta

import pytest
from sqlalchemy import select

from exchange.core.errors import Conflict, Invalid, NotAuthenticated, NotFound, NotPermitted, WrongState
from exchange.core.events import find_events
from exchange.participants import credentials, queries, service
from exchange.participants.models import AccessToken, Person
from tests.factories.participants import PASSWORD, registration, uscc


def events_about(market, subject, *types):
    return market.read(find_events, [subject], types)


class TestRegisterOrganisation:
    def test_leaves_the_organisation_waiting_for_the_operator(self, market):
        organisation = market.do(
            service.register_organisation, **registration("newcomer", "buyer", number=77)
        )

        assert (organisation.state, organisation.roles) == ("submitted", ["buyer"])
        assert len(events_about(market, organisation.id, "organisation.registered")) == 1

    @pytest.mark.parametrize("role", ["operator", "regulator"])
    def test_nobody_makes_themselves_operator_or_regulator(self, market, role):
        with pytest.raises(Invalid, match="provider, buyer or both") as refusal:
            market.do(service.register_organisation, **registration("newcomer", "buyer", role, number=77))

        assert (refusal.value.field, "participants create" in refusal.value.remedy) == ("roles", True)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"uscc": uscc(3)}, "uscc"),
            ({"login": "grid-co@example.com"}, "login"),
        ],
    )
    def test_a_code_or_login_that_is_taken_is_refused(self, market, changes, field):
        body = registration("newcomer", "buyer", number=77) | changes
        with pytest.raises(Conflict) as refusal:
            market.do(service.register_organisation, **body)

        assert refusal.value.field == field

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"uscc": "91350100M000100Y44"}, "uscc"),
            ({"password": "x" * 11}, "password"),
            ({"password": "x" * 257}, "password"),
        ],
    )
    def test_a_wrong_code_or_weak_password_is_refused(self, market, changes, field):
        body = registration("newcomer", "buyer", number=77) | changes
        with pytest.raises(Invalid) as refusal:
            market.do(service.register_organisation, **body)

        assert refusal.value.field == field

    def test_keeps_no_password(self, market):
        hashes = market.read(lambda session: list(session.scalars(select(Person.password_hash))))

        assert all(stored.startswith("$argon2id$") for stored in hashes)
        assert len(set(hashes)) == len(hashes)


class TestDecideOrganisation:
    def decide(self, market, decision, *, by=None, organisation=None):
        return market.do(
            service.decide_organisation,
            actor=(by or market.operator).actor,
            organisation_id=organisation or market.grid_co.organisation_id,
            decision=decision,
            reason="checked",
        )

    @pytest.fixture
    def newcomer(self, market):
        body = registration("newcomer", "buyer", number=77)
        return market.do(service.register_organisation, **body).id

    @pytest.mark.parametrize("decision", ["verified", "rejected"])
    def test_says_who_decided_when_and_why(self, market, newcomer, decision):
        organisation = self.decide(market, decision, organisation=newcomer)

        assert (organisation.state, organisation.decision_reason) == (decision, "checked")
        assert organisation.decided_by == market.operator.actor.person_id

    def test_saying_the_same_again_changes_nothing(self, market):
        self.decide(market, "verified")

        assert len(events_about(market, market.grid_co.organisation_id, "organisation.decided")) == 1

    def test_a_decision_is_not_turned_round(self, market):
        with pytest.raises(WrongState, match="verified already"):
            self.decide(market, "rejected")

    @pytest.mark.parametrize("who", ["grid_co", "regulator", "rival"])
    def test_only_the_operator_decides(self, market, newcomer, who):
        with pytest.raises(NotPermitted, match="operator"):
            self.decide(market, "verified", by=getattr(market, who), organisation=newcomer)

    def test_an_organisation_nobody_knows_is_not_found(self, market):
        with pytest.raises(NotFound):
            self.decide(market, "verified", organisation="org_none")


class TestSignIn:
    def test_finds_the_person_of_login_and_password(self, market):
        person = market.read(service.check_password, login=market.grid_co.login, password=PASSWORD)

        assert person.id == market.grid_co.actor.person_id

    def test_an_unknown_login_and_a_wrong_password_are_the_same_to_a_stranger(self, market):
        refusals = []
        for login, password in (("nobody", PASSWORD), (market.grid_co.login, PASSWORD + "!")):
            with pytest.raises(NotAuthenticated) as refusal:
                market.read(service.check_password, login=login, password=password)
            refusals.append((refusal.value.detail, refusal.value.field, refusal.value.remedy))

        assert refusals[0] == refusals[1]

    def test_an_unknown_login_costs_a_hash_too(self):
        """Otherwise the time of the answer says which logins exist."""
        assert not credentials.is_password("whatever it is", None)
        assert credentials._NOBODY.split("$")[:4] == credentials.hash_password(PASSWORD).split("$")[:4]


class TestAccessToken:
    def issue(self, market, days=1):
        person_id = market.rival.actor.person_id
        return market.do(service.issue_access_token, person_id=person_id, label="script", days=days)

    def actor_of(self, market, secret, *, later=timedelta(0)):
        stored = credentials.hash_secret(secret)
        return market.read(queries.actor_of_token, stored, now=market.now + later)

    def test_stands_for_its_person_and_their_organisation(self, market):
        _, secret = self.issue(market)

        assert self.actor_of(market, secret) == market.rival.actor

    def test_is_stored_as_a_hash_only(self, market):
        token, secret = self.issue(market)

        kept = market.read(lambda session: vars(session.get(AccessToken, token.id)))
        assert secret not in str(kept)
        assert secret.startswith("wdx_")

    def test_ends_at_its_hour(self, market):
        _, secret = self.issue(market, days=1)

        assert self.actor_of(market, secret, later=timedelta(days=1) - timedelta(microseconds=1))
        assert self.actor_of(market, secret, later=timedelta(days=1)) is None

    def test_revoked_stands_for_nobody_at_once(self, market):
        token, secret = self.issue(market)

        market.do(service.revoke_access_token, actor=market.rival.actor, token_id=token.id)

        assert self.actor_of(market, secret) is None

    def test_revoked_twice_keeps_its_first_hour(self, market):
        token, _ = self.issue(market)
        for hours in (0, 5):
            now = market.now + timedelta(hours=hours)
            market.do(service.revoke_access_token, actor=market.rival.actor, token_id=token.id, now=now)

        assert market.read(lambda session: session.get(AccessToken, token.id).revoked_at) == market.now

    def test_of_another_person_is_not_found(self, market):
        token, secret = self.issue(market)

        with pytest.raises(NotFound):
            market.do(service.revoke_access_token, actor=market.grid_co.actor, token_id=token.id)
        assert self.actor_of(market, secret)
