"""The description of a provider's API, as the listing states it; what it says is what is tested and proxied."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import orjson

from exchange.core import canonical
from exchange.core.errors import Invalid
from exchange.datasets import Field, Schema

#: What an answer means for the bill: records found, nothing found, or a failure that is never charged.
HIT, NO_HIT, FAILURE = "hit", "no_hit", "failure"

#: A shorter secret may stand in a description by chance.
_SHORTEST_TOLD_APART = 6


class HostedCallInvalid(Invalid):
    """The arguments of a call do not fit the description."""

    code = "hosted-call-invalid"


@dataclass(frozen=True)
class Request:
    """One call, ready to be sent."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None


@dataclass(frozen=True)
class HostedApi:
    """A described API. `document` has passed `schemas.HostedApiSchema`, so its members are all there."""

    document: dict[str, Any]

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """Take a checked description."""
        return cls(document)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical description: a test is about exactly this one."""
        return hashlib.sha256(canonical.to_bytes(self.document)).hexdigest()

    @property
    def shown(self) -> dict[str, Any]:
        """What a listing says of the API: all but its address, which only the exchange and reviewers need.

        Whoever knew the address could go round the exchange; the digest binds it all the same.
        """
        return {name: value for name, value in self.document.items() if name != "url"}

    @property
    def schema(self) -> Schema:
        """The columns of the answer's records; nothing orders them."""
        fields = self.document["answer"]["fields"]
        return Schema(
            tuple(Field(item["name"], item["type"], item["unit"], item["nullable"]) for item in fields),
            None,
        )

    def request(self, arguments: Mapping[str, str], secret: str | None) -> Request:
        """Build the call with these arguments; the secret goes where the description says and nowhere else.

        Raises:
            HostedCallInvalid: an argument is missing or unknown, or the API needs a secret.
        """
        self._check(arguments, secret)
        parts = urlsplit(self.document["url"])
        path, query, body = parts.path, dict[str, str](), dict[str, str]()
        for parameter in self.document["parameters"]:
            name = parameter["name"]
            if name not in arguments:
                continue
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", quote(arguments[name], safe=""))
            else:
                (query if parameter["in"] == "query" else body)[name] = arguments[name]
        headers = {"Accept": "application/json"}
        _add_secret(self.document["auth"], secret, headers, query)
        if body:
            headers["Content-Type"] = "application/json"
        url = urlunsplit((parts.scheme, parts.netloc, path, urlencode(query), ""))
        return Request(self.document["method"], url, headers, orjson.dumps(body) if body else None)

    def outcome(self, status: int, answer: Any) -> str | None:
        """What an answer means by the table of codes; None when the table does not know it."""
        for rule in self.document["codes"]:
            if rule["status"] is not None and rule["status"] != status:
                continue
            if rule["code"] is not None and _at(answer, self.document["answer"]["code_at"]) != rule["code"]:
                continue
            return str(rule["outcome"])
        return None

    def records(self, answer: Any) -> list[Any] | None:
        """The records of an answer; None when they are not where the description says."""
        found = _at(answer, self.document["answer"]["records_at"])
        if isinstance(found, dict):
            return [found]
        return found if isinstance(found, list) else None

    def _check(self, arguments: Mapping[str, str], secret: str | None) -> None:
        known = {item["name"]: item for item in self.document["parameters"]}
        for name in arguments:
            if name not in known:
                raise HostedCallInvalid(
                    f"the API has no parameter {name}",
                    field=name,
                    remedy=f"Choose from: {', '.join(known)}.",
                )
        for name, item in known.items():
            if item["required"] and name not in arguments:
                raise HostedCallInvalid(
                    f"the parameter {name} is missing", field=name, remedy="Give a value."
                )
        if self.document["auth"]["kind"] != "none" and not secret:
            raise HostedCallInvalid(
                f"the API wants its secret as {self.document['auth']['kind']}",
                field="secret",
                remedy="Give the secret; it is used for this call and not kept.",
            )
        if secret and len(secret) >= _SHORTEST_TOLD_APART and secret in str(self.document):
            raise HostedCallInvalid(
                "the description holds the secret, and buyers read descriptions",
                field="api",
                remedy="Take it out, and have a new secret made: this one was written down.",
            )


def _add_secret(
    auth: dict[str, Any], secret: str | None, headers: dict[str, str], query: dict[str, str]
) -> None:
    if auth["kind"] == "none" or secret is None:
        return
    if auth["kind"] == "bearer":
        headers["Authorization"] = f"Bearer {secret}"
    elif auth["kind"] == "header":
        headers[auth["name"]] = secret
    else:
        query[auth["name"]] = secret


def _at(answer: Any, path: str) -> Any:
    """The part of an answer that a dotted path names; the empty path is the whole answer."""
    for name in path.split(".") if path else ():
        if not isinstance(answer, dict) or name not in answer:
            return None
        answer = answer[name]
    return answer
