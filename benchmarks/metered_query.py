"""The metered query over HTTP, durable before its answer, against a plain Flask hello on the same server."""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import text

from benchmarks.load import Load, hammer
from benchmarks.report import table
from exchange.app import create_context
from exchange.config import Settings
from exchange.demo.deals import generated_deals
from exchange.demo.people import assemble
from exchange.demo.server import start_server
from exchange.demo.walk import Walk
from exchange.setup import prepare
from tests.postgresql import running_server

SECONDS, ROUNDS = 3.0, 3
HELLO = """
from flask import Flask
app = Flask(__name__)
@app.get("/")
def hello():
    return "hello"
"""


def run() -> None:
    rows: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as name, _hello_server(Path(name)) as hello_url:
        with _deal(Path(name) / "sqlite", "") as (url, path, token, check):
            rows += _measured("SQLite, synchronous=FULL", hello_url, url, path, token, check)
        with running_server(durable=True) as database_url, _deal(Path(name) / "pg", database_url) as deal:
            rows += _measured("PostgreSQL, synchronous_commit=on", hello_url, *deal)
    table(("request", "requests/s", "of hello", "p50 ms", "p99 ms"), rows)
    print(
        f"\n16 connections from 2 processes on the same cores; medians of {ROUNDS} interleaved rounds of {SECONDS} s"
    )


def _measured(
    name: str, hello_url: str, url: str, path: str, token: str, check: Any
) -> list[tuple[object, ...]]:
    hellos: list[Load] = []
    metered: list[Load] = []
    for _ in range(ROUNDS):
        hellos.append(hammer(hello_url, "/", seconds=SECONDS))
        metered.append(hammer(url, path, token=token, seconds=SECONDS))
    assert not any(load.errors for load in (*hellos, *metered)), "some requests failed"
    check()
    hello = statistics.median(load.rate for load in hellos)
    rate = statistics.median(load.rate for load in metered)
    return [
        _row(f"hello beside {name}", hellos, hello),
        _row(f"metered page of 10 rows, {name}", metered, hello or rate),
    ]


def _row(name: str, loads: list[Load], hello: float) -> tuple[object, ...]:
    rate = statistics.median(load.rate for load in loads)
    return (
        name,
        f"{rate:,.0f}",
        f"{rate / hello:.0%}",
        f"{statistics.median(load.p50_ms for load in loads):.1f}",
        f"{statistics.median(load.p99_ms for load in loads):.1f}",
    )


@contextmanager
def _deal(home: Path, database_url: str) -> Iterator[tuple[str, str, str, Any]]:
    """A served deal without a row limit; yields its address, path, the buyer's token and a final check."""
    (home / "demo").mkdir(parents=True)
    context = create_context(Settings(home=home, database_url=database_url))
    prepare(context)
    environment = {**os.environ, "WDX_THREADS": "16"}
    if database_url:
        environment["WDX_DATABASE_URL"] = database_url
    server = start_server(home, environment, port=None)
    try:
        parties = assemble(context, server.url, home / "demo", patience_s=30)
        agreement_id = _unlimited_agreement(home, parties)
        token = parties["buyer"].exchange.connection.token or ""

        def check() -> None:
            """Every answer has its record: the benchmark must not win by losing any."""
            with context.database.reading() as session:
                records, used = session.execute(
                    text(
                        "SELECT (SELECT count(*) FROM delivery_records), (SELECT sum(deliveries) FROM agreement_meters)"
                    )
                ).one()
            assert records == used

        yield server.url, f"/api/v1/agreements/{agreement_id}/rows?limit=10", token, check
    finally:
        server.stop()
        context.database.dispose()


def _unlimited_agreement(home: Path, parties: Any) -> str:
    plan = generated_deals(home / "series", rows=20_000)[0]
    walk = Walk(plan, parties, lambda *_: None)
    revision = walk._upload()
    walk._list(revision)
    request = {**plan.request(walk.deal.listing_id, 1), "max_rows": None}
    negotiation = parties["buyer"].exchange.request_access(request)
    parties["provider"].exchange.offer_terms(negotiation["id"])
    parties["buyer"].exchange.accept_offer(negotiation["id"])
    walk._sign(negotiation)
    return walk.deal.agreement_id


@contextmanager
def _hello_server(folder: Path) -> Iterator[str]:
    (folder / "hello.py").write_text(HELLO)
    port = "8421"
    process = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "-w", "1", "-k", "gthread", "--threads", "16", "-b",
            f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "error", "hello:app",
        ],
        cwd=folder,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                requests.get(url, timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
