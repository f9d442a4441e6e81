"""Describing one product anew at the same moment: every description has a number of its own."""

from tests.factories import hosted as product

WRITERS = 8


def test_descriptions_written_at_once_are_numbered_one_by_one(market, at_once):
    hosted_id = product.described(market).hosted_id

    def describe(at):
        return product.described_anew(market, hosted_id, timeout_ms=1_000 + at).version

    outcomes = at_once(*(lambda at=at: describe(at) for at in range(WRITERS)))

    assert sorted(outcomes) == list(range(2, WRITERS + 2))
