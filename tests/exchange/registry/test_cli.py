import json

import pytest
from click.testing import CliRunner

from exchange.client.profile import Profile, save_profile
from exchange.registry.cli import certificate, handle
from tests.exchange.client.conftest import live, scripted  # noqa: F401 - fixtures

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
NUMBER = "R2026-000001"


@pytest.fixture
def run(tmp_path, monkeypatch, live, market, issue):  # noqa: F811
    """Run a command as a member, against the real exchange, with the certificate issued."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    issue()

    def invoke(command, *arguments, by=None, code=0):
        live(member := by or market.forecast_lab)
        save_profile(Profile(live.url, member.token))
        result = CliRunner().invoke(command, [str(item) for item in arguments])
        assert result.exit_code == code, result.output
        return result.output

    return invoke


@pytest.fixture
def kept(run, tmp_path):
    path = tmp_path / "certificate.jws"
    run(certificate, "show", NUMBER, "--out", path)
    return path


@pytest.fixture
def key_file(run, tmp_path):
    path = tmp_path / "key.json"
    path.write_text(run(certificate, "key"))
    return path


def test_a_handle_is_resolved_for_people_and_for_programs(run):
    assert "负荷曲线 Load curve" in run(handle, "resolve", "88.118.27/WDX.PWR.000001")
    answer = json.loads(run(handle, "resolve", "88.118.27/WDX.PWR.000001", "--json"))
    assert answer["responseCode"] == 1


def test_an_unknown_handle_exits_with_2(run):
    assert "there is no handle" in run(handle, "resolve", "88.118.27/WDX.PWR.000009", code=2)


def test_a_kept_certificate_verifies_without_the_server(run, kept, key_file):
    assert "genuine" in run(certificate, "verify", kept, "--key", key_file)


def test_a_changed_certificate_exits_with_5(run, kept, key_file):
    text = kept.read_text()
    kept.write_text(text[:200] + ("A" if text[200] != "A" else "B") + text[201:])

    assert "NOT genuine" in run(certificate, "verify", kept, "--key", key_file, code=5)


def test_the_server_is_asked_for_its_key(run, kept, live):  # noqa: F811
    assert NUMBER in run(certificate, "verify", kept, "--server", live.url)


def test_the_operator_revokes(run, market):
    run(certificate, "revoke", NUMBER, "--reason", "source withdrawn", by=market.operator)

    assert json.loads(run(certificate, "show", NUMBER))["state"] == "revoked"


def test_an_objection_goes_its_way(run, market):
    version = market.decided(market.submitted(market.drafted()))
    waiting = run(certificate, "waiting", by=market.rival)
    reason = ("--reason", "These are our meters")
    objection = run(certificate, "object", version.listing_id, 1, *reason, by=market.rival).strip()

    decided = run(certificate, "decide", objection, "upheld", "--reason", "proved", by=market.operator)

    assert version.listing_id in waiting
    assert decided.strip() == "upheld"
