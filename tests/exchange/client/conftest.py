"""Servers on the loopback interface: the real exchange, and one that answers as it is told."""

import threading

import pytest
from click.testing import CliRunner
from flask import Flask, Response, jsonify, request

from exchange.client import Exchange
from exchange.client.profile import Profile, save_profile
from exchange.datasets.uploads.jobs import read_uploads
from tests.factories.servers import serving


class Scripted:
    """A server that gives its answers in order and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Response] = []
        self.asked: list[dict] = []
        self.app = Flask("scripted")
        self.app.add_url_rule("/<path:path>", view_func=self._answer, methods=["GET", "POST"])

    def will_answer(self, status=200, body=None, **headers):
        with self.app.app_context():
            answer = jsonify(body if body is not None else {})
        answer.status_code = status
        answer.headers.update(headers)
        self.answers.append(answer)

    def _answer(self, path):
        self.asked.append({"path": path, "headers": dict(request.headers), "body": request.get_data()})
        return self.answers.pop(0)


@pytest.fixture
def scripted():
    server = Scripted()
    with serving(server.app) as url:
        server.url = url
        yield server


@pytest.fixture
def reading(market):
    """The scheduler's part in uploads: received files are read, as `wdx serve` has it."""
    ended = threading.Event()

    def read():
        while not ended.wait(0.02):
            read_uploads(market.context)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.fixture
def live(market):
    """The real exchange, as one member after the other reaches it over HTTP."""
    opened = []

    def as_member(member):
        exchange = Exchange(url, token=member.token, patience_s=5)
        opened.append(exchange)
        return exchange

    with serving(market.app) as url:
        as_member.url = url
        yield as_member
        for exchange in opened:
            exchange.connection._http.close()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A configuration folder of the test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


@pytest.fixture
def run(home):
    """Run a command as its user does; a refusal is raised as `wdx` would print it."""

    def invoke(command, *arguments, **options):
        result = CliRunner().invoke(command, [str(item) for item in arguments], **options)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def signed_in(live, home):
    """Keep the sign-in of a member as `wdx login` does."""

    def as_member(member):
        save_profile(Profile(live.url, member.token))

    return as_member
