import json

import pytest
from click.testing import CliRunner

from exchange.client import Refused
from exchange.client.profile import Profile, save_profile
from exchange.datasets.cli import dataset
from exchange.datasets.errors import UnreadableSource
from exchange.datasets.notices.cli import notices
from exchange.datasets.revisions.cli import revision
from tests.exchange.client.conftest import live  # noqa: F401 - a fixture
from tests.factories.datasets import load_curve
from tests.factories.revisions import WITHOUT_REMARK

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(autouse=True)
def terminal(tmp_path, monkeypatch):
    """A configuration folder and a language of the test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def run():
    def invoke(command, *arguments, exits=0):
        result = CliRunner().invoke(command, [str(item) for item in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == exits, result.output
        return result.output

    return invoke


@pytest.fixture
def provider(market, live):  # noqa: F811
    save_profile(Profile(live.url, market.grid_co.token))


@pytest.fixture
def file(tmp_path):
    def write(body, name="load.csv"):
        path = tmp_path / name
        path.write_bytes(body)
        return path

    return write


class TestFiles:
    """Two files on this machine are compared without any server."""

    def test_are_told_as_a_difference(self, run, file):
        told = run(
            revision, "diff", file(load_curve(4), "old.csv"), file(load_curve(4, shift=2), "new.csv")
        )

        assert told.splitlines() == [
            "old.csv → new.csv: compatible",
            "  · Other values under the same description",
            "rows: 0 added, 0 removed, 4 changed, 0 unchanged",
            "  paired by time",
            "load_kw: 4 values changed, by 0.25 at most",
            "  2026-06-01T00:00:00: 0.0 → 0.25",
            "  2026-06-01T00:15:00: 0.125 → 0.375",
            "  2026-06-01T00:30:00: 0.25 → 0.5",
            "  2026-06-01T00:45:00: 0.375 → 0.625",
        ]

    def test_speak_chinese_where_the_terminal_does(self, run, file, monkeypatch):
        monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
        told = run(revision, "diff", file(load_curve(4), "old.csv"), file(WITHOUT_REMARK, "new.csv"))

        assert "不兼容" in told
        assert "列 remark 已取消" in told

    def test_are_given_whole_as_json(self, run, file):
        old, new = file(load_curve(4), "old.csv"), file(load_curve(8), "new.csv")
        document = json.loads(run(revision, "diff", old, new, "--key", "remark", "--json"))

        assert (document["rows"]["key"], document["rows"]["added"]) == (["remark"], 4)

    def test_that_cannot_be_read_are_named(self, run, file):
        with pytest.raises(UnreadableSource, match=r"new\.exe"):
            run(revision, "diff", file(load_curve(4)), file(b"\0", "new.exe"))

    def test_that_are_not_there_are_named(self, run, file):
        assert "there is no file nowhere.csv" in run(
            revision, "diff", file(load_curve(4)), "nowhere.csv", exits=2
        )

    @pytest.mark.parametrize("what", [["one"], ["a", "b", "c"], ["a", "1", "2", "3"]])
    def test_or_revisions_are_two(self, run, what):
        assert "two numbers of revisions, or two files" in run(revision, "diff", *what, exits=2)


@pytest.mark.usefixtures("provider")
class TestRevision:
    def test_is_checked_pushed_compared_and_listed(self, market, run, file):
        path = file(load_curve(shift=1))
        assert "would be revision 2" in run(revision, "check", path, "--to", market.dataset_id)
        assert "revision 2 with 96 rows" in run(dataset, "upload", path, "--to", market.dataset_id)

        told = run(revision, "diff", market.dataset_id, 1, 2)
        assert told.startswith("1 → 2: compatible")
        assert "load_kw: 96 values changed, by 0.125 at most" in told
        lines = run(dataset, "revisions", market.dataset_id).splitlines()
        assert [line.split()[0] for line in lines[-2:]] == ["2", "1"]
        assert json.loads(run(dataset, "revisions", market.dataset_id, "--json"))[0]["number"] == 2

    def test_that_breaks_an_agreement_fails_its_check_with_the_remedy(self, market, run, file):
        market.agreements.executed()
        path = file(WITHOUT_REMARK)

        told = run(revision, "check", path, "--to", market.dataset_id, exits=4)
        assert "Column remark is gone" in told
        assert "breaking_change=new_version" in told
        with pytest.raises(Refused) as refused:
            run(dataset, "upload", path, "--to", market.dataset_id)
        assert (refused.value.code, refused.value.status) == ("breaking-change", 409)

    def test_that_breaks_an_agreement_is_pushed_as_a_new_version(self, market, run, file):
        market.agreements.executed()
        path, declared = file(WITHOUT_REMARK), ("--breaking-change", "new_version")

        check = run(revision, "check", path, "--to", market.dataset_id, *declared, "--json")
        assert json.loads(check)["impact"]["passes"]
        assert "revision 2" in run(dataset, "upload", path, "--to", market.dataset_id, *declared)

    def test_of_the_same_content_would_add_nothing(self, market, run, file):
        told = run(revision, "check", file(load_curve()), "--to", market.dataset_id)

        assert "the same content as revision 1" in told

    def test_is_revoked_with_a_reason(self, market, run):
        told = run(revision, "revoke", market.dataset_id, 1, "--reason", "meter was faulty", "--yes")

        assert "revoked at" in told
        assert "meter was faulty" in run(dataset, "revisions", market.dataset_id)

    def test_is_not_revoked_by_who_does_not_confirm(self, market, run):
        assert "Aborted" in run(revision, "revoke", market.dataset_id, 1, "--reason", "typo", exits=1)
        assert market.revisions.events("dataset.revision_revoked") == []


class TestNotices:
    def test_are_published_listed_and_read(self, market, live, run):  # noqa: F811
        market.agreements.executed()
        save_profile(Profile(live.url, market.grid_co.token))
        words = ("--zh", "将取消备注列", "--en", "The remark will go", "--effective", "2027-01-01")
        kind = ("--kind", "schema_change_planned", "--affects", "remark")
        notice_id = run(notices, "publish", market.dataset_id, *kind, *words).strip()

        save_profile(Profile(live.url, market.forecast_lab.token))
        listed = run(notices, "list", "--unread")
        assert notice_id in listed
        assert "schema_change_planned (remark)  Load curve  [unread]\n    The remark will go" in listed
        assert "The remark will go" in run(notices, "read", notice_id)
        assert run(notices, "list", "--unread") == ""
        assert (
            json.loads(run(notices, "list", "--dataset", market.dataset_id, "--json"))[0]["id"] == notice_id
        )
