"""Calls to addresses that strangers name: where they may go, and how far."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from exchange.core.egress import EgressFailed, EgressRefused, Limits, call, is_public

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


class Handler(BaseHTTPRequestHandler):
    """Answers with what the server was told."""

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        self.send_response(self.server.status)
        for name, value in self.server.answer_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        for at in range(0, len(self.server.body), self.server.piece):
            self.wfile.write(self.server.body[at : at + self.server.piece])
            self.server.stop.wait(self.server.pause_s)

    def log_message(self, *_):
        pass


@contextmanager
def listening(context=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.status, server.body, server.answer_headers, server.asked = 200, b"hello", {}, []
    server.piece, server.pause_s, server.stop = 1 << 20, 0, threading.Event()
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server():
    with listening() as running:
        running.host = f"127.0.0.1:{running.server_port}"
        yield running


def ask(server, *, scheme="http", **limits):
    url = f"{scheme}://{server.host}/prices?day=1"
    return call("GET", url, limits=Limits(allowed_hosts=frozenset({server.host}), **limits))


def test_an_allowed_host_answers(server):
    answer = ask(server)

    assert (answer.status, answer.body) == (200, b"hello")
    [(path, headers)] = server.asked
    assert (path, headers["Host"]) == ("/prices?day=1", server.host)


def test_a_private_host_that_is_not_allowed_is_never_connected_to(server):
    with pytest.raises(EgressRefused, match="private network"):
        call("GET", f"https://{server.host}/", limits=Limits())

    assert server.asked == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/", "http is not allowed"),
        ("ftp://example.com/", "ftp is not allowed"),
        ("file:///etc/passwd", "names a host"),
        ("https://user:secret@example.com/", "no user"),
        ("https://", "names a host"),
        ("https://example.com:99999/", "is no address"),
        ("https://169.254.169.254/latest", "private network"),
        ("https://[::1]/", "private network"),
        ("https://0.0.0.0/", "private network"),
    ],
)
def test_where_a_call_may_not_go(url, reason):
    with pytest.raises(EgressRefused, match=reason):
        call("GET", url, limits=Limits())


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    """Otherwise a name server would only have to wait for the client to try the second one."""
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)

    with pytest.raises(EgressRefused, match="private network"):
        call("GET", "https://example.com/", limits=Limits())


def test_a_name_is_resolved_once(server, monkeypatch):
    """A second answer of the name server must not decide where the connection goes."""
    resolve, asked = socket.getaddrinfo, []

    def counted(host, *arguments, **named):
        asked.append(host)
        return resolve("127.0.0.1" if host == "provider.test" else host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    port = server.server_port
    limits = Limits(allowed_hosts=frozenset({f"provider.test:{port}"}))

    call("GET", f"http://provider.test:{port}/", limits=limits)

    assert asked.count("provider.test") == 1
    assert server.asked[0][1]["Host"] == f"provider.test:{port}"


def test_a_redirect_is_an_answer_and_not_followed(server):
    server.status, server.answer_headers = 302, {"Location": f"http://{server.host}/elsewhere"}

    assert ask(server).status == 302
    assert len(server.asked) == 1


def test_an_answer_that_is_too_large_is_cut_off(server):
    server.body = b"x" * 200_000

    with pytest.raises(EgressFailed, match="larger than 100000 bytes"):
        ask(server, max_bytes=100_000)


def test_an_answer_that_drips_is_given_up(server):
    """Each piece comes in time, the whole does not."""
    server.body, server.piece, server.pause_s = b"x" * 20, 1, 0.1

    with pytest.raises(EgressFailed):
        ask(server, timeout_s=0.3)


def test_a_host_that_does_not_listen_is_named():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(EgressFailed, match=host):
        call("GET", f"http://{host}/", limits=Limits(allowed_hosts=frozenset({host})))


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with listening(context) as running:
        running.host = f"127.0.0.1:{running.server_port}"
        with pytest.raises(EgressFailed, match="certificate"):
            ask(running, scheme="https")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1", False),
        ("fd00::1", False),
    ],
)
def test_what_counts_as_the_open_internet(address, public):
    assert is_public(address) is public


def self_signed(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider")])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=9000))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_headers_that_drip_are_given_up_as_a_whole():
    """Each byte comes within the read timeout, the end of the headers never."""
    listener = socket.create_server(("127.0.0.1", 0))
    host, stop = f"127.0.0.1:{listener.getsockname()[1]}", threading.Event()

    def drip():
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not stop.wait(0.1):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    limits = Limits(allowed_hosts=frozenset({host}), timeout_s=1)
    quick = mock.patch("exchange.core.egress.CONNECT_TIMEOUT_S", 0.5)
    with quick, pytest.raises(EgressFailed, match="took too long"):
        call("GET", f"http://{host}/", limits=limits)
    stop.set()
    thread.join(10)
    listener.close()

    assert not thread.is_alive()
