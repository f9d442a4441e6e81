"""Two people decide at the same moment: one decision stands, and the other hears of it in order."""

from sqlalchemy import delete, select

from contracts.negotiations import queries as negotiation_queries
from contracts.negotiations import service as negotiations
from exchange.catalogue.models import ListingVersion
from exchange.catalogue.review import withdraw_version
from exchange.core.errors import Conflict, DomainError, WrongState
from exchange.core.events import find_events
from exchange.datasets import service as datasets
from exchange.participants import service as participants
from exchange.participants.keys.models import ExchangeKey
from exchange.setup import register_keys
from exchange.trust import PrivateKey
from tests.conftest import NOON
from tests.factories.datasets import load_curve, taken_in
from tests.factories.participants import enrol, registration


def is_in_order(outcome):
    """A result, or a refusal that tells the caller what to do; a broken constraint is neither."""
    return isinstance(outcome, DomainError) or not isinstance(outcome, BaseException)


class TestListing:
    def test_two_versions_submitted_at_once_leave_one_under_review(self, market, at_once):
        versions = [market.edited(title_en=title) for title in ("A", "B")]

        outcomes = at_once(*(lambda version=version: market.submitted(version) for version in versions))

        assert all(map(is_in_order, outcomes))
        assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1

    def test_a_version_listed_and_withdrawn_at_once_has_one_end(self, market, at_once):
        version = market.approved(market.edited())

        outcomes = at_once(
            lambda: market.decided(version),
            lambda: market.do(
                withdraw_version,
                actor=market.grid_co.actor,
                listing_id=version.listing_id,
                number=version.number,
                reason="not yet",
            ),
        )

        listed = market.read(
            lambda session: session.scalars(
                select(ListingVersion.number).where(
                    ListingVersion.listing_id == market.listing_id, ListingVersion.state == "listed"
                )
            ).all()
        )
        assert all(map(is_in_order, outcomes))
        assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1
        assert len(listed) == 1

    def test_one_version_decided_twice_at_once_is_decided_once(self, market, at_once):
        version = market.approved(market.edited())

        outcomes = at_once(*[lambda: market.decided(version)] * 4)

        decided = market.read(find_events, [market.listing_id], ["listing.version_decided"])
        assert all(map(is_in_order, outcomes))
        assert len(decided) == 2

    def test_two_edits_at_once_are_two_versions(self, market, at_once):
        outcomes = at_once(*[market.edited] * 3)

        assert sorted(version.number for version in outcomes) == [2, 3, 4]


class TestNegotiation:
    def test_an_offer_accepted_and_declined_at_once_has_one_end(self, market, at_once):
        negotiation = market.negotiations.offered()

        outcomes = at_once(
            lambda: market.negotiations.accept(negotiation.id),
            lambda: market.do(
                negotiations.end_negotiation,
                actor=market.grid_co.actor,
                negotiation_id=negotiation.id,
                reason="no",
            ),
        )

        ends = market.read(find_events, [negotiation.id], ["negotiation.accepted", "negotiation.ended"])
        assert all(map(is_in_order, outcomes))
        assert (len(ends), sum(isinstance(outcome, Conflict) for outcome in outcomes)) == (1, 1)

    def test_an_offer_accepted_twice_at_once_is_accepted_once(self, market, at_once):
        negotiation = market.negotiations.offered()

        outcomes = at_once(*[lambda: market.negotiations.accept(negotiation.id)] * 4)

        assert all(map(is_in_order, outcomes))
        rounds = market.read(negotiation_queries.find_rounds, negotiation.id)
        assert [item.kind for item in rounds] == ["request", "offer", "acceptance"]


class TestParticipants:
    def test_an_organisation_registered_twice_at_once_is_registered_once(self, market, at_once):
        bodies = [registration("newcomer", "buyer", number=77) for _ in range(4)]
        answers = at_once(*(lambda body=body: market.api().post("/organisations", body) for body in bodies))

        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]

    def test_an_organisation_verified_and_rejected_at_once_is_one_of_them(self, market, at_once):
        body = registration("newcomer", "buyer", number=77)
        newcomer = market.do(participants.register_organisation, **body)

        def decide(decision):
            return market.do(
                participants.decide_organisation,
                actor=market.operator.actor,
                organisation_id=newcomer.id,
                decision=decision,
                reason="checked",
            )

        outcomes = at_once(*(lambda d=decision: decide(d) for decision in ("verified", "rejected")))

        decided = market.read(find_events, [newcomer.id], ["organisation.decided"])
        assert all(map(is_in_order, outcomes))
        assert len(decided) == 1

    def test_a_key_enrolled_twice_at_once_is_enrolled_once(self, market, at_once):
        key = PrivateKey.generate()

        def enrolled():
            return market.do(
                lambda session, now: enrol(session, market.rival, context=market.context, key=key, now=now)
            )

        outcomes = at_once(*[enrolled] * 4)

        told = market.read(find_events, [market.rival.organisation_id], ["signing_key.enrolled"])
        assert all(map(is_in_order, outcomes))
        assert len(told) == 2

    def test_nodes_that_start_at_once_register_the_exchange_keys_once(self, context, at_once):
        with context.database.writing() as session:
            session.execute(delete(ExchangeKey))

        assert at_once(*[lambda: register_keys(context, now=NOON)] * 4) == [None] * 4


class TestDataset:
    def test_two_uploads_at_once_are_two_revisions(self, market, at_once):
        uploads = [taken_in(market.context.storage, load_curve(shift=shift)) for shift in (1, 2, 3)]

        revisions = at_once(
            *(
                lambda ingested=ingested: market.do(
                    datasets.add_revision,
                    actor=market.grid_co.actor,
                    dataset_id=market.dataset_id,
                    source_name="load.csv",
                    ingested=ingested,
                )
                for ingested in uploads
            )
        )

        assert sorted(revision.number for revision in revisions) == [2, 3, 4]
