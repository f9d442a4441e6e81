"""A real S3 server in a process of its own: checks signatures, keeps objects on disk, answers over HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exchange.core.object_storage import S3Access

ACCESS_KEY, SECRET_KEY, BUCKET = "wdx-tests", "only-for-tests-0123456789", "exchange"
_START_S = 60


@dataclass
class S3Server:
    """Where the server is, and where it keeps its objects."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def access(self, **changes) -> S3Access:
        return S3Access(
            **{
                "endpoint": self.url,
                "region": "us-east-1",
                "access_key": ACCESS_KEY,
                "secret_key": SECRET_KEY,
                "timeout_s": 5,
                "attempts": 2,
                **changes,
            }
        )

    @property
    def bucket(self) -> Path:
        return self.folder / BUCKET

    @property
    def settings(self) -> dict[str, str]:
        """As an operator would write them."""
        return {
            "s3_endpoint": self.url,
            "s3_region": "us-east-1",
            "s3_access_key": ACCESS_KEY,
            "s3_secret_key": SECRET_KEY,
        }


@contextmanager
def running_s3(folder: Path) -> Iterator[S3Server]:
    """Start the server; it is a requirement of development, so a machine without it fails and never skips."""
    (folder / BUCKET).mkdir(parents=True)
    port = _free_port()
    with (folder.parent / "s3.log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "nanio", "serve", "--data-dir", str(folder),
                "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning",
            ],
            stdout=log,
            stderr=log,
            env={**os.environ, "NANIO_ACCESS_KEY": ACCESS_KEY, "NANIO_SECRET_KEY": SECRET_KEY},
            start_new_session=True,
        )  # fmt: skip
    server = S3Server(f"http://127.0.0.1:{port}", folder, process)
    try:
        _await_listening(server, port)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_listening(server: S3Server, port: int) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and server.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError((server.folder.parent / "s3.log").read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
