"""Calls to addresses that participants name: never into our own network, never further than allowed.

A name is resolved once and the connection goes to exactly that address, so a name server that changes its
answer between check and use gains nothing. There are no redirects, no proxies from the environment, one
bound on time and one on size.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

import certifi
import urllib3

from exchange.core.errors import DomainError

CONNECT_TIMEOUT_S = 5
_READ_BYTES = 1 << 14
_IPV4_IN_IPV6 = ipaddress.ip_network("64:ff9b::/96")


class EgressRefused(DomainError):
    """The address may not be called from here; `remedy` says what would be allowed."""

    kind = "invalid"
    code = "egress-refused"


class EgressFailed(DomainError):
    """The call got no usable answer: no connection, no valid certificate, too slow, too large."""

    kind = "invalid"
    code = "egress-failed"


@dataclass(frozen=True)
class Limits:
    """How far a call may go.

    `allowed_hosts` are `host:port` pairs of the operator's own choice that may be private or without TLS,
    such as a connector in the same machine room.
    """

    timeout_s: float = 10
    max_bytes: int = 1 << 20
    allowed_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    content_type: str
    body: bytes
    elapsed_ms: int


def call(
    method: str,
    url: str,
    *,
    limits: Limits,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Make one request; run it outside every transaction.

    Raises:
        EgressRefused: another scheme than HTTPS, credentials in the address, or an address that is not public.
        EgressFailed: no connection, a certificate that does not fit, or a bound was reached.
    """
    parts = _checked_url(url, limits)
    address = _resolve(parts, limits)
    started = time.monotonic()
    pool = _pool(parts, address, limits)
    deadline = _Deadline(pool, CONNECT_TIMEOUT_S + limits.timeout_s)
    try:
        deadline.start()
        response = pool.urlopen(
            method,
            _target(parts),
            body=body,
            headers={**(headers or {}), "Host": parts.netloc},
            redirect=False,
            retries=False,
            preload_content=False,
            # A compressed answer could unpack to more than the bound.
            decode_content=False,
        )
        with closing(response):
            data = _read(response, started, limits)
        if deadline.passed:  # what was cut off may look whole
            raise EgressFailed(f"{parts.netloc} gave no answer: it took too long")
    except urllib3.exceptions.HTTPError as error:
        why = "it took too long" if deadline.passed else _cause(error)
        raise EgressFailed(f"{parts.netloc} gave no answer: {why}") from error
    finally:
        deadline.close()
        pool.close()
    return Answer(
        response.status,
        response.headers.get("Content-Type", ""),
        data,
        round((time.monotonic() - started) * 1000),
    )


def check_url(url: str, limits: Limits) -> None:
    """Refuse an address that is not called in any case; its host is looked up only when it is called.

    Raises:
        EgressRefused: another scheme than HTTPS, or credentials in the address.
    """
    _checked_url(url, limits)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, also when it is wrapped into an IPv6 one."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _IPV4_IN_IPV6:
            inner = ipaddress.IPv4Address(ip.packed[-4:])
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


def _checked_url(url: str, limits: Limits) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = _port(parts)
    except ValueError as error:
        raise EgressRefused(f"{url!r} is no address: {error}", field="url") from error
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise EgressRefused(
            "an address names a host, and no user", field="url", remedy="Write https://host/path."
        )
    if parts.scheme != "https" and f"{parts.hostname}:{port}" not in limits.allowed_hosts:
        raise EgressRefused(
            f"{parts.scheme or 'no scheme'} is not allowed", field="url", remedy="Use https."
        )
    if parts.scheme not in {"https", "http"}:
        raise EgressRefused(f"{parts.scheme} is not allowed", field="url", remedy="Use https.")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _resolve(parts: SplitResult, limits: Limits) -> str:
    host, port = str(parts.hostname), _port(parts)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise EgressFailed(f"the host {host} is not known: {error}", field="url") from error
    addresses = [str(item[4][0]) for item in found]
    # All of them: a name with one public and one private address is an attempt.
    if f"{host}:{port}" not in limits.allowed_hosts and not all(map(is_public, addresses)):
        raise EgressRefused(
            f"{host} is an address of a private network",
            field="url",
            remedy="Give an address of the open internet, or ask the operator to allow this host.",
        )
    return addresses[0]


def _pool(parts: SplitResult, address: str, limits: Limits) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=limits.timeout_s)
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(address, _port(parts), timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address,
        _port(parts),
        timeout=timeout,
        cert_reqs="CERT_REQUIRED",
        ca_certs=certifi.where(),
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
    )


class _Deadline:
    """Ends a call as a whole: a read timeout begins anew with each byte of a header that drips."""

    def __init__(self, pool: urllib3.HTTPConnectionPool, seconds: float) -> None:
        self.passed = False
        self._connections: list[Any] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        make = pool.ConnectionCls

        def remembered(*arguments: Any, **named: Any) -> Any:
            connection = make(*arguments, **named)
            self._connections.append(connection)
            return connection

        pool.ConnectionCls = remembered  # type: ignore[assignment]

    def start(self) -> None:
        self._timer.start()

    def close(self) -> None:
        self._timer.cancel()
        for connection in self._connections:
            connection.close()  # one that is given up does not find its way back into the pool

    def _end(self) -> None:
        self.passed = True
        for connection in self._connections:
            if connection.sock is not None:
                # The thread that reads from it wakes up with an error.
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)


def _target(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _read(response: urllib3.BaseHTTPResponse, started: float, limits: Limits) -> bytes:
    data = bytearray()
    while chunk := response.read(_READ_BYTES):
        data += chunk
        if len(data) > limits.max_bytes:
            raise EgressFailed(f"the answer is larger than {limits.max_bytes} bytes")
        # The read timeout is per read; a server that drips would hold a thread for ever.
        if time.monotonic() - started > limits.timeout_s:
            raise EgressFailed(f"the answer took longer than {limits.timeout_s} s")
    return bytes(data)


def _cause(error: Exception) -> str:
    """The innermost reason, without the addresses that the resolver found."""
    while error.__cause__ is not None and isinstance(error.__cause__, Exception):
        error = error.__cause__
    return type(error).__name__ if not str(error) else str(error).split(": ")[-1][:200]
