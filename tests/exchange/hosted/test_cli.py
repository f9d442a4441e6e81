import json

import pytest
from click.testing import CliRunner

from exchange.client.profile import Profile, save_profile
from exchange.hosted.cli import hosted
from tests.exchange.client.conftest import serving
from tests.exchange.hosted.conftest import COMPANY

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture
def run(market, described, tmp_path, monkeypatch):
    """Test the described API from the command line, as its provider."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "api.json"

    def invoke(*arguments, **changes):
        file.write_text(json.dumps(described | changes))
        return CliRunner().invoke(
            hosted, ["test", str(file), "--secret-file", "-", *arguments], input="s3cret\n"
        )

    with serving(market.app) as url:
        save_profile(Profile(url, market.grid_co.token))
        yield invoke


def test_a_passed_test_lists_what_held(run):
    result = run("--argument", f"uscc={COMPANY['uscc']}")

    assert result.exit_code == 0, result.output
    assert result.output.count("✓") == 4


def test_a_failed_test_exits_with_2(run, provider):
    provider.answer = {"code": "9999"}

    result = run("--argument", f"uscc={COMPANY['uscc']}", "--json")

    assert result.exit_code == 2
    assert json.loads(result.output)["passed"] is False


def test_a_slip_in_the_file_costs_no_call(run, provider):
    result = run(url="https://provider.example/credit")

    assert result.exit_code == 1
    assert "uscc" in result.output
    assert provider.asked == []


def test_an_argument_without_a_value_is_refused(run, provider):
    result = run("--argument", "uscc")

    assert result.exit_code == 2
    assert "NAME=VALUE" in result.output


class TestProducts:
    @pytest.fixture
    def wdx(self, run, described, tmp_path):
        """A command of the provider; its API is described in the file."""
        file = tmp_path / "power-credit.json"

        def give(command, *arguments, exit_code=0, **changes):
            file.write_text(json.dumps(described | changes))
            arguments = [str(file) if item == "FILE" else str(item) for item in arguments]
            result = CliRunner().invoke(hosted, [command, *arguments], input="s3cret\n")
            assert result.exit_code == exit_code, result.output
            return result.output

        return give

    def test_are_described_tested_and_shown(self, wdx):
        product = wdx("describe", "FILE").split()[0]
        asked = ("--argument", f"uscc={COMPANY['uscc']}", "--secret-file", "-")

        assert wdx("list").split() == [product, "v1", "power-credit"]
        assert wdx("test", product, *asked).count("✓") == 4
        shown = json.loads(wdx("show", product))
        assert (shown["version"], [item["passed"] for item in shown["tests"]]) == (1, [True])

    def test_are_described_anew_and_an_earlier_description_stays(self, wdx):
        product = wdx("describe", "FILE", "--name", "power credit").split()[0]

        assert "description 2" in wdx("describe", "FILE", "--product", product, timeout_ms=900)
        assert json.loads(wdx("show", product, "--version", 1))["api"]["timeout_ms"] == 10_000
        asked = ("--version", 2, "--argument", f"uscc={COMPANY['uscc']}", "--secret-file", "-")
        wdx("test", product, *asked)
        assert json.loads(wdx("show", product, "--version", 1))["tests"] == []
        assert len(json.loads(wdx("show", product))["tests"]) == 1

    def test_a_version_is_of_a_product(self, wdx):
        assert "not of a file" in wdx("test", "FILE", "--version", 1, exit_code=2)
