"""What a process remembers is right under its stamp, and bounded."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from exchange.catalogue.review.decision import decide_version
from exchange.catalogue.search import Wish, memory, search_listings
from tests.factories.catalogue import TICKED
from tests.factories.market import NOTICE_DAYS

CERTIFIED = {"audience": "certified", "allow": [], "deny": []}


def test_searches_side_by_side_do_not_disturb_each_other(market, listed, search, monkeypatch):
    """With room for one word every search empties what the others have just read."""
    monkeypatch.setattr(memory, "_MOST_WORDS", 1)
    monkeypatch.setattr(memory, "_MOST_VALUES", 1)
    listed(title_en="zinc", sector="bulk_materials")
    questions = ["zinc", "zinc load", "curve", "copper", ""]

    def total(question):
        return search(question).total

    one_by_one = [total(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(total, questions * 10)) == one_by_one * 10
    assert (one_by_one[0], one_by_one[3], one_by_one[4]) == (1, 0, 2)


def test_words_are_read_once_under_one_stamp(market, search, monkeypatch):
    search("load")
    monkeypatch.setattr(memory, "_read_words", lambda *_: 1 / 0)

    assert search("load").total == 1


def test_after_a_change_only_what_is_new_is_read(market, search, listed, monkeypatch):
    """And yet every facet, order and filter is as if everything had been read."""
    listed(title_en="zinc", sector="bulk_materials", valid_to="2030-01-31")
    search()
    monkeypatch.setattr(memory, "_read_all", lambda *_: 1 / 0)
    listed(title_en="copper", sector="bulk_materials", visibility=CERTIFIED)
    market.suspended()
    seen = (look(search()), look(search(filters={"sector": ["bulk_materials"]}, sort="newest")))

    monkeypatch.undo()
    memory._memories.clear()
    assert (look(search()), look(search(filters={"sector": ["bulk_materials"]}, sort="newest"))) == seen
    assert seen[0][0] == 2


def test_an_undone_change_leaves_no_trace_in_the_memory(market, search, listed):
    """The numbers that it gave out are given to other listings afterwards."""
    search()
    version = market.approved(market.drafted(title_en="zinc", sector="bulk_materials"))

    with pytest.raises(ZeroDivisionError), market.context.database.writing() as session:
        decide_version(
            session,
            actor=market.operator.actor,
            listing_id=version.listing_id,
            number=version.number,
            decision="listed",
            reason="checked against the list",
            missing=[],
            checklist=TICKED,
            notice_days=NOTICE_DAYS,
            now=market.now,
        )
        ask = {"actor": market.forecast_lab.actor, "wish": Wish("zinc"), "now": market.now}
        assert search_listings(session, **ask).total == 1
        raise ZeroDivisionError

    assert search("zinc").total == 0
    listed(title_en="copper", sector="energy")
    assert look(search(filters={"sector": ["energy"]}))[0] == 1
    assert search(filters={"sector": ["bulk_materials"]}).total == 0


def test_a_change_is_seen_at_once(search, listed):
    assert search("zinc").total == 0

    listed(title_en="zinc")

    assert search("zinc").total == 1


def look(found):
    return found.total, [item.id for item in found.items], found.facets
