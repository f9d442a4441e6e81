"""The parties are told ahead of an end, at it, and until the data are destroyed; once each, whatever the jobs do."""

from datetime import timedelta

import pytest

from contracts.agreements.life.reminders import find_to_remind, find_unsigned, remind
from exchange.core.entries import decode_record
from exchange.core.events import find_events
from tests.factories.evidence import Evidence
from tests.factories.messages import Messages

DAY = timedelta(days=1)
MARKS = (30, 7, 1)
TYPES = ("agreement.end_near", "agreement.ended", "destruction.due")


@pytest.fixture
def agreement(market):
    return market.agreements.executed(days=90)


@pytest.fixture
def remind_at(market, agreement):
    def run(*instants):
        for at in instants:
            for _ in range(2):
                market.do(remind, agreement_id=agreement.id, days=MARKS, now=at)
        events = market.read(find_events, [agreement.id], TYPES)
        return [(event.type, decode_record(event.record).get("days")) for event in events]

    return run


def test_each_mark_ahead_of_the_end_is_told_once(agreement, remind_at):
    end = agreement.valid_until

    assert remind_at(end - 31 * DAY, end - 30 * DAY, end - 29 * DAY, end - 7 * DAY, end - DAY / 2) == [
        ("agreement.end_near", 30),
        ("agreement.end_near", 7),
        ("agreement.end_near", 1),
    ]


def test_of_several_marks_at_once_only_the_nearest_is_told(agreement, remind_at):
    assert remind_at(agreement.valid_until - 3 * DAY) == [("agreement.end_near", 7)]


def test_an_end_that_moves_is_told_anew(market, agreement, remind_at):
    remind_at(agreement.valid_until - 30 * DAY)
    market.lives.end(agreement, by=market.grid_co, ends_at=market.now + 40 * DAY)

    assert remind_at(market.now + 12 * DAY) == [("agreement.end_near", 30), ("agreement.end_near", 30)]


def test_the_end_is_told_with_how_it_ended_and_the_destruction_until_it_is_confirmed(
    market, agreement, remind_at
):
    due = agreement.valid_until + 30 * DAY
    told = remind_at(agreement.valid_until, due - 7 * DAY, due - DAY, due)

    assert told == [
        ("agreement.ended", None),
        ("destruction.due", 7),
        ("destruction.due", 1),
        ("destruction.due", 0),
    ]
    assert Evidence(market).findings() == ""


def test_a_confirmed_destruction_is_not_reminded_of(market, agreement, remind_at):
    market.lives.destroyed(agreement, now=agreement.valid_until + DAY)

    assert remind_at(agreement.valid_until + 29 * DAY) == [("agreement.ended", None)]


def test_only_agreements_with_something_to_tell_are_looked_for(market, agreement):
    def found(at):
        return market.read(find_to_remind, days=MARKS, now=at)

    assert found(agreement.valid_until - 31 * DAY) == []
    assert found(agreement.valid_until - 30 * DAY) == [agreement.id]
    assert found(agreement.valid_until + 401 * DAY) == []


def test_unsigned_agreements_are_looked_for_until_they_came_to_nothing(market):
    waiting, given_up = market.agreements.frozen(), market.agreements.frozen()
    market.lives.step(given_up, "abandon", by=market.grid_co, grounds="no budget")

    found = market.read(find_unsigned, frozen_before=market.now)
    assert [agreement_id for agreement_id, _ in found] == [waiting.id]
    assert market.read(find_unsigned, frozen_before=market.now - DAY) == []


class TestMessages:
    @pytest.fixture
    def told(self, market, agreement):
        messages = Messages(market).skip()

        def follow():
            messages.follow()
            return [
                [message.event_type for message in messages.to(member)]
                for member in (market.grid_co, market.forecast_lab, market.regulator)
            ]

        return follow

    def test_of_a_notice_go_to_the_other_party(self, market, agreement, told):
        market.lives.end(agreement, by=market.grid_co)

        assert told() == [[], ["agreement.step_taken"], []]

    def test_of_an_order_go_to_both(self, market, agreement, told):
        market.lives.lift(market.lives.suspend(market.grid_co.organisation_id).id)

        both = ["suspension.ordered", "suspension.lifted"]
        assert told() == [both, both, []]

    def test_of_ends_and_overdue_destruction_go_to_both(self, market, agreement, remind_at, told):
        remind_at(agreement.valid_until - DAY, agreement.valid_until + 30 * DAY)

        both = ["agreement.end_near", "agreement.ended", "destruction.due"]
        assert told() == [both, both, []]

    def test_of_a_destruction_that_is_due_go_to_the_buyer(self, agreement, remind_at, told):
        remind_at(agreement.valid_until + 29 * DAY)

        assert told() == [["agreement.ended"], ["agreement.ended", "destruction.due"], []]

    def test_of_the_quota_go_to_both(self, market, told):
        used = market.agreements.executed(max_rows=10)
        told()
        market.deliveries.deliver(used.id, 10)

        assert [found[-1:] for found in told()] == [["quota.reached"], ["quota.reached"], []]
