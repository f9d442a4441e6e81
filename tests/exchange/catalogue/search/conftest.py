import pytest

from exchange.catalogue.search import Wish, search_listings


@pytest.fixture
def listed(market):
    """Puts a listing on offer; what is not given is the market's load curve."""

    def put(**offer) -> str:
        return market.listed(**offer).listing_id

    return put


@pytest.fixture
def search(market):
    """Searches as the market's buyer, or as somebody else."""

    def ask(text="", *, by=None, now=None, **wish):
        actor = (by or market.forecast_lab).actor
        return market.read(search_listings, actor=actor, wish=Wish(text, **wish), now=now or market.now)

    return ask


@pytest.fixture
def titles(search):
    """The English titles that a search finds, in its order."""

    def ask(text="", **wish):
        return [item.card["title_en"] for item in search(text, **wish).items]

    return ask
