import pytest

from exchange.registry.jobs import issue_certificates, issuer_of
from exchange.registry.queries import find_certificates


@pytest.fixture
def issuer(market):
    return issuer_of(market.context.settings, market.context.signing_key)


@pytest.fixture
def issue(market, monkeypatch):
    """Run the job at the market's hour; gives the certificates of a listing, newest first."""

    def call(listing_id=None):
        monkeypatch.setattr("exchange.core.clock.now", lambda: market.now)
        issue_certificates(market.context)
        return market.read(find_certificates, listing_id or market.listing_id, now=market.now)

    return call
