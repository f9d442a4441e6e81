"""Agreements a minute over HTTP: requested, offered, accepted, signed by all three, and in the evidence log.

Each database is served the way the operator would on this machine: SQLite by one process, PostgreSQL by one a core
with the scheduled jobs in a process of their own.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from benchmarks.report import table
from exchange.app import create_context
from exchange.client import Exchange
from exchange.config import Settings
from exchange.context import Context
from exchange.demo.deals import generated_deals
from exchange.demo.people import Party, assemble
from exchange.demo.server import start_server
from exchange.demo.walk import Walk
from exchange.setup import prepare
from tests.postgresql import running_server

SECONDS, CLIENTS = 20.0, 4
#: What a province's pilot was asked to bear, on two cores.
AIM = 1_000


@dataclass(frozen=True)
class Offer:
    """A served exchange and what two parties agree on again and again."""

    context: Context
    provider: Party
    buyer: Party
    request: dict[str, object]


def run() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        with _served(Path(name) / "sqlite", "") as offer:
            rows.append(_measured("SQLite, synchronous=FULL", offer))
        with (
            running_server(durable=True) as database_url,
            _served(Path(name) / "pg", database_url) as offer,
        ):
            rows.append(_measured("PostgreSQL, synchronous_commit=on", offer))
    table(("database", "agreements/min", f"of {AIM:,}/min", "median s", "last one filed after s"), rows)
    print(f"\n{CLIENTS} pairs of a provider and a buyer for {SECONDS:.0f} s, on the server's cores")


def _measured(name: str, offer: Offer) -> tuple[object, ...]:
    taken: list[float] = []
    began = time.monotonic()
    pairs = [threading.Thread(target=_agree, args=(offer, began + SECONDS, taken)) for _ in range(CLIENTS)]
    for pair in pairs:
        pair.start()
    for pair in pairs:
        pair.join()
    elapsed = time.monotonic() - began
    filed_after = _await_filed(offer.context, len(taken))
    rate = len(taken) / elapsed * 60
    return name, f"{rate:,.0f}", f"{rate / AIM:.0%}", f"{sorted(taken)[len(taken) // 2]:.2f}", filed_after


def _agree(offer: Offer, until: float, taken: list[float]) -> None:
    provider, buyer = (_own_client(party) for party in (offer.provider, offer.buyer))
    while time.monotonic() < until:
        began = time.monotonic()
        negotiation = buyer.request_access(dict(offer.request))
        provider.offer_terms(negotiation["id"])
        buyer.accept_offer(negotiation["id"])
        agreement = buyer.agreement_of(negotiation["id"])
        for client, party in ((provider, offer.provider), (buyer, offer.buyer)):
            assert party.key is not None
            signed = client.sign_agreement(
                agreement["id"], party.key, role=party.role, expected_sha256=agreement["terms_sha256"]
            )
        assert signed["executed_at"], "both signed and the exchange has not countersigned"
        taken.append(time.monotonic() - began)


def _own_client(party: Party) -> Exchange:
    # A session of requests is not made for several threads.
    connection = party.exchange.connection
    return Exchange(connection.url, token=connection.token)


def _await_filed(context: Context, signed: int) -> str:
    """Wait until every execution has its place in the log: an agreement that is not filed does not count."""
    began = time.monotonic()
    query = text("SELECT count(*) FROM events WHERE type = 'agreement.executed' AND position IS NOT NULL")
    while time.monotonic() < began + 60:
        with context.database.reading() as session:
            if session.scalar(query) == signed:
                return f"{time.monotonic() - began:.1f}"
        time.sleep(0.1)
    raise AssertionError("some agreements never reached the log")


@contextmanager
def _served(home: Path, database_url: str) -> Iterator[Offer]:
    (home / "demo").mkdir(parents=True)
    context = create_context(Settings(home=home, database_url=database_url))
    prepare(context)
    environment = {**os.environ, "WDX_HOME": str(home), "WDX_THREADS": "8"}
    workers, jobs = 1, []
    if database_url:
        environment |= {"WDX_DATABASE_URL": database_url, "WDX_JOBS_INSIDE": "false"}
        workers = os.cpu_count() or 1
        jobs.append(subprocess.Popen([sys.executable, "-m", "exchange", "jobs", "run"], env=environment))
    server = start_server(home, environment, port=None, workers=workers)
    try:
        parties = assemble(context, server.url, home / "demo", patience_s=30)
        plan = generated_deals(home / "series", rows=2_000)[0]
        walk = Walk(plan, parties, lambda *_: None)
        walk._list(walk._upload())
        request = plan.request(walk.deal.listing_id, 1)
        yield Offer(context, parties["provider"], parties["buyer"], request)
    finally:
        server.stop()
        for process in jobs:
            process.send_signal(signal.SIGTERM)
            process.wait()
        context.database.dispose()
