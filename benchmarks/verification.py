"""Verifying a bundle of many delivery events offline, against the bare hashing it cannot do without."""

import hashlib
import multiprocessing
import os
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import seconds, table
from exchange.audit import VKey, verify_bundle
from exchange.audit.bundle_writer import write_bundle
from exchange.audit.checkpoints import Checkpoint, sign_checkpoint
from exchange.audit.merkle import leaf_hash
from exchange.audit.tiles import RightEdge
from exchange.core.clock import now
from exchange.core.entries import LoggedEvent
from exchange.core.events import event_row
from exchange.core.replay import Replay, ReplayRules
from exchange.trust import PrivateKey

EVENTS = 1_000_000
ORIGIN = "bench.example/log"


def run(events: int = EVENTS) -> None:
    with tempfile.TemporaryDirectory() as name:
        bundle = Path(name) / "bench.zip"
        key = PrivateKey.generate()
        vkey = VKey(ORIGIN, key.public)
        _write(bundle, key, vkey, events)
        # In a process of its own, so that the memory is that of the verifier alone.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            limit, whole, peak_mb = pool.apply(_measure, (bundle, vkey.text, events))
        table(
            ("work", "seconds", "events/s", "times the bare hashing"),
            [
                (
                    "SHA-256 of every entry, node and record",
                    f"{limit:.2f}",
                    f"{events / limit:,.0f}",
                    "1.0",
                ),
                (
                    "verify_bundle, all layers",
                    f"{whole:.2f}",
                    f"{events / whole:,.0f}",
                    f"{whole / limit:.1f}",
                ),
            ],
        )
        print(
            f"\n{events:,} events, bundle {bundle.stat().st_size / 1e6:.0f} MB, "
            f"peak memory of the verifying process {peak_mb:.0f} MB, one verification"
        )


def _measure(bundle: Path, vkey: str, events: int) -> tuple[float, float, float]:
    rules = ReplayRules()

    @rules.on("delivery.recorded")
    def read(_replay: Replay, event: LoggedEvent) -> None:
        assert event.content["rows"] == 1000

    def verify() -> None:
        report = verify_bundle(bundle, rules=rules, log_key=VKey.parse(vkey))
        assert report.ok, report.findings[:3]

    limit = statistics.median(seconds(lambda: _hash_only(events)) for _ in range(3))
    whole = seconds(verify)
    # Not ru_maxrss: that remembers the parent's size from before the exec.
    status = Path("/proc/self/status").read_text()
    peak_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return limit, whole, peak_kb / 1024


def _payload(number: int) -> dict[str, object]:
    return {
        "delivery_id": f"dlv_{number:026d}",
        "agreement_id": f"agr_{number % 100:026d}",
        "number": number // 100 + 1,
        "request_id": f"request-{number}",
        "mode": "query",
        "question": {"mode": "query", "columns": ["time", "load_kw"], "limit": 1000},
        "rows": 1000,
        "size_bytes": 43_210,
        "content_sha256": "0" * 64,
        "delivered_rows": (number // 100 + 1) * 1000,
        "epoch": 1,
        "period": "2026-11",
        "recorded_at": 1_795_000_000_000 + number,
    }


def _items(events: int) -> Iterator[list[tuple[bytes, bytes]]]:
    at = now()
    batch = []
    for number in range(events):
        row = event_row(
            "delivery.recorded", _payload(number), subject=f"agr_{number % 100}", actor="per_1", at=at
        )
        batch.append((row["entry"], row["record"]))
        if len(batch) == 256:
            yield batch
            batch = []
    if batch:
        yield batch


def _write(path: Path, key: PrivateKey, vkey: VKey, events: int) -> None:
    # Written once to learn the root and once more for good would double the wait: the items are kept.
    batches = list(_items(events))
    edge = RightEdge()
    for batch in batches:
        edge, _ = edge.extend([leaf_hash(entry) for entry, _ in batch])
    note = sign_checkpoint(Checkpoint(ORIGIN, edge.size, edge.root), key)
    write_bundle(path, checkpoint_note=note, key=key, origin=ORIGIN, vkey=vkey, batches=batches)


def _hash_only(events: int) -> None:
    entry, record, node = os.urandom(260), os.urandom(430), os.urandom(65)
    for _ in range(events):
        hashlib.sha256(entry).digest()
        hashlib.sha256(node).digest()
        hashlib.sha256(record).hexdigest()
