"""Commands that only somebody on the server may give."""

import pytest
from click.testing import CliRunner

from exchange.participants.keys import queries
from exchange.participants.keys.cli import authority
from exchange.participants.keys.jobs import REFRESH_LISTS


@pytest.fixture
def run(market):
    def invoke(*arguments):
        result = CliRunner().invoke(authority, arguments, obj=lambda: market.context)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return invoke


def test_rotation_makes_the_next_key_and_keeps_the_one_before(market, run):
    (first,) = market.read(queries.find_authorities)

    kid = run("rotate").strip()

    assert [row.kid for row in market.read(queries.find_authorities)] == [first.kid, kid]
    assert [line.split()[:2] for line in run("show").splitlines()] == [["1", first.kid], ["2", kid]]


def test_a_rotation_that_was_cut_off_before_the_log_is_finished_by_the_next(market, run):
    market.context.authority.add_key(2)

    run("rotate")

    assert len(market.read(queries.find_authorities)) == 2


def test_lists_are_published_on_demand(market, run):
    assert run("list").strip() == "2"


def test_the_job_publishes_lists_that_are_a_day_old(market):
    """The market's lists are of its hour; the job reads the real clock and leaves fresh ones alone."""
    before = market.read(queries.describe_authorities)[0]

    REFRESH_LISTS.run(market.context)
    once = market.read(queries.describe_authorities)[0]
    REFRESH_LISTS.run(market.context)

    after = market.read(queries.describe_authorities)[0]
    assert once["revocation_list_number"] - before["revocation_list_number"] in {0, 1}
    assert after == once
