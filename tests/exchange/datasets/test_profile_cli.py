"""`wdx dataset`: files are described on this machine, revisions by the exchange."""

import json

import pytest
from click.testing import CliRunner

from exchange.client.profile import Profile, save_profile
from exchange.core.errors import Invalid
from exchange.datasets.cli import dataset
from exchange.datasets.quality.declaration import DeclarationInvalid
from tests.exchange.client.conftest import serving
from tests.factories.datasets import load_curve

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def invoke(*arguments):
        result = CliRunner().invoke(dataset, [str(item) for item in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def signed_in(market, run):
    with serving(market.app) as url:
        save_profile(Profile(url, market.grid_co.token))
        yield market


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "load.csv"
    path.write_bytes(load_curve())
    return path


def declared(tmp_path, value):
    path = tmp_path / "quality.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


class TestProfileOfAFile:
    def test_is_told_in_lines(self, run, file):
        lines = run("profile", file).output.splitlines()

        assert lines[0] == "96 rows, level A"
        assert "time time: continuous, step PT15M, 0 gaps, 0 missing, 0 double, 0 off step" in lines
        assert "column load_kw: 0 empty, 96 different, 0.0 … 11.875" in lines
        assert lines[-1] == "note zone-not-stated time: 1"

    def test_is_judged_by_a_declaration_and_a_day(self, run, file, tmp_path):
        declaration = declared(
            tmp_path, {"update_every": "P1D", "rules": [{"kind": "range", "column": "load_kw", "max": 5}]}
        )

        output = run("profile", file, "--declare", declaration, "--as-of", "2026-06-05", "--json").output

        profile = json.loads(output)
        assert profile["rules"][0]["violations"] == 55
        assert profile["quality"]["scores"]["timeliness"] == 25

    def test_keeps_columns_as_text_when_told(self, run, file):
        output = run("profile", file, "--text-columns", "load_kw", "--json").output

        assert "mean" not in json.loads(output)["columns"][1]

    @pytest.mark.parametrize(
        ("value", "fault"),
        [
            ("{", Invalid),
            ({"calendar": 1}, DeclarationInvalid),
            ({"rules": [{"kind": "not-null", "column": "x"}]}, DeclarationInvalid),
        ],
    )
    def test_by_a_wrong_declaration_is_refused(self, run, file, tmp_path, value, fault):
        with pytest.raises(fault):
            run("profile", file, "--declare", declared(tmp_path, value))


def test_what_is_neither_a_file_nor_a_revision_is_refused(run):
    result = run("profile", "nowhere.csv")

    assert (result.exit_code, "neither a file nor the id" in result.output) == (2, True)


def test_a_revision_is_described_and_assessed_over_the_api(signed_in, run, tmp_path):
    revision_id = (
        signed_in.api(signed_in.grid_co).get(f"/datasets/{signed_in.dataset_id}/revisions").json[0]["id"]
    )

    before = run("profile", revision_id).output
    after = run("profile", revision_id, "--declare", declared(tmp_path, {"update_every": "P1D"})).output

    assert "no-update-frequency-declared" in before
    assert "no-update-frequency-declared" not in after


def test_a_preview_is_printed_as_csv(signed_in, run):
    lines = run("preview", signed_in.listing_id).output.splitlines()

    assert (lines[0], len(lines)) == ("time,load_kw,remark", 97)
    assert json.loads(run("preview", signed_in.listing_id, "--json").output)["withheld"] is None
