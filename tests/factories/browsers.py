"""A browser as the portal sees it: cookies, forms with their tokens, a language."""

import re
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """One browser; nothing is shared with another one."""

    app: Flask
    language: str = "en"
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str, **query: str) -> TestResponse:
        return self.client.get(path, query_string=query or None, headers=self._headers(), buffered=True)

    def submit(self, path: str, *, form_at: str = "/sign-in", **fields: str) -> TestResponse:
        """Send a form with the token of the page that holds it."""
        token = _TOKEN.search(self.get(form_at).text)
        assert token is not None
        return self.client.post(path, data={"csrf_token": token[1], **fields}, headers=self._headers())

    def sign_in(self, login: str, password: str, **fields: str) -> TestResponse:
        return self.submit("/sign-in", name=login, password=password, **fields)

    def cookie(self, name: str) -> str | None:
        found = self.client.get_cookie(name)
        return None if found is None else found.value

    def _headers(self) -> dict[str, str]:
        return {"Accept": "text/html,application/xhtml+xml", "Accept-Language": self.language}
