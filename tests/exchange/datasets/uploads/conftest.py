import pytest

from tests.factories.uploads import Uploads


@pytest.fixture
def uploads(market):
    return Uploads(market)
