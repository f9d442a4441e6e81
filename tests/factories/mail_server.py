"""A mail server as a process of its own: aiosmtpd with TLS and sign-in, keeping what it takes in a Maildir."""

import json
import mailbox
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import trustme

USER, PASSWORD = "exchange", "a mail password"
ROOT = Path(__file__).parents[2]


@dataclass
class MailServer:
    """Where it listens, whom to trust, and what it has taken."""

    port: int
    authority: Path
    folder: Path
    rules: Path
    process: subprocess.Popen[bytes]

    def refuse(self, **answers: str) -> None:
        """Answer recipients, by the part before the @, with these lines from now on."""
        self.rules.write_text(json.dumps(answers))

    def taken(self) -> list[EmailMessage]:
        parser = BytesParser(policy=policy.default)
        box = mailbox.Maildir(self.folder, create=False)
        found = [parser.parsebytes(box.get_bytes(key)) for key in box.iterkeys()]
        box.close()
        return sorted(found, key=lambda mail: mail["Message-ID"])


@contextmanager
def mail_server(folder: Path, security: str) -> Iterator[MailServer]:
    """Run one that demands TLS in this form; it ends with the block."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    rules = folder / "rules.json"
    rules.write_text("{}")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "tests.factories.mail_server",
            str(folder),
            security,
            str(port),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield MailServer(port, folder / "authority.pem", folder / "mails", rules, process)
    finally:
        process.kill()
        process.communicate()


def _serve(folder: Path, security: str, port: int) -> None:
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Mailbox
    from aiosmtpd.smtp import AuthResult, LoginPassword

    class Handler(Mailbox):
        async def handle_RCPT(  # noqa: N802 - the name that the server calls
            self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
        ) -> str:
            rules = json.loads((folder / "rules.json").read_text())
            answer = rules.get(address.partition("@")[0], "250 OK")
            if answer.startswith("250"):
                envelope.rcpt_tos.append(address)
            return str(answer)

    def signed_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> Any:
        known = LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=given == known)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    tls = (
        {"ssl_context": context}
        if security == "tls"
        else {"tls_context": context, "require_starttls": True}
    )
    controller = Controller(
        Handler(folder / "mails"),
        hostname="127.0.0.1",
        port=port,
        server_hostname="localhost",
        authenticator=signed_in,
        auth_required=True,
        auth_require_tls=security != "tls",
        **tls,
    )
    controller.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
