"""The gate lets through what the agreement permits, and nothing else."""

from datetime import timedelta

import pytest

from contracts.deliveries.service import AgreementNotInForce, QuotaExhausted, RequestIdReused
from exchange.core.errors import Conflict, Invalid, NotFound, NotPermitted
from exchange.datasets.errors import TimeRangeInvalid, UnknownColumn
from tests.factories.deliveries import page

DAYS = timedelta(days=30)
INSTANT = timedelta(milliseconds=1)


@pytest.fixture
def deliveries(market):
    return market.deliveries


@pytest.fixture
def agreement(market):
    return market.agreements.executed(max_rows=30)


def used(market, agreement):
    meter = market.deliveries.meter(agreement.id)
    return meter.delivered_rows, meter.deliveries


class TestInForce:
    def test_nothing_is_delivered_before_anybody_signed(self, market, deliveries):
        agreement = market.agreements.frozen()

        with pytest.raises(AgreementNotInForce, match="not signed by both"):
            deliveries.deliver(agreement.id)

    @pytest.mark.parametrize("who", ["grid_co", "forecast_lab"])
    def test_nothing_is_delivered_while_one_signature_is_missing(self, market, deliveries, who):
        agreement = market.agreements.frozen()
        market.agreements.sign(agreement, by=getattr(market, who))

        with pytest.raises(AgreementNotInForce):
            deliveries.deliver(agreement.id)
        assert deliveries.records(agreement.id) == []

    @pytest.mark.parametrize("after", [-INSTANT, DAYS, DAYS + INSTANT])
    def test_nothing_is_delivered_outside_its_time(self, market, deliveries, agreement, after):
        with pytest.raises(AgreementNotInForce, match="in force from"):
            deliveries.deliver(agreement.id, now=market.now + after)

        assert used(market, agreement) == (0, 0)

    @pytest.mark.parametrize("after", [timedelta(0), DAYS - INSTANT])
    def test_its_first_and_last_instant_are_within_it(self, market, deliveries, agreement, after):
        assert deliveries.deliver(agreement.id, now=market.now + after).number == 1


class TestQuota:
    def test_the_last_row_can_be_taken_exactly(self, market, deliveries, agreement):
        deliveries.deliver(agreement.id, 29)
        deliveries.deliver(agreement.id, 1)

        assert used(market, agreement) == (30, 2)

    def test_one_row_more_is_refused_and_says_what_is_left(self, market, deliveries, agreement):
        deliveries.deliver(agreement.id, 25)

        with pytest.raises(QuotaExhausted, match="6 rows are asked for and 5 of 30") as refusal:
            deliveries.deliver(agreement.id, 6)
        assert refusal.value.context == {"rows_left": 5, "rows_granted": 30}
        assert used(market, agreement) == (25, 1)

    def test_a_refusal_leaves_what_is_left_to_be_taken(self, market, deliveries, agreement):
        deliveries.deliver(agreement.id, 25)
        with pytest.raises(QuotaExhausted):
            deliveries.deliver(agreement.id, 6)

        assert deliveries.deliver(agreement.id, 5).number == 2

    def test_an_answer_without_rows_is_counted_and_spends_nothing(self, market, deliveries, agreement):
        empty = deliveries.prepared(agreement.id, page(time_from="2030-01-01"))
        deliveries.record(agreement.id, empty)

        assert used(market, agreement) == (0, 1)

    def test_without_a_limit_there_is_none(self, market, deliveries):
        agreement = market.agreements.executed(max_rows=None)
        for _ in range(3):
            deliveries.deliver(agreement.id, 96)

        assert used(market, agreement) == (288, 3)

    def test_of_one_agreement_is_not_spent_by_another(self, market, deliveries, agreement):
        other = market.agreements.executed(max_rows=30)
        deliveries.deliver(other.id, 30)

        assert used(market, agreement) == (0, 0)


class TestRepeatedRequest:
    def test_is_one_delivery_with_the_same_receipt(self, market, deliveries, agreement):
        first, second = (deliveries.deliver(agreement.id, 10, request_id="r-1") for _ in range(2))

        assert (first.id, first.receipt) == (second.id, second.receipt)
        assert used(market, agreement) == (10, 1)

    def test_is_answered_even_when_the_quota_is_spent(self, market, deliveries, agreement):
        deliveries.deliver(agreement.id, 30, request_id="r-1")

        assert deliveries.deliver(agreement.id, 30, request_id="r-1").number == 1

    def test_for_other_rows_is_refused(self, market, deliveries, agreement):
        deliveries.deliver(agreement.id, 10, request_id="r-1")

        with pytest.raises(RequestIdReused) as refusal:
            deliveries.deliver(agreement.id, 11, request_id="r-1")
        assert refusal.value.field == "Idempotency-Key"

    def test_in_another_form_is_refused(self, market, deliveries, agreement):
        deliveries.deliver(agreement.id, 10, request_id="r-1")
        as_csv = deliveries.prepared(agreement.id, page(10, form="csv"))

        with pytest.raises(RequestIdReused):
            deliveries.record(agreement.id, as_csv, request_id="r-1")

    def test_under_another_agreement_is_another_request(self, market, deliveries, agreement):
        other = market.agreements.executed()
        first, second = (deliveries.deliver(item.id, request_id="r-1") for item in (agreement, other))

        assert first.id != second.id

    def test_that_would_give_other_bytes_is_stopped(self, market, deliveries, agreement):
        """A stored file that changed must not go out under the old receipt."""
        prepared = deliveries.prepared(agreement.id, page(10))
        deliveries.record(agreement.id, prepared, request_id="r-1")
        changed = type(prepared)(**{**vars(prepared), "sha256": "0" * 64})

        with pytest.raises(Conflict, match="recorded bytes"):
            deliveries.record(agreement.id, changed, request_id="r-1")


class TestQuestion:
    @pytest.mark.parametrize("who", ["grid_co", "operator", "regulator"])
    def test_is_the_buyers_only(self, market, deliveries, agreement, who):
        with pytest.raises(NotPermitted, match="only the buyer"):
            deliveries.prepared(agreement.id, page(), by=getattr(market, who))

    def test_of_a_stranger_finds_no_agreement(self, market, deliveries, agreement):
        with pytest.raises(NotFound):
            deliveries.prepared(agreement.id, page(), by=market.rival)

    def test_without_columns_gets_the_granted_ones(self, market, deliveries):
        agreement = market.agreements.executed(columns=["load_kw"])

        assert deliveries.prepared(agreement.id, page()).question.columns == ("load_kw",)

    def test_for_a_column_the_terms_do_not_grant_is_refused(self, market, deliveries):
        agreement = market.agreements.executed(columns=["time", "load_kw"])

        with pytest.raises(NotPermitted, match="remark") as refusal:
            deliveries.prepared(agreement.id, page(columns=("time", "remark")))
        assert (refusal.value.field, refusal.value.remedy) == ("columns", "They grant time, load_kw.")

    def test_for_a_column_nobody_knows_is_refused(self, deliveries, agreement):
        with pytest.raises(NotPermitted, match="salary"):
            deliveries.prepared(agreement.id, page(columns=("salary",)))

    def test_for_a_column_twice_is_refused(self, deliveries, agreement):
        with pytest.raises(UnknownColumn, match="twice"):
            deliveries.prepared(agreement.id, page(columns=("time", "time")))

    def test_in_a_mode_the_terms_do_not_grant_is_refused(self, market, deliveries):
        market.decided(market.submitted(market.edited(delivery_modes=["query"])))
        agreement = market.agreements.executed()

        with pytest.raises(NotPermitted, match="query, not file"):
            deliveries.prepared(agreement.id, page(mode="file", form="csv", limit=None))

    @pytest.mark.parametrize("cursor", ["-1", "next", "1.5", "9" * 19, "", "１"])
    def test_with_a_bad_cursor_is_refused(self, deliveries, agreement, cursor):
        with pytest.raises(Invalid, match="no cursor") as refusal:
            deliveries.prepared(agreement.id, page(cursor=cursor))

        assert refusal.value.field == "cursor"

    @pytest.mark.parametrize("time", ["yesterday", "2026-13-01", "2026-06-01T00:00:00Z"])
    def test_with_a_bad_time_is_refused(self, deliveries, agreement, time):
        with pytest.raises(TimeRangeInvalid) as refusal:
            deliveries.prepared(agreement.id, page(time_from=time))

        assert refusal.value.field == "time_from"

    def test_for_a_range_gets_its_rows_and_not_its_end(self, deliveries, agreement):
        asked = page(time_from="2026-06-01T01:00:00", time_to="2026-06-01T02:00:00")

        assert deliveries.prepared(agreement.id, asked).rows == 4

    def test_for_pages_meets_every_row_once(self, deliveries, agreement):
        cursor, rows = None, 0
        while rows == 0 or cursor is not None:
            prepared = deliveries.prepared(agreement.id, page(25, cursor=cursor))
            cursor, rows = prepared.next_cursor, rows + prepared.rows

        assert rows == 96
