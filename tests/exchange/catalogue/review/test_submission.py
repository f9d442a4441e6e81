from datetime import timedelta

import pytest

from exchange.catalogue.errors import ListingInvalid
from exchange.catalogue.queries import find_reviews, get_version
from exchange.catalogue.review import submit_version, withdraw_version
from exchange.core.errors import Invalid, NotFound, NotPermitted, WrongState
from exchange.core.events import find_events
from tests.factories.catalogue import TICKED
from tests.factories.participants import join


def state(market, version):
    return market.read(get_version, version.listing_id, version.number).state


@pytest.fixture
def second_editor(market):
    """A person of the provider who both writes and approves."""
    return market.do(
        lambda session, now: join(
            session, "grid-second", "editor", "approver", admin=market.grid_co, now=now
        )
    )


def withdraw(market, version, *, by=None):
    return market.do(
        withdraw_version,
        actor=(by or market.grid_co).actor,
        listing_id=version.listing_id,
        number=version.number,
        reason="not yet",
    )


class TestSubmission:
    def test_hands_the_version_to_the_own_organisation(self, market):
        assert market.submitted(market.drafted()).state == "org_review"

    def test_twice_is_one_submission(self, market):
        version = market.submitted(market.submitted(market.drafted()))

        submitted = market.read(find_events, [version.listing_id], ["listing.version_submitted"])
        assert (version.state, len(submitted)) == ("org_review", 1)

    def test_of_a_decided_version_is_refused(self, market):
        version = market.decided(market.drafted(), "rejected")

        with pytest.raises(WrongState, match="rejected"):
            market.submitted(version)

    @pytest.mark.parametrize("number", [1, 99])
    def test_of_what_is_not_there_for_the_person_is_not_found(self, market, number):
        listing_id = market.drafted().listing_id
        actor = market.rival.actor if number == 1 else market.grid_co.actor

        with pytest.raises(NotFound):
            market.do(submit_version, actor=actor, listing_id=listing_id, number=number)

    def test_is_an_editors(self, market):
        with pytest.raises(NotPermitted, match="editor"):
            market.submitted(market.drafted(), by=market.grid_approver)

    def test_beside_another_review_of_the_listing_is_refused(self, market):
        market.submitted(market.edited(title_en="A"))

        with pytest.raises(WrongState, match="version 2 is under review"):
            market.submitted(market.edited(title_en="B"))

    def test_of_what_has_become_wrong_meanwhile_is_refused(self, market):
        """An assessment that was in force at writing may have ended at submission."""
        version = market.drafted(valid_to="2026-11-30")

        market.now += timedelta(days=30)
        with pytest.raises(ListingInvalid, match="2026-11-30"):
            market.submitted(version)


class TestApproval:
    def test_by_a_second_person_starts_the_operators_clock(self, market):
        version = market.approved(market.drafted())

        assert version.state == "platform_review"
        assert version.due_at.isoformat() == "2026-11-27T16:00:00+00:00"

    @pytest.mark.parametrize(
        ("kind", "day"), [("api", 27), ("report", 27), ("application", 1), ("model", 4)]
    )
    def test_gives_a_kind_of_product_its_working_days(self, market, kind, day):
        assert market.approved(market.drafted(product_kind=kind)).due_at.day == day

    def test_by_the_submitter_is_refused(self, market):
        version = market.submitted(market.drafted())

        with pytest.raises(NotPermitted, match="nobody approves a version that they wrote"):
            market.approved(version, by=market.grid_co)

    def test_by_whoever_wrote_it_is_refused_though_another_submitted(self, market, second_editor):
        version = market.submitted(market.drafted(by=second_editor))

        with pytest.raises(NotPermitted):
            market.approved(version, by=second_editor)

    def test_by_whoever_submitted_an_earlier_round_is_refused(self, market, second_editor):
        version = market.submitted(market.drafted(), by=second_editor)
        version = market.approved(version, "returned")

        with pytest.raises(NotPermitted):
            market.approved(market.submitted(version), by=second_editor)

    def test_by_another_organisation_is_not_found(self, market):
        version = market.submitted(market.drafted())

        with pytest.raises(NotFound):
            market.approved(version, by=market.rival)

    def test_needs_the_duty(self, market):
        editor = market.do(
            lambda session, now: join(session, "grid-editor", "editor", admin=market.grid_co, now=now)
        )

        with pytest.raises(NotPermitted, match="approver"):
            market.approved(market.submitted(market.drafted()), by=editor)

    def test_needs_the_whole_checklist(self, market):
        with pytest.raises(Invalid, match="not every item") as refusal:
            market.approved(market.drafted(), checklist=TICKED[1:])

        assert TICKED[0] in str(refusal.value)

    def test_said_again_changes_nothing(self, market):
        version = market.approved(market.approved(market.drafted()))

        steps = market.read(find_reviews, version.listing_id, 1)
        assert [step.decision for step in steps] == ["submitted", "approved"]

    def test_of_a_draft_is_refused(self, market):
        with pytest.raises(WrongState):
            market.do_approve(market.drafted())

    def test_may_return_the_version_to_its_editor(self, market):
        version = market.approved(market.drafted(), "returned", checklist=[])

        assert (version.state, version.due_at) == ("draft", None)
        assert market.approved(version).state == "platform_review"


class TestSupplement:
    def test_is_answered_by_the_same_version_with_a_note(self, market):
        version = market.decided(market.drafted(), "supplement")
        assert version.state == "supplement"

        version = market.decided(version)

        assert version.state == "listed"
        steps = market.read(find_reviews, version.listing_id, 1)
        assert [step.decision for step in steps] == [
            "submitted",
            "approved",
            "supplement",
            "submitted",
            "approved",
            "listed",
        ]
        assert steps[2].missing == ["the consent form"]

    def test_is_answered_by_the_next_version_too(self, market):
        waiting = market.decided(market.edited(), "supplement")

        answer = market.submitted(market.edited(title_en="With the consent form"))

        assert (state(market, waiting), state(market, answer)) == ("withdrawn", "org_review")

    def test_names_what_is_missing(self, market):
        with pytest.raises(Invalid, match="names what is missing"):
            market.decided(market.drafted(), "supplement", missing=[])


class TestWithdrawal:
    def test_ends_the_review(self, market):
        version = withdraw(market, market.approved(market.drafted()))

        assert (version.state, version.due_at) == ("withdrawn", None)
        with pytest.raises(WrongState):
            market.do_decide(version)

    def test_said_again_changes_nothing(self, market):
        version = withdraw(market, withdraw(market, market.submitted(market.drafted())))

        told = market.read(find_events, [version.listing_id], ["listing.version_withdrawn"])
        assert len(told) == 1

    def test_of_what_is_on_offer_is_refused(self, market):
        with pytest.raises(WrongState):
            withdraw(market, market.listed())

    def test_of_another_providers_version_is_not_found(self, market):
        with pytest.raises(NotFound):
            withdraw(market, market.drafted(), by=market.rival)
