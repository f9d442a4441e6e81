"""A small receiver of webhooks for trying them out: it checks each signature and hands the event on."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from exchange.client.webhooks import verify_webhook
from exchange.trust.webhook_signatures import WebhookRefused

#: Events are small; more is not ours.
_MOST_BYTES = 1 << 20
_PATIENCE_S = 10

#: Called with the id of the message and the CloudEvent.
Receiver = Callable[[str, dict[str, Any]], None]


def open_listener(host: str, port: int, *, secret: str, receive: Receiver) -> HTTPServer:
    """Bind a receiver; `serve_forever` of what is returned runs it.

    What was received before is taken again and not handed on: the exchange sends at least once.
    """
    seen: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        timeout = _PATIENCE_S

        def do_POST(self) -> None:
            try:
                body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), _MOST_BYTES))
                message_id = verify_webhook(body, dict(self.headers), secret=secret)
                if message_id not in seen:
                    receive(message_id, json.loads(body))
                seen.add(message_id)
            except (WebhookRefused, ValueError) as error:
                self._answer(401 if isinstance(error, WebhookRefused) else 400, str(error))
            else:
                self._answer(204, "")

        def _answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """The events themselves are what is printed."""

    return HTTPServer((host, port), Handler)
