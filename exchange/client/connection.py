"""HTTP to the exchange: bearer token, retries that are safe, refusals as exceptions."""

import random
import time
import uuid
from typing import IO, Any

import requests

from exchange.core.errors import DomainError, FieldProblem

#: Answers after which the same request may succeed.
_RETRYABLE = {502, 503, 504}
#: A contract's rate is told by the minute; whoever is told to wait longer is told so on the screen.
_LONGEST_TOLD_S = 90
_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 5.0
_KIND_OF_STATUS = {
    401: "not-authenticated",
    403: "not-permitted",
    404: "not-found",
    409: "conflict",
    429: "limit-exceeded",
}


class Refused(DomainError):
    """The exchange refused; `code` is its stable code and `detail` its sentence."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        errors = problem.get("errors") or []
        super().__init__(
            problem.get("detail") or problem.get("title") or f"HTTP {status}",
            field=errors[0].get("field") if errors else None,
            remedy=errors[0].get("remedy") if errors else None,
        )
        self.status = status
        self.code = problem.get("code", f"http-{status}")  # type: ignore[misc]
        self.kind = _KIND_OF_STATUS.get(status, "invalid")  # type: ignore[misc]
        self.problem = problem
        self.problems = tuple(
            FieldProblem(item.get("field") or "", item.get("message") or "", item.get("remedy"))
            for item in errors
        )


class Unreachable(DomainError):
    """The exchange did not answer for as long as the caller was willing to wait."""

    kind = "unavailable"
    code = "unreachable"


class Connection:
    """One caller's way to one exchange.

    A request is repeated on a lost connection or a 503 with the same Idempotency-Key, so it has one effect
    however often it is sent. `patience_s` bounds how long that may go on.
    """

    def __init__(self, url: str, *, token: str | None = None, patience_s: float = 30.0) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self.patience_s = patience_s
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy, no .netrc: the token goes to this server only

    def get(self, path: str, *, request_id: str | None = None, **query: Any) -> requests.Response:
        """Read; `request_id` names a metered read, so that a retry is the same delivery."""
        asked = {name: value for name, value in query.items() if value is not None}
        headers = {"Idempotency-Key": request_id} if request_id else {}
        return self._send("GET", path, params=asked, headers=headers)

    def post(
        self, path: str, body: Any = None, *, key: str | None = None, **options: Any
    ) -> requests.Response:
        """Change something; without a `key` a fresh one is made."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4()), **options.pop("headers", {})}
        if body is not None:
            options["json"] = body
        return self._send("POST", path, headers=headers, **options)

    def delete(self, path: str) -> requests.Response:
        """Remove something; what is gone already is refused with 404."""
        return self._send("DELETE", path, headers={})

    def patch(self, path: str, body: IO[bytes], *, headers: dict[str, str]) -> requests.Response:
        """Add to something; the headers say where, so that sending it again cannot add it twice."""
        return self._send("PATCH", path, headers=headers, data=body)

    def _send(
        self, method: str, path: str, *, headers: dict[str, str], **options: Any
    ) -> requests.Response:
        if self.token:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        until, wait = time.monotonic() + self.patience_s, _FIRST_WAIT_S
        while True:
            try:
                response = self._attempt(method, path, headers, options)
            except (
                requests.ConnectionError,
                requests.Timeout,
                requests.exceptions.ChunkedEncodingError,
            ) as error:
                if time.monotonic() > until:
                    raise Unreachable(f"{self.url} does not answer: {error}") from error
            else:
                if (pause := _told_to_wait(response)) is not None:
                    # The terms' own rate: waiting is not impatience, so it does not count as such.
                    time.sleep(pause)
                    until += pause
                    continue
                if response.status_code not in _RETRYABLE or time.monotonic() > until:
                    return _accepted(response)
            # Jitter keeps many callers from coming back in step.
            time.sleep(random.uniform(wait / 2, wait))  # noqa: S311 - no secret
            wait = min(wait * 2, _LONGEST_WAIT_S)

    def _attempt(
        self, method: str, path: str, headers: dict[str, str], options: dict[str, Any]
    ) -> requests.Response:
        body = options.get("data")
        if body is not None:
            body.seek(0)  # a file sent again starts at its beginning
        return self._http.request(
            method,
            f"{self.url}{path}",
            headers=headers,
            timeout=(10, 600),
            allow_redirects=False,
            **options,
        )


def _told_to_wait(response: requests.Response) -> float | None:
    """Seconds after which a request that came too soon for the contract's rate may be sent again."""
    told = response.headers.get("Retry-After", "")
    if response.status_code != 429 or not told.isdecimal() or int(told) > _LONGEST_TOLD_S:
        return None
    return float(told)


def _accepted(response: requests.Response) -> requests.Response:
    if response.status_code < 300:
        return response
    try:
        problem = response.json()
    except ValueError:
        problem = {"detail": response.text[:200] or response.reason}
    raise Refused(response.status_code, problem if isinstance(problem, dict) else {})
