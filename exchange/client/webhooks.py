"""The exchange's verbs about webhooks, and how a receiver checks what arrives."""

from typing import Any

from exchange.client.calls import API, Calls, object_of
from exchange.core import clock
from exchange.trust import webhook_signatures


def verify_webhook(body: bytes, headers: Any, *, secret: str) -> str:
    """Check that a webhook comes from the exchange, just now, and give its id.

    The id is the same when the exchange sends the message again: a receiver that keeps the ids does
    everything once.

    Args:
        body: the bytes as they arrived.
        headers: the request's headers, by any mapping.
        secret: the text that was shown when the endpoint was registered.

    Raises:
        WebhookRefused: it was not, or not just now; answer 401 and do nothing.
    """
    return webhook_signatures.verify_webhook(body, headers, secret=secret, now=clock.now())


class WebhookVerbs(Calls):
    """The webhooks of the caller's organisation (its admins)."""

    def register_webhook(
        self, url: str, *, events: tuple[str, ...] = (), description: str = ""
    ) -> dict[str, Any]:
        """Have messages sent to an address; the answer holds the secret, which is shown once."""
        body = {"url": url, "events": list(events), "description": description}
        return self._post("/webhook-endpoints", body)

    def webhooks(self) -> list[dict[str, Any]]:
        """The endpoints of the caller's organisation."""
        return self._list("/webhook-endpoints")

    def webhook(self, endpoint_id: str) -> dict[str, Any]:
        """One endpoint and how it stands."""
        return self._get(f"/webhook-endpoints/{endpoint_id}")

    def remove_webhook(self, endpoint_id: str) -> None:
        """Have nothing sent there any more."""
        self.connection.delete(f"{API}/webhook-endpoints/{endpoint_id}")

    def rotate_webhook_secret(self, endpoint_id: str, *, overlap_hours: int = 24) -> dict[str, Any]:
        """Make a new secret; the old one signs beside it for a while."""
        body = {"overlap_hours": overlap_hours}
        return self._post(f"/webhook-endpoints/{endpoint_id}/secret", body)

    def enable_webhook(self, endpoint_id: str, *, key: str | None = None) -> dict[str, Any]:
        """Have an endpoint tried again at once."""
        return self._post(f"/webhook-endpoints/{endpoint_id}/enabling", key=key)

    def replay_webhook(self, endpoint_id: str, *, key: str | None = None, **which: Any) -> dict[str, Any]:
        """Have messages sent again: `message_id`, `first` and `last` position, or `parked=True`."""
        asked = {name: value for name, value in which.items() if value is not None}
        path = f"{API}/webhook-endpoints/{endpoint_id}/replays"
        return object_of(self.connection.post(path, asked, key=key))

    def webhook_dispatches(
        self, endpoint_id: str, *, state: str | None = None, before: int | None = None
    ) -> list[dict[str, Any]]:
        """The log of an endpoint, newest first."""
        return self._list(f"/webhook-endpoints/{endpoint_id}/dispatches", state=state, before=before)

    def webhook_attempts(self, endpoint_id: str, message_id: str) -> list[dict[str, Any]]:
        """Every attempt at sending one message."""
        return self._list(f"/webhook-endpoints/{endpoint_id}/dispatches/{message_id}/attempts")
