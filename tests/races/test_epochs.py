from contracts.deliveries import delivered_totals, usage_totals
from tests.factories.deliveries import page

RECORDERS, RECORDS = 6, 12


def totals_up_to(market, epoch):
    return [market.read(query, period="2026-11", epoch=epoch) for query in (usage_totals, delivered_totals)]


def test_no_closed_epoch_gains_a_record_while_many_are_recording(market, at_once):
    """Settlement bills a closed epoch; a record that slips in afterwards would never be billed."""
    deals = [market.agreements.executed() for _ in range(3)]
    prepared = [market.deliveries.prepared(deal.id, page(3)) for deal in deals]
    seen = {}

    def record(at):
        for _ in range(RECORDS):
            market.deliveries.record(deals[at % 3].id, prepared[at % 3])

    def close():
        for _ in range(8):
            epoch = market.deliveries.close_epoch()
            seen[epoch] = totals_up_to(market, epoch)

    outcomes = at_once(*(lambda at=at: record(at) for at in range(RECORDERS)), close)

    assert outcomes == [None] * (RECORDERS + 1)
    assert {epoch: totals_up_to(market, epoch) for epoch in seen} == seen


def test_every_record_is_in_exactly_one_epoch_in_the_end(market, at_once):
    deal = market.agreements.executed()
    prepared = market.deliveries.prepared(deal.id, page(3))

    at_once(
        *[lambda: market.deliveries.record(deal.id, prepared)] * 12,
        *[market.deliveries.close_epoch] * 4,
    )

    last = market.deliveries.close_epoch()
    (kept,), (counted,) = totals_up_to(market, last)
    assert kept == counted
    assert (kept.rows, kept.calls) == (36, 12)


def test_epochs_closed_at_once_have_numbers_of_their_own(market, at_once):
    assert sorted(at_once(*[market.deliveries.close_epoch] * 6)) == [1, 2, 3, 4, 5, 6]
