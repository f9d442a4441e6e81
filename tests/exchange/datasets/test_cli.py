import json

import pytest
from click.testing import CliRunner

from exchange.client import Refused
from exchange.client.profile import Profile, save_profile
from exchange.core.errors import Invalid
from exchange.datasets.cli import dataset
from tests.factories.datasets import load_curve
from tests.factories.servers import serving

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A configuration folder of the test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def run():
    def invoke(*arguments):
        result = CliRunner().invoke(dataset, [str(item) for item in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def curve(tmp_path):
    path = tmp_path / "load.csv"
    path.write_bytes(load_curve(96))
    return path


@pytest.fixture
def provider(market):
    """Signed in to the real exchange as a provider."""
    with serving(market.app) as url:
        save_profile(Profile(url, market.grid_co.token))
        yield


class TestInspect:
    def test_needs_no_server_and_prints_a_row_per_column(self, run, curve):
        lines = run("inspect", curve).output.splitlines()

        assert lines[0] == "load.csv: 96 rows"
        assert lines[2].split("\t")[:5] == ["time (time)", "timestamp", "", "0", "2026-06-01 00:00:00"]
        assert lines[3].split("\t")[:3] == ["load_kw", "number", "kW"]

    def test_says_the_same_to_programs(self, run, curve):
        said = json.loads(run("inspect", curve, "--json").output)

        assert (said["rows"], said["load_schema"]["time_column"]) == (96, "time")

    def test_of_a_folder_looks_at_all_files(self, run, curve):
        assert run("inspect", curve.parent).output.splitlines()[0].endswith(".zip: 96 rows")

    def test_of_a_folder_without_files_is_refused(self, run, tmp_path):
        (tmp_path / "empty").mkdir()

        with pytest.raises(Invalid, match="holds no files"):
            run("inspect", tmp_path / "empty")


@pytest.mark.usefixtures("provider")
class TestUpload:
    def test_makes_a_data_set_that_can_be_listed_and_shown(self, run, curve):
        revision = json.loads(run("upload", curve, "--name", "Feeder 7", "--json").output)

        assert "Feeder 7" in run("list").output
        shown = json.loads(run("show", revision["dataset_id"], "--json").output)
        (file,) = shown["newest_revision"]["files"]
        assert (file["rows"], file["first_row"], file["time_from"]) == (96, 0, "2026-06-01T00:00:00")
        assert "load_kw\tnumber\tkW" in run("show", revision["dataset_id"]).output

    def test_follows_the_reviewed_proposal(self, run, curve, tmp_path):
        schema = tmp_path / "schema.yaml"
        run("inspect", curve, "--write", schema)
        schema.write_text(
            schema.read_text().replace('"load_kw"\n    rename: null', '"load_kw"\n    rename: load')
        )

        revision = json.loads(run("upload", curve, "--schema", schema, "--json").output)

        assert [field["name"] for field in revision["schema"]["fields"]] == ["time", "load", "remark"]
        assert revision["load_schema_id"].startswith("lsc_")

    def test_names_every_bad_cell_and_keeps_nothing(self, run, curve, tmp_path):
        schema = tmp_path / "schema.yaml"
        run("inspect", curve, "--write", schema)
        curve.write_bytes(load_curve(96).replace(b",1.0,", b",1.O,").replace(b",2.0,", b",2.O,"))
        before = run("list").output

        with pytest.raises(Refused) as caught:
            run("upload", curve, "--schema", schema)

        assert caught.value.problem["context"]["fault_count"] == 2
        assert [fault["place"] for fault in caught.value.problem["context"]["faults"]] == [
            "load.csv, line 10",
            "load.csv, line 18",
        ]
        assert run("list").output == before

    def test_adds_the_next_revision(self, run, curve, market):
        curve.write_bytes(load_curve(96, shift=1))

        run("upload", curve, "--to", market.dataset_id)

        lines = run("revisions", market.dataset_id).output.splitlines()
        assert [line.split("\t")[:2] for line in lines] == [["number", "rows"], ["2", "96"], ["1", "96"]]
        assert len(json.loads(run("revisions", market.dataset_id, "--json").output)) == 2

    def test_of_a_folder_is_one_revision(self, run, tmp_path):
        folder = tmp_path / "year"
        folder.mkdir()
        (folder / "a.csv").write_text("day,x\n2026-01-01,1\n")
        (folder / "b.csv").write_text("day,x\n2026-01-02,2\n")

        first, second = (json.loads(run("upload", folder, "--json").output) for _ in range(2))

        assert (first["rows"], first["sha256"], first["source_name"]) == (2, second["sha256"], "year.zip")

    def test_is_a_new_data_set_or_a_revision_never_both(self, run, curve, market):
        assert run("upload", curve, "--name", "x", "--to", market.dataset_id).exit_code == 2
