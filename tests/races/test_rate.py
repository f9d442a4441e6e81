"""Many ask at once under a rate: no node lets one through that another one has counted."""

import pytest

from contracts.deliveries.rate import RateExceeded
from tests.factories.deliveries import page
from tests.factories.evidence import Evidence


@pytest.mark.parametrize("attempt", range(3))
def test_no_more_pass_than_the_terms_grant(market, at_once, attempt):
    agreement = market.agreements.executed(calls_per_minute=5)
    prepared = market.deliveries.prepared(agreement.id, page(1))

    outcomes = at_once(*[lambda: market.deliveries.record(agreement.id, prepared) for _ in range(12)])

    assert sum(isinstance(item, RateExceeded) for item in outcomes) == 7
    assert market.deliveries.meter(agreement.id).deliveries == 5
    assert Evidence(market).findings() == ""
