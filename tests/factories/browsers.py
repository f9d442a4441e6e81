"""A browser as the portal sees it: cookies, forms with their tokens, a language."""

import html
import re
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_FIELD = re.compile(
    r"<input(?P<input>[^>]*)>|<textarea(?P<area>[^>]*)>(?P<text>.*?)</textarea>|<select(?P<select>[^>]*)>(?P<options>.*?)</select>",
    re.DOTALL,
)
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


def filled_form(page: str, action: str) -> dict[str, list[str]]:
    """What a browser would send if the form with this address were sent as it stands on the page."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form is not None, f"there is no form for {action}"
    sent: dict[str, list[str]] = {}
    for found in _FIELD.finditer(form[1]):
        attributes = found["input"] or found["area"] or found["select"] or ""
        name = _attribute(attributes, "name")
        if found["select"] is not None:
            options = re.findall(r"<option([^>]*)>", found["options"])
            chosen = [option for option in options if " selected" in option] or options[:1]
            values = [_attribute(option, "value") for option in chosen]
        elif found["area"] is not None:
            values = [html.unescape(found["text"])]
        elif _attribute(attributes, "type") == "checkbox":
            values = [_attribute(attributes, "value")] if " checked" in attributes else []
        else:
            values = [_attribute(attributes, "value")]
        if values:
            sent.setdefault(name, []).extend(values)
    return sent


def _attribute(text: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', text)
    return html.unescape(found[1]) if found else ""
