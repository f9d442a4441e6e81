import json

import pytest
import yaml
from click.testing import CliRunner
from rdflib import Graph, Namespace

from exchange.catalogue.exports import schemas
from exchange.catalogue.exports.cli import export
from exchange.client import Refused
from exchange.client.profile import Profile, save_profile
from tests.exchange.client.conftest import serving
from tests.factories.full_listing import give_full_content

DCAT = Namespace("http://www.w3.org/ns/dcat#")
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]


@pytest.fixture
def run(market, tmp_path, monkeypatch):
    """The commands as the buyer gives them."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def invoke(*arguments):
        result = CliRunner().invoke(export, [str(item) for item in arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout_bytes

    with serving(market.app) as url:
        save_profile(Profile(url, market.forecast_lab.token))
        yield invoke


def test_the_offer_and_the_description_are_json_ld(market, run):
    assert json.loads(run("odrl", market.listing_id))["@type"] == "Offer"
    assert json.loads(run("croissant", market.listing_id))["@type"] == "sc:Dataset"


def test_the_contract_is_written_in_either_format(market, run, tmp_path):
    run("odcs", market.listing_id, "-o", tmp_path / "contract.yaml")

    written = yaml.safe_load((tmp_path / "contract.yaml").read_text(encoding="utf-8"))
    assert written == json.loads(run("odcs", market.listing_id, "--format", "json"))


def test_a_package_becomes_a_folder_or_one_file(market, run, tmp_path):
    run("datapackage", market.listing_id, "-o", tmp_path / "package")
    run("datapackage", market.listing_id, "-o", tmp_path / "one.json")

    assert sorted(path.name for path in (tmp_path / "package").iterdir()) == [
        "datapackage.json",
        "sample.csv",
    ]
    beside = json.loads((tmp_path / "package" / "datapackage.json").read_text(encoding="utf-8"))
    inside = json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    assert beside["resources"][0]["bytes"] == (tmp_path / "package" / "sample.csv").stat().st_size
    assert len(inside["resources"][0]["data"]) == 97


def test_a_refusal_leaves_no_folder_behind(market, run, tmp_path):
    hidden = [
        {
            "name": name,
            "meaning_zh": "",
            "meaning_en": "",
            "unit": None,
            "level": "L4",
            "sensitive": True,
            "mask": "drop",
        }
        for name in ("time", "load_kw", "remark")
    ]
    give_full_content(market.context, market.listing_id, dictionary=hidden)

    with pytest.raises(Refused, match="no column that is open"):
        run("datapackage", market.listing_id, "-o", tmp_path / "package")

    assert not (tmp_path / "package").exists()


@pytest.mark.parametrize(("form", "read_as"), [("turtle", "turtle"), ("jsonld", "json-ld")])
def test_the_catalogue_is_one_document_of_all_its_pages(market, run, tmp_path, monkeypatch, form, read_as):
    for _ in range(2):
        market.decided(market.submitted(market.drafted()))
    whole = Graph().parse(data=run("dcat", "--format", form), format=read_as)
    field = schemas.ExportCatalogueSchema._declared_fields["limit"]
    monkeypatch.setattr(field, "load_default", 1)

    run("dcat", "--format", form, "-o", tmp_path / "catalogue")

    paged = Graph().parse(tmp_path / "catalogue", format=read_as)
    assert len(set(paged.objects(None, DCAT.dataset))) == 3
    assert set(whole.triples((None, DCAT.dataset, None))) == set(paged.triples((None, DCAT.dataset, None)))
    assert not list(tmp_path.glob(".*.partial"))
