import pytest
import yaml

from exchange.catalogue.listing_file import check_file, read_file, write_template
from exchange.catalogue.listing_file.prefill import guess_sector, prefilled_offer

TODAY = "2026-11-24"
#: What stands in a new file and only its provider can say.
TO_WRITE = {
    "title_zh",
    "title_en",
    "scenarios",
    "source_statement",
    "usage_policy.purposes",
    "compliance.commitment",
    "price_plans.0.plan.unit_price_micro",
}


@pytest.fixture
def text(market):
    revision = market.api(market.grid_co).get(f"/datasets/{market.dataset_id}/revisions").json[0]
    return write_template(revision, name="Load curve")


def written(tmp_path, text):
    path = tmp_path / "listing.yaml"
    path.write_text(text, encoding="utf-8")
    return read_file(path)


def test_only_prices_texts_and_the_commitment_remain_to_be_written(text, tmp_path):
    _, problems = check_file(written(tmp_path, text), today=TODAY)

    assert {problem.field for problem in problems} == TO_WRITE


def test_the_facts_are_filled_in_from_the_newest_revision(text, tmp_path, market):
    file = written(tmp_path, text)

    assert (file.dataset, file.listing) == (market.dataset_id, None)
    assert file.columns == ("time", "load_kw", "remark")
    assert file.offer["coverage"]["granularity"] == "PT15M"
    assert (file.offer["sector"], file.offer["commodity"]) == ("power", "electricity")
    assert [entry["unit"] for entry in file.offer["dictionary"]] == [None, "kW", None]


def test_every_member_has_a_remark_above_it_or_belongs_to_the_one_before(text):
    assert text.count("# ") > 30
    assert "# sector: power, energy, bulk_materials" in text
    assert '# type: "001", "002", "003", "004"' in text
    assert "see `wdx codes industries`" in text


def test_it_is_the_yaml_that_everybody_else_reads_too(text):
    assert yaml.safe_load(text)["offer"]["visibility"] == {"audience": "public", "allow": [], "deny": []}


@pytest.mark.parametrize(
    ("name", "sector"),
    [
        ("brent-daily.csv", "energy"),
        ("world bank commodity prices", "bulk_materials"),
        ("ETTh1", "power"),
        ("Henry Hub natural GAS", "energy"),
    ],
)
def test_a_name_suggests_the_sector(name, sector):
    assert guess_sector(name) == sector


@pytest.mark.parametrize(
    ("columns", "commodity"),
    [
        (["date", "copper_usd_per_t"], "copper"),
        (["date", "copper_usd_per_t", "zinc_usd_per_t"], "multiple"),
        (["date", "OT"], None),
    ],
)
def test_names_suggest_the_commodity(columns, commodity):
    fields = [{"name": name, "unit": None} for name in columns]
    revision = {"schema": {"fields": fields}, "profile": {}, "source_name": "prices.csv"}

    assert prefilled_offer(revision, name="Prices")["commodity"] == commodity
