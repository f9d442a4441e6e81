"""The shapes of calls that every verb of the client is made of."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from exchange.client.connection import Connection

API = "/api/v1"


class Calls:
    """One caller's connection, and how objects and lists are read and posted over it."""

    def __init__(self, url: str, *, token: str | None = None, patience_s: float = 30.0) -> None:
        self.connection = Connection(url, token=token, patience_s=patience_s)

    def _get(self, path: str, **query: Any) -> dict[str, Any]:
        return object_of(self.connection.get(f"{API}{path}", **query))

    def _list(self, path: str, **query: Any) -> list[dict[str, Any]]:
        return list(self.connection.get(f"{API}{path}", **query).json())

    def _post(self, path: str, body: Any = None, *, key: str | None = None) -> dict[str, Any]:
        return object_of(self.connection.post(f"{API}{path}", body, key=key))


@contextmanager
def upload_request(path: Path) -> Iterator[dict[str, Any]]:
    """The body and headers that upload a file: it is sent as it is, with the digest of its bytes."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        yield {
            "data": file,
            "headers": {
                "Content-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:",
                "Content-Type": "application/octet-stream",
            },
        }


def object_of(response: requests.Response) -> dict[str, Any]:
    """The JSON object that an answer holds."""
    return dict(response.json())
