"""What every part of the client stands on: one connection, and JSON both ways."""

from typing import Any

from exchange.client.connection import Connection

API = "/api/v1"


class Calls:
    """Calls to one exchange as one person."""

    def __init__(self, url: str, *, token: str | None = None, patience_s: float = 30.0) -> None:
        self.connection = Connection(url, token=token, patience_s=patience_s)

    def _get(self, path: str, **query: Any) -> dict[str, Any]:
        return _object(self.connection.get(f"{API}{path}", **query).json())

    def _list(self, path: str, **query: Any) -> list[dict[str, Any]]:
        return list(self.connection.get(f"{API}{path}", **query).json())

    def _post(self, path: str, body: Any = None, *, key: str | None = None) -> dict[str, Any]:
        return _object(self.connection.post(f"{API}{path}", body, key=key).json())


def _object(value: Any) -> dict[str, Any]:
    return dict(value)
