"""Every committed event is told once to whom it concerns, whatever fails in between."""

import pytest
from sqlalchemy import select, update

from exchange.catalogue.events import ListingSuspended
from exchange.core.events import EventRow
from exchange.core.telling import Telling, Topic
from exchange.messages.following import BATCH, REST, count_waiting, is_behind, tellers_by_type
from exchange.messages.models import UntoldEvent
from tests.factories.messages import Messages


@pytest.fixture
def messages(market):
    return Messages(market).skip()


def test_an_event_is_told_once_however_often_the_log_is_followed(market, messages):
    market.suspended()

    messages.follow().follow()

    assert messages.types_to(market.grid_co) == ["listing.suspended"]
    size, events = messages.followed()
    assert size == events


def test_a_message_stands_at_the_place_of_its_event_in_the_log(market, messages):
    market.suspended()
    (message,) = messages.follow().to(market.grid_co)

    event = messages.event("listing.suspended")
    assert (message.event_id, message.position, message.occurred_at) == (
        event.event_id,
        event.position,
        event.occurred_at,
    )


def test_what_is_not_numbered_yet_waits(market, messages):
    market.suspended()
    with market.context.database.writing() as session:
        assert not messages.batch(session)

    assert messages.to(market.grid_co) == []


def test_a_batch_that_is_undone_tells_everything_the_next_time(market, messages):
    """A crash before the commit leaves neither messages nor progress."""
    market.suspended()

    def broken(session, made, now):
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        messages.follow(outlets=[broken])
    assert messages.to(market.grid_co) == []

    assert messages.follow().types_to(market.grid_co) == ["listing.suspended"]


def test_many_events_are_told_in_several_batches_in_their_order(market, messages):
    for _ in range(BATCH // 2 + 1):
        market.suspended()
        market.resumed()
    messages.follow()

    told = messages.to(market.grid_co)
    assert messages.followed()[0] == messages.followed()[1]
    assert [message.event_type for message in told[:2]] == ["listing.suspended", "listing.resumed"]
    assert len(told) == BATCH + 2


def test_an_erased_event_is_told_to_nobody(market, messages):
    market.suspended()
    with market.context.database.writing() as session:
        session.execute(update(EventRow).where(EventRow.type == "listing.suspended").values(record=None))

    assert messages.follow().to(market.grid_co) == []


class TestATellerThatFails:
    @pytest.fixture
    def broken(self, market):
        def tell(session, fact):
            raise KeyError("effect")

        return {**tellers_by_type(market.context.tellers), ListingSuspended.type: (tell,)}

    def test_keeps_nobody_from_hearing_of_the_rest(self, market, messages, broken):
        market.suspended()
        market.resumed()

        messages.follow(tellers=broken)

        assert messages.types_to(market.grid_co) == ["listing.resumed"]
        (untold,) = self.untold(market)
        assert "KeyError" in untold.failure

    def test_is_tried_again_after_a_rest(self, market, messages, broken):
        market.suspended()
        messages.follow(tellers=broken)

        messages.follow()
        early = messages.to(market.grid_co)
        messages.follow(now=market.now + REST)

        assert (early, messages.types_to(market.grid_co)) == ([], ["listing.suspended"])
        assert self.untold(market) == []

    def test_that_still_fails_rests_again(self, market, messages, broken):
        market.suspended()
        messages.follow(tellers=broken)
        with market.context.database.writing() as session:
            messages.batch(session, tellers=broken, now=market.now + REST)

        (untold,) = self.untold(market)
        assert untold.failed_at == market.now + REST
        with market.context.database.reading() as session:
            assert not is_behind(session, now=market.now + REST)
            assert is_behind(session, now=market.now + 2 * REST)

    def test_in_the_database_spoils_no_other_message(self, market, messages):
        def tell(session, fact):
            session.connection().exec_driver_sql("SELECT * FROM no_such_table")
            yield None

        tellers = {**tellers_by_type(market.context.tellers), ListingSuspended.type: (tell,)}
        market.suspended()
        market.resumed()

        messages.follow(tellers=tellers)

        assert messages.types_to(market.grid_co) == ["listing.resumed"]
        assert len(self.untold(market)) == 1

    @staticmethod
    def untold(market):
        with market.context.database.reading() as session:
            return list(session.scalars(select(UntoldEvent)))


def test_who_is_told_twice_of_one_event_has_one_message(market, messages):
    def tell(session, fact):
        for words in ("first", "second"):
            yield Telling(Topic.LISTINGS, (market.grid_co.organisation_id,), words)

    market.suspended()
    messages.follow(tellers={ListingSuspended.type: (tell,)})

    assert [message.text_en for message in messages.to(market.grid_co)] == ["first"]


def test_the_backlog_is_counted(market, messages):
    before = market.read(count_waiting)
    market.suspended()
    messages.number()
    waiting = market.read(count_waiting)
    messages.follow()

    assert (before, waiting > 0, market.read(count_waiting)) == (0, True, 0)
