import csv
import hashlib
import io
import json

import pytest

from exchange.catalogue.exports.croissant import describe_dataset
from exchange.catalogue.exports.datapackage import describe_package
from exchange.catalogue.exports.documents import files_of, render
from exchange.core.errors import NotFound
from tests.factories.described import FULL_CONTENT, IDENTIFIERS, ROWS, described
from tests.factories.hosted import content_of_hosted

OPEN = ["time", "load_kw", "remark"]


def masked(mask, *, sensitive=False):
    changed = {"mask": mask, "sensitive": sensitive}
    return [
        {**entry, **(changed if entry["name"] == "remark" else {})} for entry in FULL_CONTENT["dictionary"]
    ]


class TestWhatIsShown:
    @pytest.mark.parametrize("name", files_of(FULL_CONTENT))
    def test_no_document_holds_a_cell_of_a_sensitive_column(self, name):
        assert b"customer-1" not in render(described(), name).body

    @pytest.mark.parametrize("mask", ["mask", "hash", "generalise", "drop"])
    def test_a_masked_column_is_left_out(self, mask):
        sample = described(dictionary=masked(mask)).sample

        assert [field["name"] for field in sample.fields] == ["time", "load_kw"]
        assert all(len(row) == 2 for row in sample.rows)

    def test_a_sensitive_column_is_left_out_without_any_mask(self):
        sample = described(dictionary=masked("none", sensitive=True)).sample

        assert [field["name"] for field in sample.fields] == ["time", "load_kw"]

    @pytest.mark.parametrize(
        ("level", "shown"), [("L1", True), ("L2", True), ("L3", False), ("important", False)]
    )
    def test_a_column_of_a_higher_level_is_left_out(self, level, shown):
        dictionary = [
            {**entry, "level": level if entry["name"] == "remark" else "L1"}
            for entry in FULL_CONTENT["dictionary"]
        ]

        names = [field["name"] for field in described(dictionary=dictionary).sample.fields]

        assert ("remark" in names) is shown

    def test_a_listing_with_no_open_column_has_no_sample_to_export(self):
        listing = described(
            dictionary=[{**entry, "sensitive": True} for entry in FULL_CONTENT["dictionary"]]
        )

        for name in ("sample.csv", "datapackage.json"):
            with pytest.raises(NotFound, match="no column that is open"):
                render(listing, name)
        assert "recordSet" not in json.loads(render(listing, "croissant.json").body)

    def test_a_file_has_the_values_and_the_guard_of_a_delivery(self):
        text = render(described(), "sample.csv").body.decode()

        header, *rows = csv.reader(io.StringIO(text))
        assert header == OPEN
        assert rows == [
            ["2026-06-01T00:00:00", "-1.5", "quiet"],
            ["2026-06-01T00:15:00", "", '\'=1+1, "quoted"'],
            ["2026-06-01T00:30:00", "0.30000000000000004", ""],
        ]


class TestDataPackage:
    def test_holds_the_rows_inside_with_their_own_types(self):
        (resource,) = describe_package(described(), beside_file=False)["resources"]

        assert resource["data"][0] == OPEN
        assert resource["data"][1] == ["2026-06-01T00:00:00", -1.5, "quiet"]
        assert resource["data"][2][1] is None

    def test_seals_the_file_beside_it(self):
        (resource,) = describe_package(described(), beside_file=True)["resources"]
        body = render(described(), "sample.csv").body

        assert (resource["path"], resource["bytes"]) == ("sample.csv", len(body))
        assert resource["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"

    def test_types_and_describes_every_column(self):
        (resource,) = describe_package(described(), beside_file=True)["resources"]
        time, load, remark = resource["schema"]["fields"]

        assert [field["type"] for field in (time, load, remark)] == ["datetime", "number", "string"]
        assert (load["unit"], load["constraints"]) == ("kW", {"required": False})
        assert time["description"] == "时刻\nTime"

    def test_has_the_licence_under_its_address_or_that_of_the_page(self):
        named = {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
        with_address, custom = (
            describe_package(described(**changes), beside_file=True)["licenses"]
            for changes in ({"licence": named}, {})
        )

        assert with_address == [{"path": named["url"], "title": "CC BY 4.0"}]
        assert custom == [{"path": described().page, "title": "Exchange licence 1"}]


class TestCroissant:
    def test_names_the_sample_with_its_digest_and_every_column(self):
        dataset = describe_dataset(described())
        (file,), (records,) = dataset["distribution"], dataset["recordSet"]

        assert file["sha256"] == hashlib.sha256(render(described(), "sample.csv").body).hexdigest()
        assert [field["name"] for field in records["field"]] == OPEN
        assert [field["dataType"] for field in records["field"]] == ["sc:DateTime", "sc:Float", "sc:Text"]
        assert all(field["source"]["fileObject"]["@id"] == file["@id"] for field in records["field"])

    def test_describes_in_both_languages(self):
        dataset = describe_dataset(described())

        assert (dataset["name"], dataset["alternateName"]) == (
            FULL_CONTENT["title_en"],
            FULL_CONTENT["title_zh"],
        )
        assert dataset["description"].splitlines()[0] == "一台配网变压器的十五分钟负荷。"
        assert dataset["temporalCoverage"] == "2026-06-01T00:00:00/2026-06-01T23:45:00"

    def test_without_rows_has_no_records(self):
        dataset = describe_dataset(described(rows=[]))

        assert "distribution" not in dataset
        assert "recordSet" not in dataset


def test_the_factory_has_rows_to_hide():
    assert any("customer-1" in row for row in ROWS)


class TestOfAHostedProduct:
    def test_there_is_none_and_the_refusal_says_why(self):
        with pytest.raises(NotFound) as refusal:
            describe_package(described(**content_of_hosted()), beside_file=False)

        assert "stay with the provider" in refusal.value.detail
        assert "openapi.json" in refusal.value.remedy

    def test_the_description_for_search_engines_names_no_file(self):
        described_so = describe_dataset(described(**content_of_hosted()))

        assert described_so["isLiveDataset"] is True
        assert "distribution" not in described_so
        assert "recordSet" not in described_so


def test_the_register_s_identifiers_are_in_both_descriptions():
    package = describe_package(described(identifiers=IDENTIFIERS), beside_file=False)
    croissant = describe_dataset(described(identifiers=IDENTIFIERS))

    assert package["id"] == "https://exchange.example/id/88.101/P000001"
    assert [item["value"] for item in package["identifiers"]] == [value for _, value in IDENTIFIERS]
    assert croissant["identifier"][:2] == ["lst_1", "hdl:88.101/P000001"]
    assert describe_dataset(described())["identifier"] == "lst_1"
