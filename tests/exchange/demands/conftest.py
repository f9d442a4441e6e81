import pytest

from tests.factories.demands import Demands


@pytest.fixture
def demands(market):
    return Demands(market)
