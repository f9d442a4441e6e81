"""Whole deals through HTTP: a real server, the client that users run."""

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from exchange.demo.people import Party, assemble


@pytest.fixture
def server_address(app) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def parties(context, server_address, tmp_path) -> dict[str, Party]:
    """Operator, regulator, provider and buyer, registered, verified and with their own keys."""
    return assemble(context, server_address, tmp_path, patience_s=5)
