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
