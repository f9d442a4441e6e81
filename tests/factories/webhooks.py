"""Endpoints of an organisation, and receivers that answer as they are told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from exchange.core.egress import Limits
from exchange.messages.following import tellers_by_type
from exchange.messages.webhooks import queries, sending, service
from tests.factories.messages import Messages


@dataclass
class Receiver:
    """A receiver on the loopback interface; what it answers may be changed at any time."""

    url: str
    host: str
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    #: Ids of messages that are answered with 422, whatever the status.
    refused: set[str] = field(default_factory=set)
    #: Waited for before answering, when set.
    gate: threading.Event | None = None
    #: Path, headers by lower-case name, body.
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _, headers, _ in self.received]


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """Run a receiver in a thread."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append((self.path, headers, body))
            if receiver.gate is not None:
                receiver.gate.wait(30)
            self.send_response(422 if headers["webhook-id"] in receiver.refused else receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    host = f"127.0.0.1:{server.server_port}"
    receiver = Receiver(f"http://{host}/hook", host)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Webhooks:
    """Registers endpoints in a market whose exchange may call some hosts, and sends what is due."""

    def __init__(self, market: Any, *hosts: str, **settings: Any) -> None:
        self.market = market
        self.messages = Messages(market)
        self.context = replace(
            market.context,
            settings=replace(market.context.settings, egress_hosts=",".join(hosts), **settings),
        )

    def register(self, url: str, *patterns: str, by: Any = None, **given: Any) -> service.NewSecret:
        return self.market.do(
            service.register_endpoint,
            **{
                "actor": (by or self.market.grid_co).actor,
                "url": url,
                "patterns": patterns,
                "description": "the contract system",
                "known_events": tellers_by_type(self.context.tellers),
                "limits": Limits(allowed_hosts=self.context.settings.egress_allowed),
                "vault": self.context.storage,
                **given,
            },
        )

    def registered(self, url: str, *patterns: str, **given: Any) -> service.NewSecret:
        """An endpoint to which nothing has been sent yet, and for which nothing waits."""
        made = self.register(url, *patterns, **given)
        self.messages.skip()
        return made

    def tell(self) -> Any:
        """Something happens that the provider is told of; gives the message."""
        self.market.suspended()
        return self.messages.follow().to(self.market.grid_co)[-1]

    def send(self) -> None:
        """Send what is due, as the job does."""
        sending.send_due(self.context)

    def card(self, made: service.NewSecret) -> queries.EndpointCard:
        return self.market.read(
            queries.get_endpoint_card, made.endpoint.id, actor=self.market.grid_co.actor
        )

    def log(self, made: service.NewSecret) -> list[queries.DispatchCard]:
        return self.market.read(
            queries.find_dispatches, made.endpoint.id, actor=self.market.grid_co.actor, limit=200
        )

    def attempts(self, made: service.NewSecret, message_id: str) -> list[Any]:
        return self.market.read(
            queries.find_attempts, made.endpoint.id, message_id, actor=self.market.grid_co.actor
        )
