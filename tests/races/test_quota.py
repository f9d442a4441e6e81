from contracts.deliveries import delivered_totals, usage_totals
from contracts.deliveries.service import QuotaExhausted
from tests.factories.deliveries import page


def record_rows(market, agreement, rows, *, request_id=None):
    prepared = market.deliveries.prepared(agreement.id, page(rows))

    def work():
        return market.deliveries.record(agreement.id, prepared, request_id=request_id)

    return work


def kept(market, agreement):
    """Rows and calls by the records, by the meter, by the day totals, and by those counted anew."""
    records, meter = market.deliveries.records(agreement.id), market.deliveries.meter(agreement.id)
    totals = [
        market.read(query, period="2026-11", epoch=1)[0] for query in (usage_totals, delivered_totals)
    ]
    return {
        (sum(record.rows for record in records), len(records)),
        (meter.delivered_rows, meter.deliveries),
        *((total.rows, total.calls) for total in totals),
    }


def test_sixty_four_requests_for_the_last_rows_never_oversell(market, at_once):
    agreement = market.agreements.executed(max_rows=20)

    outcomes = at_once(*[record_rows(market, agreement, 1)] * 64)

    assert sum(isinstance(outcome, QuotaExhausted) for outcome in outcomes) == 44
    assert kept(market, agreement) == {(20, 20)}
    numbers = [record.number for record in market.deliveries.records(agreement.id)]
    assert numbers == list(range(1, 21))


def test_requests_that_do_not_all_fit_take_no_more_than_fits(market, at_once):
    agreement = market.agreements.executed(max_rows=20)

    outcomes = at_once(*[record_rows(market, agreement, 7)] * 16)

    assert sum(isinstance(outcome, QuotaExhausted) for outcome in outcomes) == 14
    assert kept(market, agreement) == {(14, 2)}


def test_one_request_sent_many_times_at_once_is_one_delivery(market, at_once):
    agreement = market.agreements.executed(max_rows=20)

    records = at_once(*[record_rows(market, agreement, 20, request_id="r-1")] * 16)

    assert len({record.receipt for record in records}) == 1
    assert kept(market, agreement) == {(20, 1)}


def test_deliveries_under_many_agreements_keep_their_own_count(market, at_once):
    deals = [market.agreements.executed(max_rows=5) for _ in range(4)]

    at_once(*(record_rows(market, deal, 1) for deal in deals for _ in range(8)))

    assert [market.deliveries.meter(deal.id).delivered_rows for deal in deals] == [5] * 4


def test_the_gate_holds_over_http_too(market, at_once):
    agreement = market.agreements.executed(max_rows=6)
    buyers = [market.api(market.forecast_lab) for _ in range(16)]

    path = f"/agreements/{agreement.id}/rows"
    answers = at_once(*(lambda api=api: api.get(path, limit=2) for api in buyers))

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 13
    assert kept(market, agreement) == {(6, 3)}
