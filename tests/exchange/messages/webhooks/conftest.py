"""A receiver, an endpoint for it, and a clock that tests move."""

import pytest

from tests.factories.webhooks import Webhooks, receiving


@pytest.fixture
def receiver():
    with receiving() as running:
        yield running


@pytest.fixture
def clock(market, monkeypatch):
    """The instant at which everything happens; `clock(hours=1)` lets time pass."""
    from datetime import timedelta

    monkeypatch.setattr("exchange.core.clock.now", lambda: market.now)

    def pass_(**time):
        market.now += timedelta(**time)

    return pass_


@pytest.fixture
def webhooks(market, receiver, clock):
    return Webhooks(market, receiver.host)


@pytest.fixture
def made(webhooks, receiver):
    """An endpoint of the provider's at the receiver."""
    return webhooks.registered(receiver.url)
