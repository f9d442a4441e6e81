"""`wdx catalogue reindex` dies without warning after each of its transactions: the index goes on answering."""

import multiprocessing
import signal

import pytest
from sqlalchemy import func, select

from exchange.catalogue.search import Wish, rebuilding, search_listings
from exchange.catalogue.search.models import SearchEntry, SearchPosting
from exchange.catalogue.search.places import BLOCK
from exchange.catalogue.search.rebuilding import reindex
from tests.races.searchers import ROWS_AT_ONCE, reindex_until

LISTINGS = ("zinc", "nickel zinc", "lead")


@pytest.fixture
def answers(market):
    def ask():
        return [
            (found.total, [item.id for item in found.items], found.facets)
            for text in ("", "zinc", "load")
            for found in [
                market.read(
                    search_listings, actor=market.forecast_lab.actor, wish=Wish(text), now=market.now
                )
            ]
        ]

    return ask


def steps_of(market, monkeypatch):
    """How many transactions a rebuild takes."""
    with monkeypatch.context() as patch:
        patch.setattr(rebuilding, "_MOVED_AT_ONCE", 1)
        patch.setattr(rebuilding, "_ROWS_AT_ONCE", ROWS_AT_ONCE)
        write, done = market.context.database.write, []
        patch.setattr(market.context.database, "write", lambda work: done.append(1) or write(work))
        reindex(market.context.database, at=market.now)
    return len(done)


def test_a_kill_after_any_step_leaves_the_index_whole_and_the_next_run_tidies_up(
    market, settings, answers, monkeypatch
):
    for title in LISTINGS:
        market.listed(title_en=title)
    expected, spawn = answers(), multiprocessing.get_context("spawn")
    steps = steps_of(market, monkeypatch)
    assert steps > 6

    for last in range(1, steps + 1):
        process = spawn.Process(target=reindex_until, args=(settings.database_url, market.now, last))
        process.start()
        process.join(60)
        assert (process.exitcode, last) == (-signal.SIGKILL, last)
        assert answers() == expected, last

    assert reindex(market.context.database, at=market.now) == len(LISTINGS) + 1
    assert answers() == expected
    with market.context.database.reading() as session:
        first = session.scalar(select(func.min(SearchEntry.number))) // BLOCK
        blocks = set(session.scalars(select(SearchPosting.block)))
    assert blocks == {first}
