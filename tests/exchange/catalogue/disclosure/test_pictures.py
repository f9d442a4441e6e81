"""Pictures in lists are drawn once, and none is shown that may not be shown any more."""

import pytest

from exchange.catalogue.disclosure import pictures
from tests.factories.browsers import Browser
from tests.factories.participants import PASSWORD


@pytest.fixture
def catalogue(market):
    browser = Browser(market.app)
    browser.sign_in(market.forecast_lab.login, PASSWORD)
    return lambda: browser.get("/catalogue/").text


def withhold(market):
    path = f"/datasets/{market.dataset_id}/revisions"
    revision_id = market.api(market.grid_co).get(path).json[0]["id"]
    market.api(market.grid_co).post(f"/datasets/revisions/{revision_id}/quality", {"sample": False})


def test_a_picture_is_drawn_once(market, catalogue, monkeypatch):
    first = catalogue()
    monkeypatch.setattr(pictures, "small_picture", lambda *_, **__: 1 / 0)

    assert "chart-spark" in first
    assert catalogue().count("chart-spark") == first.count("chart-spark") == 1


def test_a_sample_that_is_withheld_is_gone_from_the_next_page(market, catalogue):
    assert "chart-spark" in catalogue()

    withhold(market)

    page = catalogue()
    assert ("Load curve" in page, "chart-spark" in page) == (True, False)


def test_a_version_that_protects_the_column_shows_no_picture_of_it(market, catalogue):
    assert "chart-spark" in catalogue()

    dictionary = [
        {**entry, "mask": "mask" if entry["name"] == "load_kw" else "none"}
        for entry in market.on_offer().content["dictionary"]
    ]
    market.decided(market.edited(dictionary=dictionary))

    assert "chart-spark" not in catalogue()


def test_the_pictures_that_are_kept_are_bounded(market, listed_twice, catalogue, monkeypatch):
    monkeypatch.setattr(pictures, "_MOST_PICTURES", 1)
    pictures._drawn.clear()

    assert catalogue().count("chart-spark") == 2
    assert len(pictures._drawn) == 1


@pytest.fixture
def listed_twice(market):
    market.listed(title_en="zinc")
