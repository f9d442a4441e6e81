"""Several nodes send at the same moment: while nobody dies, each message arrives once."""

import pytest

from tests.factories.webhooks import Webhooks, receiving

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_three_nodes_send_each_message_once_to_each_endpoint(market, at_once, monkeypatch):
    monkeypatch.setattr("exchange.core.clock.now", lambda: market.now)
    with receiving() as first, receiving() as second:
        webhooks = Webhooks(market, first.host, second.host)
        for receiver in (first, second):
            webhooks.registered(receiver.url)
        for _ in range(10):
            market.suspended()
            market.resumed()
        webhooks.messages.follow()

        outcomes = at_once(*[webhooks.send] * 3)

        assert [outcome for outcome in outcomes if outcome] == []
        webhooks.send()
        for receiver in (first, second):
            assert (len(receiver.ids), len(set(receiver.ids))) == (20, 20)
