"""`wdx inbox`, against a running exchange."""

import json

import pytest
from click.testing import CliRunner

from exchange.client.profile import Profile, save_profile
from exchange.messages.cli import inbox
from tests.exchange.client.conftest import serving
from tests.factories.messages import Messages

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture
def run(market, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    def invoke(member, *arguments):
        with serving(market.app) as url:
            save_profile(Profile(url, member.token))
            return CliRunner().invoke(inbox, [str(item) for item in arguments])

    return invoke


@pytest.fixture
def told(market):
    messages = Messages(market).skip()
    market.suspended()
    market.resumed()
    return messages.follow().to(market.grid_co)


def test_shows_what_is_unread_in_the_terminals_language(market, run, told, monkeypatch):
    english = run(market.grid_co, "list", "--unread", "--topic", "listings").output
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    chinese = run(market.grid_co, "list").output

    assert english.count("[unread]") == 2
    assert "Your listing Load curve was suspended" in english
    assert "已停牌" in chinese


def test_reads_one_message_and_then_the_rest(market, run, told):
    one = run(market.grid_co, "read", told[0].id).output
    rest = run(market.grid_co, "read", "--until", told[1].position).output

    assert (told[0].id in one, "[unread]" in one, rest) == (True, False, "1\n")
    assert json.loads(run(market.grid_co, "list", "--unread", "--json").output) == []


def test_reading_wants_a_message_or_a_position(market, run):
    assert run(market.grid_co, "read").exit_code == 2


def test_mail_is_chosen_and_shown(market, run):
    chosen = run(market.grid_co, "mail", "--topic", "bills", "--topic", "data", "--language", "en").output

    assert chosen == "grid-co@example.com  en  bills, data\n"
    assert run(market.grid_co, "mail").output == chosen
    assert run(market.grid_co, "mail", "--off").output == "grid-co@example.com  zh  –\n"
