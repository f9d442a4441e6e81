"""Webhooks over API, pages and commands, and a receiver that needs nothing but our own client."""

import json
import threading
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
from click.testing import CliRunner

from exchange.client.profile import Profile, save_profile
from exchange.client.webhook_listener import open_listener
from exchange.messages.webhooks.cli import webhook
from exchange.messages.webhooks.replays import replay
from tests.exchange.client.conftest import serving
from tests.factories.browsers import Browser
from tests.factories.messages import Messages
from tests.factories.participants import PASSWORD
from tests.factories.webhooks import Webhooks, receiving

URL = "https://hooks.example/wdx"

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture
def provider(market):
    return market.api(market.grid_co)


class TestApi:
    def test_shows_the_secret_once(self, provider):
        answer = provider.post("/webhook-endpoints", {"url": URL, "events": ["agreement.*"]})

        assert (answer.status_code, answer.json["secret"][:6]) == (201, "whsec_")
        (kept,) = provider.get("/webhook-endpoints").json
        assert kept == answer.json["endpoint"]
        assert "secret" not in kept

    def test_a_key_never_brings_a_secret_back(self, provider):
        """Answers that hold secrets are not kept, so the same key makes another endpoint."""
        first, second = (
            provider.post("/webhook-endpoints", {"url": URL}, key="w-1").json["secret"] for _ in range(2)
        )

        assert first != second

    @pytest.mark.parametrize(
        ("body", "field"),
        [({}, "url"), ({"url": "http://hooks.example/"}, "url"), ({"url": URL, "events": ["x"]}, "events")],
    )
    def test_names_the_wrong_field(self, provider, body, field):
        answer = provider.post("/webhook-endpoints", body)

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)

    def test_is_for_admins_of_the_organisation(self, market, provider):
        endpoint_id = provider.post("/webhook-endpoints", {"url": URL}).json["endpoint"]["id"]

        assert market.api(market.grid_approver).get("/webhook-endpoints").status_code == 403
        assert market.api(market.rival).get(f"/webhook-endpoints/{endpoint_id}").status_code == 404
        assert market.api(market.rival).get("/webhook-endpoints").json == []

    def test_walks_through_the_life_of_an_endpoint(self, market, provider):
        made = provider.post("/webhook-endpoints", {"url": URL}).json
        path = f"/webhook-endpoints/{made['endpoint']['id']}"
        market.suspended()
        Messages(market).follow()
        newest = provider.get(f"{path}/dispatches", state="waiting").json[0]

        assert newest["event_type"] == "listing.suspended"
        assert provider.get(f"{path}/dispatches/{newest['message_id']}/attempts").json == []
        assert provider.post(f"{path}/secret", {}).json["secret"] != made["secret"]
        assert provider.post(f"{path}/enabling").json["state"] == "active"
        assert provider.post(f"{path}/replays", {"message_id": newest["message_id"]}).json == {
            "queued": 1,
            "next": None,
        }
        assert provider.send("DELETE", path).status_code == 204
        assert provider.get(path).status_code == 404


class TestPages:
    @pytest.fixture
    def browser(self, market):
        opened = Browser(market.app)
        opened.sign_in(market.grid_co.login, PASSWORD)
        return opened

    def test_show_the_secret_once_and_then_the_log(self, browser, market, provider):
        page = browser.submit(
            "/webhooks/", form_at="/webhooks/", url=URL, events="listing.*, demand.*"
        ).text
        (endpoint,) = provider.get("/webhook-endpoints").json
        market.suspended()
        Messages(market).follow()

        assert ("whsec_" in page, endpoint["events"]) == (True, ["demand.*", "listing.*"])
        assert "whsec_" not in browser.get("/webhooks/").text
        log = browser.get(f"/webhooks/{endpoint['id']}").text
        assert "listing.suspended" in log
        message_id = provider.get(f"/webhook-endpoints/{endpoint['id']}/dispatches").json[0]["message_id"]
        assert "Nothing was tried yet" in browser.get(f"/webhooks/{endpoint['id']}/{message_id}").text

    def test_say_what_is_wrong_with_an_address(self, browser):
        answer = browser.submit("/webhooks/", form_at="/webhooks/", url="http://hooks.example/")

        assert (answer.status_code, "Use https" in answer.text) == (422, True)
        assert 'value="http://hooks.example/"' in answer.text

    def test_rotate_replay_and_remove(self, browser, provider, market):
        endpoint_id = provider.post("/webhook-endpoints", {"url": URL}).json["endpoint"]["id"]
        Messages(market).follow()
        page = f"/webhooks/{endpoint_id}"
        message_id = provider.get(f"/webhook-endpoints/{endpoint_id}/dispatches").json[0]["message_id"]

        assert "whsec_" in browser.submit(f"{page}/secret", form_at=page).text
        assert browser.submit(f"{page}/replays", form_at=page, message_id=message_id).status_code == 303
        assert browser.submit(f"{page}/enabling", form_at=page).status_code == 303
        assert browser.submit(f"{page}/removal", form_at=page).location == "/webhooks/"
        assert "There are no webhooks" in browser.get("/webhooks/").text

    def test_are_for_admins(self, market):
        browser = Browser(market.app)
        browser.sign_in(market.grid_approver.login, PASSWORD)

        assert browser.get("/webhooks/").status_code == 403
        assert "/webhooks/" not in browser.get("/inbox/").text


class TestCommands:
    @pytest.fixture
    def run(self, market, tmp_path, monkeypatch):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

        def invoke(*arguments):
            with serving(market.app) as url:
                save_profile(Profile(url, market.grid_co.token))
                result = CliRunner().invoke(webhook, [str(item) for item in arguments])
            assert result.exit_code == 0, result.output
            return result.stdout

        return invoke

    def test_walk_through_the_life_of_an_endpoint(self, run, market, tmp_path):
        Messages(market).skip()
        secret = tmp_path / "secret"
        endpoint_id = run("register", URL, "--event", "listing.*", "--secret-file", secret).strip()
        assert secret.read_text().startswith("whsec_")
        assert secret.stat().st_mode & 0o077 == 0
        assert "listing.*" in run("list")
        market.suspended()
        Messages(market).follow()
        assert "listing.suspended  waiting" in run("log", endpoint_id)
        (dispatch,) = json.loads(run("log", endpoint_id, "--state", "waiting", "--json"))
        assert run("log", endpoint_id, "--message", dispatch["message_id"]).strip() == ""
        assert run("replay", endpoint_id, "--message", dispatch["message_id"]) == "1\n"
        assert run("replay", endpoint_id, "--from", "0") == "1\n"
        assert run("replay", endpoint_id, "--parked") == "0\n"
        assert "whsec_" in run("rotate", endpoint_id, "--overlap-hours", "1")
        assert "active" in run("enable", endpoint_id)
        run("remove", endpoint_id)
        assert run("list") == ""


class TestListener:
    @pytest.fixture
    def events(self):
        return []

    @pytest.fixture
    def opened(self, market, events):
        """An endpoint, and the listener at its address with its secret."""
        with receiving() as free:
            pass  # its port is free now
        webhooks = Webhooks(market, free.host)
        made = webhooks.registered(free.url)
        server = open_listener(
            "127.0.0.1",
            int(free.host.rpartition(":")[2]),
            secret=made.secret,
            receive=lambda message_id, event: events.append((message_id, event)),
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield webhooks, made, free.url
        server.shutdown()
        thread.join()
        server.server_close()

    def test_hands_each_event_on_once(self, opened, events, market):
        webhooks, made, _ = opened
        message = webhooks.tell()
        webhooks.send()
        market.do(
            replay,
            actor=market.grid_co.actor,
            endpoint_id=made.endpoint.id,
            message_id=message.id,
            patience=timedelta(days=3),
        )
        webhooks.send()

        ((message_id, event),) = events
        assert (message_id, event["id"]) == (message.id, message.event_id)
        assert webhooks.log(made)[0].attempts == 2

    def test_refuses_what_is_not_signed(self, opened, events):
        _, _, url = opened
        request = urllib.request.Request(url, data=b"{}", method="POST")

        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)

        refused.value.close()
        assert (refused.value.code, events) == (401, [])


def test_metrics_tell_of_the_backlog(market, provider):
    Messages(market).skip()
    provider.post("/webhook-endpoints", {"url": URL})
    Messages(market).follow()

    body = market.app.test_client().get("/metrics", headers=market.operator.sign_in_headers()).text

    assert "wdx_webhooks_waiting 1\n" in body
    assert "wdx_messages_events_waiting 0\n" in body
