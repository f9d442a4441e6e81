"""The index is made anew while it answers: no search sees anything but the right listings in the right order."""

import pytest
from sqlalchemy import func, select

from exchange.catalogue.search import rebuilding
from exchange.catalogue.search.models import SearchEntry, SearchIndex, SearchPosting
from exchange.catalogue.search.places import BLOCK
from exchange.catalogue.search.rebuilding import fill_gaps, reindex


@pytest.fixture
def one_by_one(monkeypatch):
    """Every transaction of a rebuild moves one listing, or writes some rows."""
    monkeypatch.setattr(rebuilding, "_LISTINGS_AT_ONCE", 1)
    monkeypatch.setattr(rebuilding, "_MOVED_AT_ONCE", 1)
    monkeypatch.setattr(rebuilding, "_ROWS_AT_ONCE", 20)


@pytest.fixture
def between(market, monkeypatch, one_by_one):
    """Does something after every transaction of a rebuild."""

    def do(work):
        write = market.context.database.write

        def write_and_look(step):
            result = write(step)
            work()
            return result

        monkeypatch.setattr(market.context.database, "write", write_and_look)

    return do


def test_every_step_leaves_searches_and_their_order_as_they_are(market, listed, search, between):
    for number in range(4):
        listed(title_en=f"zinc {number}")
    market.decided(market.edited(title_en="Load, edited"))
    questions = ("", "zinc", "load", "zinc load")
    seen, expected = [], [look(search(text)) for text in questions]
    between(lambda: seen.append([look(search(text)) for text in questions]))

    assert reindex(market.context.database, at=market.now) == 5
    assert len(seen) > 10
    assert all(answer == expected for answer in seen)


def test_nothing_of_the_old_numbers_is_left(market, listed, search):
    listed(title_en="zinc")
    market.decided(market.edited(title_en="Load, edited"))
    reindex(market.context.database, at=market.now)

    with market.context.database.reading() as session:
        lowest = session.scalar(select(func.min(SearchEntry.number)))
        words = session.scalar(select(func.count()).where(SearchPosting.token == "curve"))
        assert (session.scalar(select(func.min(SearchPosting.block))), words) == (lowest // BLOCK, 0)
    assert search("zinc").total == 1


def test_a_listing_that_is_decided_meanwhile_is_found_once_and_the_newest(
    market, listed, titles, between, monkeypatch
):
    done = []

    def list_once():
        if not done:
            done.append(1)
            listed(title_en="zinc")
            market.decided(market.edited(title_en="Load, edited"))

    between(list_once)
    reindex(market.context.database, at=market.now)

    assert titles() == ["Load, edited", "zinc"]


@pytest.mark.parametrize("end", ["suspended", "delisted"])
def test_a_listing_that_is_stopped_meanwhile_stays_away(market, listed, titles, between, end):
    listed(title_en="zinc")
    done = []

    def stop_once():
        if not done:
            done.append(1)
            getattr(market, end)()

    between(stop_once)
    reindex(market.context.database, at=market.now)

    assert titles() == ["zinc"]


def test_a_suspended_listing_keeps_its_place_for_its_return(market, listed, titles):
    listed(title_en="zinc")
    market.suspended()

    assert reindex(market.context.database, at=market.now) == 2
    assert titles() == ["zinc"]

    market.resumed()
    assert titles() == ["zinc", "Load curve"]


def test_gaps_are_filled_and_a_whole_index_is_left_alone(market, titles):
    with market.context.database.writing() as session:
        session.query(SearchPosting).delete()
        session.query(SearchEntry).delete()
        session.query(SearchIndex).update({"stamp": "another"})
    assert titles("load") == []

    fill_gaps(market.context.database, at=market.now)
    assert titles("load") == ["Load curve"]

    before = market.read(lambda session: session.scalar(select(SearchIndex.last_number)))
    fill_gaps(market.context.database, at=market.now)
    assert market.read(lambda session: session.scalar(select(SearchIndex.last_number))) == before


def look(found):
    return found.total, [item.id for item in found.items], found.facets
