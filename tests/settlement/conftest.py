"""Fixtures of settlement's tests: deals to bill."""

import pytest

from tests.settlement.deals import Deals


@pytest.fixture
def deals(database, context):
    """Executed agreements and deliveries under them."""
    return Deals(database, context.signing_key)
