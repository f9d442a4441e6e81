"""Client and server die in the middle of a large upload; what comes of it is what nothing had interrupted.

`WDX_TEST_UPLOAD_ROWS=5000000` takes a larger file.
"""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from exchange.datasets.ingest.revision import ingest
from exchange.demo.people import assemble
from exchange.demo.server import start_server

ROWS = int(os.environ.get("WDX_TEST_UPLOAD_ROWS", "500000"))
PATIENCE_S = 120 + ROWS // 10_000
#: In the clear these words would be in every chunk of the file.
MARK = "transformer-4711"


def write_load(path: Path, rows: int) -> Path:
    began, step = datetime(2026, 1, 1), timedelta(minutes=15)  # noqa: DTZ001 - as meters write it
    with path.open("w", encoding="utf-8") as file:
        file.write("time,load_kw,meter\n")
        file.writelines(f"{began + row * step},{row % 9973 / 8},{MARK}\n" for row in range(rows))
    return path


class Exchange:
    """`wdx serve` and `wdx dataset upload` as processes of their own, to be killed at will."""

    def __init__(self, context, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        (self.home / "demo").mkdir(parents=True, exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"],
            "WDX_DATABASE_URL": context.settings.database_url,
            "WDX_LOG_FORMAT": "text",
            "WDX_UPLOAD_PART_BYTES": str(max(256 * 1024, ROWS)),
            "WDX_UPLOAD_LEASE_S": "3",
        }
        self.server = start_server(self.home, self.environment, port=None)
        self.port = int(self.server.url.rsplit(":", 1)[1])
        self.provider = assemble(context, self.server.url, folder, patience_s=60)["provider"].exchange
        config = folder / "config" / "wdx"
        config.mkdir(parents=True)
        profile = {"server": self.server.url, "token": self.provider.connection.token}
        (config / "profile.json").write_text(json.dumps(profile))
        self.client: subprocess.Popen | None = None

    def start_client(self, path: Path) -> None:
        self.client = subprocess.Popen(
            [sys.executable, "-m", "exchange", "dataset", "upload", str(path), "--name", "Transformer"],
            env={"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": str(self.folder / "config")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill_client(self) -> None:
        self.client.send_signal(signal.SIGKILL)
        self.client.communicate()

    def kill_server(self) -> None:
        os.killpg(self.server.process.pid, signal.SIGKILL)
        self.server.process.wait()

    def start_server(self) -> None:
        self.server = start_server(self.home, self.environment, port=self.port)

    def await_upload(self, condition) -> dict:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and (self.client.poll() is None or self.client.returncode < 0):
            for upload in self.provider.uploads():
                if condition(upload):
                    return upload
            time.sleep(0.01)
        raise AssertionError(f"not reached: {self.provider.uploads()}, {self.client.communicate()}")


@pytest.fixture
def exchange(context, tmp_path: Path):
    opened = Exchange(context, tmp_path)
    yield opened
    if opened.client and opened.client.poll() is None:
        opened.kill_client()
    opened.server.stop()


def received(share: float):
    return lambda upload: upload["received_bytes"] >= share * upload["size_bytes"]


def test_a_large_file_survives_kills_of_client_and_server(exchange, context, tmp_path):
    path = write_load(tmp_path / "load.csv", ROWS)
    offsets = []

    exchange.start_client(path)
    offsets.append(exchange.await_upload(received(0.2))["received_bytes"])
    exchange.kill_server()
    exchange.start_server()  # the client goes on by itself
    offsets.append(exchange.await_upload(received(0.4))["received_bytes"])
    exchange.kill_client()
    exchange.start_client(path)
    exchange.await_upload(received(0.6))
    exchange.kill_server()
    exchange.kill_client()
    exchange.start_server()
    offsets.append(exchange.await_upload(received(0.6))["received_bytes"])
    exchange.start_client(path)
    exchange.await_upload(lambda upload: upload["state"] == "processing")
    time.sleep(0.5)  # so that the file is being read
    exchange.kill_server()
    exchange.start_server()
    output, errors = exchange.client.communicate(timeout=PATIENCE_S)

    assert (exchange.client.returncode, errors) == (0, "")
    assert offsets == sorted(offsets)
    check_revision(exchange, context, path, output)


def check_revision(exchange, context, path: Path, output: str) -> None:
    whole = ingest(path, name="load.csv", target=path.with_name("whole"), temp=path.parent / "temp")
    (upload,) = exchange.provider.uploads()
    with context.database.reading() as session:
        rows = session.execute(text("SELECT sha256, rows, size_bytes, number FROM dataset_revisions")).all()

    assert upload["state"] == "done"
    assert [tuple(row) for row in rows] == [(whole.sha256, ROWS, whole.size_bytes, 1)]
    assert whole.sha256 in output
    check_nothing_is_left(exchange)


def check_nothing_is_left(exchange) -> None:
    """Of the killed readers' files in the clear, of parts, of revisions that lost: nothing."""
    files = [path for path in (exchange.home / "storage").rglob("*") if path.is_file()]
    plain = [path for path in exchange.home.rglob("*") if path.is_file() and "incoming" in path.parts]

    assert [path for path in plain if not path.name.endswith(".lock")] == []
    assert [path for path in files if MARK.encode() in path.read_bytes()] == []
    until = time.monotonic() + PATIENCE_S
    while parts := list((exchange.home / "storage" / "uploads").rglob("*-*")):
        assert time.monotonic() < until, parts  # freed after the upload is done
        time.sleep(0.1)
