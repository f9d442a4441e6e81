"""A regulator's order comes in the middle of a download from the real server: the download is cut, and why is told."""

import os
import random
import socket
import time
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from exchange.app import replay_rules
from exchange.audit import VKey, verify_bundle
from exchange.client import ReceiptBook, Refused
from exchange.core.entries import decode_record
from exchange.core.events import find_events
from exchange.demo.deals import DealPlan, deals_of_folder
from exchange.demo.people import assemble
from exchange.demo.server import start_server
from exchange.demo.walk import Walk

#: Much more than the buffers of both ends of a connection hold.
ROWS, NOTE = 20_000, 1_000
#: Generous: the server looks every second.
PATIENCE_S = 15


class FilePlan(DealPlan):
    @property
    def offer(self):
        fee = {"model": "subscription", "fee_micro": 880_000_000}
        return {**super().offer, "price_plans": [self.priced(fee)]}

    def request(self, listing_id, rows):
        return {**super().request(listing_id, rows), "max_rows": None}


class Agreed(Walk):
    """To the signatures, and nothing delivered yet."""

    def _deliver(self):
        pass


@pytest.fixture
def running(context, tmp_path):
    """The server as it runs in production, on the test's database."""
    (tmp_path / "home" / "demo").mkdir(parents=True, exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "WDX_DATABASE_URL": context.settings.database_url,
        "WDX_LOG_FORMAT": "text",
    }
    server = start_server(tmp_path / "home", environment, port=0)
    yield server
    server.stop()


@pytest.fixture
def parties(context, running, tmp_path):
    return assemble(context, running.url, tmp_path, patience_s=5)


@pytest.fixture
def agreement_id(parties, tmp_path):
    folder = tmp_path / "series"
    folder.mkdir()
    noise = random.Random(4)
    rows = (f"{number},{noise.randbytes(NOTE // 2).hex()}\n" for number in range(ROWS))
    (folder / "notes.csv").write_text("number,note\n" + "".join(rows), encoding="utf-8")
    [plan] = deals_of_folder(folder)
    return Agreed(FilePlan(**vars(plan)), parties, lambda *_: None).run().agreement_id


class Download:
    """A caller with a small buffer who reads as the test lets it."""

    def __init__(self, url, token, agreement_id):
        address = urlsplit(url)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect((address.hostname, address.port))
        self._socket.sendall(
            f"GET /api/v1/agreements/{agreement_id}/file HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {token}\r\nIdempotency-Key: download-1\r\n\r\n".encode()
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._socket.recv(1 << 12)
        head, _, body = head.partition(b"\r\n\r\n")
        lines = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:])
        self.size, self.received = int(lines["content-length"]), len(body)

    def close(self):
        self._socket.close()

    def read_to_the_end(self, *, pause_s=0.0):
        try:
            while piece := self._socket.recv(1 << 14):
                self.received += len(piece)
                time.sleep(pause_s)
        except ConnectionResetError:
            pass
        return self.received


@pytest.mark.parametrize("pause_s", [0.005, None], ids=["slow reader", "reader who does not read"])
def test_the_download_is_cut_and_goes_on_after_the_lifting(
    context, parties, running, agreement_id, tmp_path, pause_s
):
    buyer, regulator = parties["buyer"].exchange, parties["regulator"].exchange
    with closing(Download(running.url, buyer.connection.token, agreement_id)) as download:
        order = regulator.order_suspension(
            {
                "scope": "agreement",
                "subject_id": agreement_id,
                "order_no": "2026-17",
                "grounds": "a leak is being looked into",
            }
        )
        if pause_s is not None:
            download.read_to_the_end(pause_s=pause_s)
        cut = _await_cut(context, agreement_id)
        assert download.read_to_the_end() < download.size
    assert (cut["cause"], cut["size_bytes"]) == ("held", download.size)
    assert cut["sent_bytes"] < download.size

    book = ReceiptBook(buyer.exchange_signing_key())
    with pytest.raises(Refused, match="an authority has ordered it") as refused:
        buyer.download_file(agreement_id, book, request_id="download-1")
    assert refused.value.code == "deliveries-stopped"
    regulator.lift_suspension(order["id"], "the leak is closed")
    again = buyer.download_file(agreement_id, book, request_id="download-1")
    assert (len(again.body), buyer.usage(agreement_id)["deliveries"]) == (download.size, 1)

    bundle = tmp_path / "evidence.zip"
    regulator.download_bundle(bundle)
    log_key = VKey.parse(regulator.log_status()["log_key"])
    report = verify_bundle(bundle, rules=replay_rules(), log_key=log_key)
    assert report.findings == []
    assert report.checked["deliveries cut off"] == 1


def _await_cut(context, agreement_id):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with context.database.reading() as session:
            if found := find_events(session, [agreement_id], ["delivery.cut"]):
                return decode_record(found[0].record)
        time.sleep(0.1)
    raise AssertionError("the download was not cut")
