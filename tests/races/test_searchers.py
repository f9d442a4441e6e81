"""Two nodes search one database, each with its own memory: what one decides the other says at once."""

import multiprocessing

import pytest

from tests.races.searchers import answer


@pytest.fixture
def other_node(market, settings):
    """Searches in another process."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    arguments = (settings.database_url, market.forecast_lab.actor, market.now, theirs)
    process = spawn.Process(target=answer, args=arguments)
    process.start()

    def ask(text=""):
        ours.send(text)
        assert ours.poll(60)
        return ours.recv()

    yield ask
    ours.send(None)
    process.join(60)


def test_a_listing_that_is_suspended_on_one_node_is_gone_on_the_other_at_once(market, other_node):
    zinc = market.listed(title_en="zinc", title_zh="锌").listing_id
    assert other_node() == (2, [zinc, market.listing_id], 1)

    market.suspended()
    assert other_node() == (1, [zinc], 1)
    assert other_node("curve")[0] == 0

    market.resumed()
    lead = market.listed(title_en="lead").listing_id
    assert other_node() == (3, [lead, zinc, market.listing_id], 1)
    assert other_node("lead") == (1, [lead], 1)
