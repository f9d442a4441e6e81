"""A node dies between sending a message and noting that it arrived: it is sent again under the same id."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from exchange.core import clock
from exchange.messages.webhooks.turns import LEASE
from tests.factories.webhooks import Webhooks, receiving

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
PATIENCE_S = 120


@pytest.fixture
def receiver():
    with receiving() as running:
        yield running


def test_a_message_is_sent_again_under_its_id_after_a_kill(market, receiver, monkeypatch):
    market.now = clock.now()  # the node asks the machine
    webhooks = Webhooks(market, receiver.host)
    made = webhooks.registered(receiver.url)
    message = webhooks.tell()
    receiver.gate = threading.Event()
    settings = webhooks.context.settings
    node = subprocess.Popen(
        [sys.executable, "-m", "exchange", "jobs", "run-once", "send_webhooks"],
        env={
            "PATH": os.environ["PATH"],
            "WDX_HOME": str(settings.home),
            "WDX_DATABASE_URL": settings.database_url,
            "WDX_EGRESS_HOSTS": receiver.host,
            "WDX_WEBHOOK_TIMEOUT_S": "60",
        },
        stderr=subprocess.PIPE,
    )
    try:
        _await_first(receiver, node)
        node.send_signal(signal.SIGKILL)
    finally:
        node.kill()
        node.communicate()
        receiver.gate.set()
    assert [item.state for item in webhooks.log(made)] == ["waiting"]

    later = clock.now() + LEASE + timedelta(seconds=1)
    monkeypatch.setattr("exchange.core.clock.now", lambda: later)
    webhooks.send()

    assert receiver.ids == [message.id, message.id]
    assert [(item.state, item.attempts) for item in webhooks.log(made)] == [("sent", 1)]


def _await_first(receiver, node):
    pause = threading.Event()
    for _ in range(PATIENCE_S * 20):
        if receiver.received:
            return
        assert node.poll() is None, node.communicate()
        pause.wait(0.05)
    raise AssertionError("nothing was sent")
