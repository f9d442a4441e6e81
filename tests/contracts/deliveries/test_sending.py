"""What is being sent is cut when data may not flow any more, and that is on record."""

import socket
from datetime import timedelta

import pytest

from contracts.deliveries import queries
from contracts.deliveries.sending import CUTTABLE_BYTES, Parcel, Sending, Watch, pieces_of
from contracts.deliveries.standing import Cause
from exchange.core.database import Database
from exchange.core.entries import decode_record
from exchange.core.events import find_events
from tests.factories.deliveries import page
from tests.factories.evidence import Evidence

SIZE = 1_000


@pytest.fixture
def agreement(market):
    return market.agreements.executed()


@pytest.fixture
def parcel(market, agreement):
    """A recorded delivery under way."""
    prepared = market.deliveries.prepared(agreement.id, page(10))
    record = market.deliveries.record(agreement.id, prepared)
    return Parcel.of(record, prepared.revision_id)


def told(market, agreement):
    events = market.read(find_events, [agreement.id], ["delivery.cut"])
    return [decode_record(event.record) for event in events]


def endless(sending, *, until):
    """Pull until it is cut; the body has no end of its own."""
    for number, _ in enumerate(sending):
        until(number)


class TestCut:
    """A body without an end is pulled until the watch, which looks all the time, cuts it."""

    @pytest.fixture
    def send(self, market, parcel):
        def send(*, before_second=lambda: None, at=None, connection=None):
            watch = Watch(market.context.database, now=lambda: at or market.now, look_s=0.01)
            sending = Sending(parcel, iter(lambda: b"x", None), watch, connection)
            endless(sending, until=lambda number: before_second() if number == 1 else None)
            sending.close()
            return sending

        return send

    def test_comes_with_an_order(self, market, agreement, send):
        sending = send(before_second=lambda: market.lives.suspend(agreement.id))

        assert sending.cause is Cause.HELD

    def test_comes_with_a_stop_of_the_listing(self, market, send):
        assert send(before_second=lambda: market.suspended("stop_deliveries")).cause is Cause.HELD

    def test_comes_with_the_end_by_the_clock(self, agreement, send):
        assert send(at=agreement.valid_until).cause is Cause.ENDED

    def test_comes_with_the_revocation_of_the_revision(self, market, send):
        assert send(before_second=market.revisions.revoke).cause is Cause.REVOKED

    def test_shuts_the_connection_so_that_a_waiting_sender_wakes(self, agreement, send):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            send(at=agreement.valid_until, connection=ours)

            assert theirs.recv(1) == b""


class TestRecord:
    def test_of_a_cut_says_how_much_was_sent(self, market, agreement, parcel):
        watch = Watch(market.context.database, now=lambda: market.now)
        sending = Sending(parcel, [b"x" * 10, b"x" * 5, b"x"], watch, None)
        pulled = iter(sending)
        next(pulled)
        next(pulled)
        sending.cut(Cause.HELD)
        assert list(pulled) == []
        sending.close()
        sending.close()

        (cut,) = told(market, agreement)
        assert (cut["cause"], cut["sent_bytes"], cut["size_bytes"]) == ("held", 15, parcel.size_bytes)
        assert Evidence(market).findings() == ""

    def test_is_not_made_of_what_was_sent_whole(self, market, agreement, parcel):
        watch = Watch(market.context.database, now=lambda: market.now)
        sending = Sending(parcel, [b"x" * parcel.size_bytes], watch, None)
        list(sending)
        sending.cut(Cause.HELD)
        sending.close()

        assert told(market, agreement) == []

    def test_is_not_made_when_the_caller_hangs_up(self, market, agreement, parcel):
        sending = Sending(parcel, [b"x", b"x"], Watch(market.context.database), None)
        next(iter(sending))
        sending.close()

        assert told(market, agreement) == []

    def test_of_another_delivery_is_a_finding(self, market, agreement, parcel):
        watch = Watch(market.context.database, now=lambda: market.now)
        sending = Sending(parcel, [b"x", b"x"], watch, None)
        next(iter(sending))
        sending.cut(Cause.HELD)
        sending.close()
        evidence = Evidence(market)
        evidence.one("delivery.cut").payload["delivery_id"] = "dlv_other"

        assert "cut off that is not recorded so" in evidence.findings()


class TestBlindWatch:
    def test_cuts_when_it_cannot_ask_for_too_long(self, market, parcel, tmp_path):
        lost = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        watch = Watch(lost, now=lambda: market.now, look_s=0.01, blind_s=0)
        sending = Sending(parcel, iter(lambda: b"x", None), watch, None)
        for _ in sending:
            pass
        sending.close()
        lost.dispose()

        assert sending.cause is Cause.UNKNOWN


def test_pieces_make_the_body_again():
    body = bytes(range(256)) * (CUTTABLE_BYTES // 100)

    assert b"".join(pieces_of(body)) == body
    assert max(map(len, pieces_of(body))) == CUTTABLE_BYTES


def test_two_ends_of_a_term_are_told_apart(market, agreement):
    """At the very instant of the end nothing flows any more, one millisecond before everything does."""
    ends_at = agreement.valid_until

    def stops(at):
        return market.read(queries.find_stops, [agreement.id], at=at)

    assert stops(ends_at) == {agreement.id: Cause.ENDED}
    assert stops(ends_at - timedelta(milliseconds=1)) == {}
