"""What a stranger sees of a listing: masked rows, public counts, and nothing where nothing may be shown."""

import random

import pytest

from exchange.catalogue.disclosure.keys import get_mask_key
from exchange.catalogue.disclosure.service import withheld_reason
from exchange.core.errors import NotFound
from exchange.datasets import service as datasets
from exchange.datasets.reading.masks import MASKS, mask_of
from tests.factories.browsers import Browser
from tests.factories.datasets import taken_in
from tests.factories.participants import PASSWORD

CUSTOMERS = "day,customer,meter,paid\n" + "".join(
    f"2026-03-{day:02d},QXZ-customer-{day % 7}ZXQ,{73_000_000 + day * 7919},{'true' if day % 2 else 'false'}\n"
    for day in range(1, 29)
)


def entry(name, *, level="L1", sensitive=False, mask="none"):
    return {
        "name": name,
        "meaning_zh": f"{name} 的含义",
        "meaning_en": f"meaning of {name}",
        "unit": None,
        "level": level,
        "sensitive": sensitive,
        "mask": mask,
    }


PROTECTED = [
    entry("day"),
    entry("customer", level="L3", sensitive=True, mask="hash"),
    entry("meter", level="L3"),
    entry("paid", sensitive=True, mask="mask"),
]


def drawn_dictionary(seed):
    """The dictionary of the customers with protected names and meters, however they are protected."""
    draw = random.Random(seed)
    protections = [
        {"level": draw.choice(["L3", "L4"]), "mask": draw.choice(MASKS)},
        {"sensitive": True, "mask": draw.choice([mask for mask in MASKS if mask != "none"])},
        {"mask": draw.choice([mask for mask in MASKS if mask != "none"])},
    ]
    return [
        entry("day", **draw.choice([{}, *protections])),
        entry("customer", **draw.choice(protections)),
        entry("meter", **draw.choice(protections)),
        entry("paid", **draw.choice([{}, *protections])),
    ]


@pytest.fixture
def listed(market):
    """A listing of a file, as its dictionary and licence have it; returns its id."""

    def put_on_offer(content=CUSTOMERS, **words):
        ingested = taken_in(market.context.storage, content.encode())
        revision = market.do(
            datasets.create_dataset,
            actor=market.grid_co.actor,
            name="Customers",
            source_name="customers.csv",
            ingested=ingested,
        )
        market.dataset_id = revision.dataset_id
        return market.decided(market.submitted(market.drafted(**words))).listing_id

    return put_on_offer


def preview(market, listing_id):
    return market.api(market.forecast_lab).get(f"/listings/{listing_id}/preview")


class TestPreview:
    def test_shows_columns_as_the_dictionary_says(self, market, listed):
        sample = preview(market, listed(dictionary=PROTECTED)).json["sample"]

        assert (sample["columns"], sample["masks"]) == (
            ["day", "customer", "paid"],
            ["none", "hash", "mask"],
        )
        assert len({row[1] for row in sample["rows"]}) == 7
        assert {row[2] for row in sample["rows"]} == {"***"}

    @pytest.mark.parametrize("seed", range(6))
    def test_has_no_protected_value_anywhere(self, market, listed, seed):
        """API and pages in both languages, under dictionaries drawn at random."""
        dictionary = drawn_dictionary(seed)
        listing_id = listed(dictionary=dictionary)

        texts = [preview(market, listing_id).text]
        for language in ("zh", "en"):
            browser = Browser(market.app, language)
            browser.sign_in(market.forecast_lab.login, PASSWORD)
            texts += [browser.get(f"/catalogue/{listing_id}").text, browser.get("/catalogue/").text]

        public = "".join(texts)
        masks = {item["name"]: mask_of(item) for item in dictionary}
        if masks["customer"] != "none":
            assert not any(secret in public for secret in ("QXZ-", "ZXQ", "-customer-"))
        if masks["meter"] != "none":
            assert not any(str(73_000_000 + day * 7919) in public for day in range(1, 29))

    def test_hashes_of_two_listings_cannot_be_matched(self, market, listed):
        one, other = (
            {row[1] for row in preview(market, listed(dictionary=PROTECTED)).json["sample"]["rows"]}
            for _ in range(2)
        )

        assert one.isdisjoint(other)

    def test_of_a_listing_without_a_dictionary_member_is_open(self, market):
        sample = preview(market, market.listing_id).json["sample"]

        assert sample["columns"] == ["time", "load_kw", "remark"]

    def test_judges_freshness_as_of_today(self, market):
        facts = preview(market, market.listing_id).json["profile"]["quality"]["evidence"]["timeliness"]

        assert facts["reason"] == "no-update-frequency-declared"

    def test_is_not_there_for_a_listing_that_is_not_on_offer(self, market):
        assert preview(market, market.drafted().listing_id).status_code == 404


class TestNoSample:
    @pytest.mark.parametrize("licence", ["CC BY-ND 4.0", "CC BY-NC-ND", "No derivatives", "禁止演绎"])
    def test_under_a_licence_without_derivatives(self, market, listed, licence):
        answer = preview(market, listed(licence={"name": licence, "url": ""}))

        assert (answer.json["sample"], answer.json["withheld"]) == (None, "licence")
        assert answer.json["profile"]["rows"] == 28

    @pytest.mark.parametrize("licence", ["CC BY 4.0", "Friends of Indiana", "", "Standard licence"])
    def test_is_not_read_into_other_licences(self, licence):
        assert withheld_reason({"licence": {"name": licence, "url": ""}}, {}) is None

    def test_when_the_provider_says_so(self, market, listed):
        listing_id = listed()
        path = f"/datasets/{market.dataset_id}/revisions"
        revision_id = market.api(market.grid_co).get(path).json[0]["id"]
        market.api(market.grid_co).post(f"/datasets/revisions/{revision_id}/quality", {"sample": False})

        browser = Browser(market.app, "en")
        browser.sign_in(market.forecast_lab.login, PASSWORD)
        page = browser.get(f"/catalogue/{listing_id}").text

        assert preview(market, listing_id).json["withheld"] == "provider"
        assert "The provider publishes no sample of these data." in page

    def test_when_every_column_is_protected(self, market, listed):
        hidden = [entry(name, sensitive=True, mask="drop") for name in ("day", "customer", "meter", "paid")]

        answer = preview(market, listed(dictionary=hidden))

        assert (answer.json["sample"], answer.json["withheld"]) == (None, "all-columns-protected")
        assert "2026-03" not in answer.text


class TestMaskKey:
    def test_is_made_with_the_listing_and_differs(self, market):
        other = market.drafted().listing_id

        keys = {market.read(get_mask_key, listing_id) for listing_id in (market.listing_id, other)}

        assert {len(key) for key in keys} == {32}
        assert len(keys) == 2

    def test_of_no_listing_is_not_there(self, market):
        with pytest.raises(NotFound):
            market.read(get_mask_key, "lst_none")


class TestPage:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", ["Data dictionary", "Completeness", "meaning of customer", "hashed", "not shown"]),
            ("zh", ["数据字典", "完整性", "customer 的含义", "哈希", "不展示"]),
        ],
    )
    def test_shows_scores_dictionary_and_sample(self, market, listed, language, words):
        listing_id = listed(dictionary=PROTECTED)
        browser = Browser(market.app, language)
        browser.sign_in(market.forecast_lab.login, PASSWORD)

        page = browser.get(f"/catalogue/{listing_id}").text

        assert [word for word in words if word not in page] == []
        assert page.count('class="chart chart-list"') == 1
        assert 'class="chart chart-strip"' in page
