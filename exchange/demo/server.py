"""Starting and stopping the exchange as a process of its own, the way an operator would."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import requests

from exchange.core.errors import Unavailable

_START_S = 60
_STOP_S = 25


@dataclass
class DemoServer:
    """A running `wdx serve` with its log file."""

    url: str
    log_path: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Ask it to finish the requests under way, and wait until it has."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def start_server(
    home: Path, environment: dict[str, str], *, port: int | None, workers: int = 1
) -> DemoServer:
    """Start the server and wait until it is ready.

    Raises:
        Unavailable: it did not become ready; the message names its log.
    """
    chosen = _free_port(preferred=8420) if port is None else port or _free_port(preferred=0)
    log_path = home / "demo" / "server.log"
    with log_path.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [
                *(sys.executable, "-m", "exchange", "serve", "--host", "127.0.0.1"),
                *("--port", str(chosen), "--workers", str(workers)),
            ],
            stdout=log,
            stderr=log,
            env={**environment, "WDX_HOME": str(home)},
            start_new_session=True,  # Ctrl-C in the terminal reaches the demo, which stops the server in order
        )
    server = DemoServer(f"http://127.0.0.1:{chosen}", log_path, process)
    _await_ready(server)
    return server


def _await_ready(server: DemoServer) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and server.process.poll() is None:
        try:
            if requests.get(f"{server.url}/readyz", timeout=2).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(0.1)
    server.stop()
    tail = "\n".join(server.log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])
    raise Unavailable(f"the server did not start; the end of {server.log_path} says:\n{tail}")


def _free_port(*, preferred: int) -> int:
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Unavailable("no free port on 127.0.0.1")


def new_password() -> str:
    """A password for a demo participant; there are no default ones."""
    return secrets.token_urlsafe(15)
