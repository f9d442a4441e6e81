"""Record, meter and day totals always say the same, and the receipt proves it to the buyer."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from contracts.deliveries import delivered_totals, queries, service, usage_totals
from contracts.deliveries.models import UsageDay
from exchange.client import ReceiptBook
from exchange.core import canonical
from exchange.core.entries import decode_record
from exchange.core.events import find_events
from exchange.trust import PrivateKey, SignatureInvalid, jws
from exchange.trust.purposes import RECEIPT
from tests.factories.deliveries import page

LAST_OF_NOVEMBER = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)


@pytest.fixture
def deliveries(market):
    return market.deliveries


@pytest.fixture
def agreement(market):
    return market.agreements.executed(days=60)


def receipt_of(market, record):
    key = market.context.signing_key.public
    _, payload = jws.verify_compact(record.receipt, key=key, typ=RECEIPT, role="exchange")
    return canonical.from_bytes(payload)


def totals(market, period="2026-11", epoch=99):
    return [market.read(query, period=period, epoch=epoch) for query in (usage_totals, delivered_totals)]


class TestRecord:
    def test_says_what_was_handed_out(self, market, deliveries, agreement):
        prepared = deliveries.prepared(agreement.id, page(10))
        record = deliveries.record(agreement.id, prepared, request_id="r-1")

        assert (record.rows, record.size_bytes, record.content_sha256) == (
            10,
            len(prepared.body),
            prepared.sha256,
        )
        assert (record.request_id, record.period, record.recorded_at) == ("r-1", "2026-11", market.now)

    def test_is_told_by_one_event_with_the_content_of_the_receipt(self, market, deliveries, agreement):
        record = deliveries.deliver(agreement.id)

        (event,) = market.read(find_events, [agreement.id], ["delivery.recorded"])
        assert decode_record(event.record) == receipt_of(market, record)

    def test_numbers_are_contiguous_and_totals_run_on(self, market, deliveries, agreement):
        receipts = [receipt_of(market, deliveries.deliver(agreement.id, rows)) for rows in (10, 1, 5)]

        assert [item["number"] for item in receipts] == [1, 2, 3]
        assert [item["delivered_rows"] for item in receipts] == [10, 11, 16]


class TestReceipt:
    def test_is_signed_by_the_exchange_over_the_bytes_that_arrived(self, market, deliveries, agreement):
        prepared = deliveries.prepared(agreement.id, page(10))
        record = deliveries.record(agreement.id, prepared)

        book = ReceiptBook(market.context.signing_key.public)
        assert book.take(record.receipt, prepared.body).rows == 10

    def test_is_worth_nothing_under_another_key(self, market, deliveries, agreement):
        record = deliveries.deliver(agreement.id)

        with pytest.raises(SignatureInvalid):
            ReceiptBook(PrivateKey.generate().public).take(record.receipt, b"")


class TestTotals:
    def test_of_the_days_are_those_of_the_records(self, market, deliveries, agreement):
        for rows, hours in ((10, 0), (20, 1), (30, 24)):
            deliveries.deliver(agreement.id, rows, now=market.now + timedelta(hours=hours))

        kept, counted = totals(market)
        assert kept == counted
        assert [(item.rows, item.calls) for item in kept] == [(60, 3)]

    def test_change_the_month_at_midnight_in_shanghai(self, market, deliveries, agreement):
        deliveries.deliver(agreement.id, 10, now=LAST_OF_NOVEMBER)
        deliveries.deliver(agreement.id, 20, now=LAST_OF_NOVEMBER + timedelta(seconds=1))

        assert [totals(market, period)[0][0].rows for period in ("2026-11", "2026-12")] == [10, 20]
        assert [day for day, *_ in market.read(queries.find_usage_days, agreement.id)] == [
            "2026-11-30",
            "2026-12-01",
        ]

    def test_up_to_an_epoch_leave_later_ones_out(self, market, deliveries, agreement):
        deliveries.deliver(agreement.id, 10)
        closed = deliveries.close_epoch()
        deliveries.deliver(agreement.id, 20)

        kept, counted = totals(market, epoch=closed)
        assert kept == counted
        assert [item.rows for item in kept] == [10]

    def test_of_a_month_without_use_are_none(self, market, agreement):
        assert totals(market, "2026-10") == [[], []]


class TestEpoch:
    def test_closing_opens_the_next(self, market, deliveries, agreement):
        first = deliveries.deliver(agreement.id)
        closed = deliveries.close_epoch()
        second = deliveries.deliver(agreement.id)

        assert (first.epoch, closed, second.epoch) == (1, 1, 2)
        assert market.read(queries.open_epoch) == 2

    def test_no_record_joins_a_closed_epoch_when_a_clock_jumps_back(self, market, deliveries, agreement):
        """Another node's clock may be behind; the record is then dated to the opening of its epoch."""
        closed_at = market.now + timedelta(days=6, hours=12)
        deliveries.close_epoch(now=closed_at)

        record = deliveries.deliver(agreement.id, now=closed_at - timedelta(hours=1))

        assert (record.epoch, record.recorded_at) == (2, closed_at)
        assert receipt_of(market, record)["period"] == record.period == "2026-12"

    def test_closing_with_a_clock_behind_does_not_reopen_the_past(self, market, deliveries, agreement):
        later = market.now + timedelta(days=1)
        deliveries.close_epoch(now=later)
        deliveries.close_epoch(now=market.now)

        assert deliveries.deliver(agreement.id, now=market.now).recorded_at == later

    def test_a_closed_epoch_keeps_its_totals(self, market, deliveries, agreement):
        deliveries.deliver(agreement.id, 10)
        closed = deliveries.close_epoch()
        before = totals(market, epoch=closed)
        deliveries.deliver(agreement.id, 20, now=market.now - timedelta(0))

        assert totals(market, epoch=closed) == before


class TestCrash:
    @pytest.fixture
    def crash(self, market, deliveries):
        """Record a delivery in a transaction that never commits."""

        def record_and_die(agreement, rows=10):
            prepared = deliveries.prepared(agreement.id, page(rows))
            with pytest.raises(ZeroDivisionError), market.context.database.writing() as session:
                service.record_delivery(
                    session,
                    actor=market.forecast_lab.actor,
                    agreement_id=agreement.id,
                    request_id="r-1",
                    prepared=prepared,
                    exchange_key=market.context.signing_key,
                    now=market.now,
                )
                session.flush()
                raise ZeroDivisionError

        return record_and_die

    def test_between_record_and_commit_leaves_nothing(self, market, deliveries, agreement, crash):
        crash(agreement)

        meter = deliveries.meter(agreement.id)
        assert (deliveries.records(agreement.id), meter.delivered_rows, meter.deliveries) == ([], 0, 0)
        assert market.read(lambda session: session.scalars(select(UsageDay)).all()) == []
        assert market.read(find_events, [agreement.id], ["delivery.recorded"]) == []

    def test_leaves_the_request_to_be_sent_again(self, deliveries, agreement, crash):
        crash(agreement)

        assert deliveries.deliver(agreement.id, request_id="r-1").number == 1

    def test_of_the_closer_leaves_the_epoch_open(self, market, deliveries, agreement):
        with pytest.raises(ZeroDivisionError), market.context.database.writing() as session:
            service.close_epoch(session, now=market.now)
            raise ZeroDivisionError

        assert deliveries.deliver(agreement.id).epoch == 1
        assert market.read(find_events, ["exchange"], ["meter.epoch_closed"]) == []
