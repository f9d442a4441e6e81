"""The steps of a run, each repeated by a node that comes too late."""

import pytest

from exchange.core.clock import parse_period
from settlement import metering
from settlement.runs import queries, run_settlement, service
from settlement.runs.models import ItemState, RunKind
from tests.settlement.deals import DECEMBER, NOVEMBER, REVENUE_SHARE

PERIOD = parse_period("2026-11")


@pytest.fixture
def opened(database, deals):
    """A regular run that has one agreement to bill."""
    deals.deliver(deals.executed(), 1000)
    return database.write(
        lambda session: service.open_run(session, period=PERIOD, kind=RunKind.REGULAR, now=DECEMBER)
    )


@pytest.fixture
def agreement_id(database, opened):
    with database.reading() as session:
        [found] = queries.find_items(session, opened.id, ItemState.PENDING)
    return found


@pytest.fixture
def settle(database, opened, agreement_id):
    def call(state=ItemState.PENDING):
        with database.writing() as session:
            measured = metering.measure(session, period="2026-11", epoch=opened.epoch)
            used = metering.billable(session, measured, agreement_id)
            service.settle_item(
                session, run=opened, agreement_id=agreement_id, state=state, used=used, now=DECEMBER
            )
        with database.reading() as session:
            return queries.find_items(session, opened.id, ItemState.DONE)

    return call


def test_another_run_waits_for_the_open_one(database, opened):
    with pytest.raises(service.OpenedElsewhere), database.writing() as session:
        service.open_run(session, period=PERIOD, kind=RunKind.REGULAR, now=DECEMBER)


def test_opener_who_was_overtaken_at_the_lock_undoes_what_it_began(database, deals, monkeypatch):
    deals.deliver(deals.executed(), 1000)
    answers = iter([True, False])
    monkeypatch.setattr(queries, "is_due", lambda *_, **__: next(answers))

    with pytest.raises(service.OpenedElsewhere), database.writing() as session:
        service.open_run(session, period=PERIOD, kind=RunKind.INTERIM, now=NOVEMBER)
    monkeypatch.undo()
    with database.reading() as session:
        assert queries.find_runs(session) == []
        assert metering.last_usage_epochs(session, period="2026-11", epoch=1) != {}


@pytest.mark.only_on("postgresql", reason="SQLite has one writer: nobody opens a run in between")
@pytest.mark.parametrize("kind", list(RunKind))
def test_run_that_another_node_opens_in_between_is_not_taken_for_none(database, deals, monkeypatch, kind):
    agreement_id = deals.executed(REVENUE_SHARE)
    now = NOVEMBER if kind is RunKind.INTERIM else DECEMBER
    if kind is RunKind.LATE:
        run_settlement(database, period=PERIOD.key, interim=False, now=now)
    deals.declare(agreement_id, 1000, at=now)
    is_due = queries.is_due

    def overtaken(session, **asked):
        monkeypatch.undo()
        database.write(lambda other: service.open_run(other, period=PERIOD, kind=kind, now=now))
        return is_due(session, **asked)

    monkeypatch.setattr(queries, "is_due", overtaken)

    with pytest.raises(service.OpenedElsewhere), database.writing() as session:
        service.open_run(session, period=PERIOD, kind=kind, now=now)


def test_agreement_that_another_node_parked_is_left_alone(database, opened, agreement_id, settle):
    with database.writing() as session:
        service.park_item(session, run=opened, agreement_id=agreement_id, reason="why", now=DECEMBER)

    assert settle(ItemState.PENDING) == []
    assert settle(ItemState.PARKED) == [agreement_id]


def test_agreement_that_another_node_billed_is_not_parked(database, opened, agreement_id, settle):
    settle()
    with database.writing() as session:
        service.park_item(session, run=opened, agreement_id=agreement_id, reason="why", now=DECEMBER)

    assert settle() == [agreement_id]


def test_run_does_not_end_while_an_agreement_waits(database, opened, settle):
    def finish():
        database.write(lambda session: service.finish_run(session, run=opened, now=DECEMBER))
        with database.reading() as session:
            return queries.find_runs(session)[0].state

    assert finish() == "open"
    settle()
    assert finish() == "done"
