"""Sealed data against the same data in the clear: sealing, opening, and a page read by the engine."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.report import median_pair, table
from exchange.core.storage import FolderStorage
from exchange.datasets import opened_revision, read_page
from exchange.datasets.files import RevisionFiles, folder_files, store_files
from exchange.datasets.ingest.revision import Ingested, ingest
from exchange.datasets.queries import StoredRevision
from exchange.demo.series import write_series
from exchange.trust import Vault, open_master_keys
from exchange.trust.sealed import CHUNK_BYTES

FILE_BYTES = 256 << 20
ROWS, PAGES, PAGE_ROWS = 500_000, 40, 10


def run() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        vault = Vault(FolderStorage(folder / "storage"), open_master_keys(folder / "keys"))
        table(("work", "MB/s", "of bare AES-256-GCM"), _throughput(vault, folder))
        print(f"\n{FILE_BYTES >> 20} MiB of random bytes, read and written as files; medians of 3\n")
        table(("page of 10 rows", "ms", "times the file in the clear"), _pages(vault, folder))
        print(f"\n{ROWS:,} rows; {PAGES} pages all over the file a round, medians of 25 rounds")


def _throughput(vault: Vault, folder: Path) -> list[tuple[object, ...]]:
    plain = folder / "plain"
    plain.write_bytes(os.urandom(FILE_BYTES))
    key = vault.new_key(bound_to="bench").raw
    cipher, sealed = AESGCM(key), folder / "sealed"

    def bare() -> None:
        with plain.open("rb") as source, sealed.open("wb") as target:
            while piece := source.read(CHUNK_BYTES):
                target.write(cipher.encrypt(b"0" * 12, piece, b""))

    def ours() -> None:
        copy = folder / "copy"
        copy.unlink(missing_ok=True)
        copy.hardlink_to(plain)
        vault.storage.delete("bench/file")
        vault.put(copy, "bench/file", data_key=key)

    def bare_open() -> None:
        with sealed.open("rb") as source:
            while piece := source.read(CHUNK_BYTES + 16):
                cipher.decrypt(b"0" * 12, piece, b"")

    def our_open() -> None:
        reader = vault.open("bench/file", data_key=key)
        for start in range(0, reader.size, 1 << 20):
            reader.read(start, 1 << 20)

    rows: list[tuple[object, ...]] = []
    pairs: tuple[tuple[str, Callable[[], None], Callable[[], None]], ...] = (
        ("sealing into the storage, with fsync", ours, bare),
        ("opening", our_open, bare_open),
    )
    for what, mine, other in pairs:
        my_s, bare_s = median_pair(mine, other, rounds=3)
        rows.append((f"bare AES-256-GCM beside {what}", f"{FILE_BYTES / bare_s / 1e6:,.0f}", "100 %"))
        rows.append((what, f"{FILE_BYTES / my_s / 1e6:,.0f}", f"{bare_s / my_s:.0%}"))
    return rows


def _pages(vault: Vault, folder: Path) -> list[tuple[object, ...]]:
    source, target = folder / "load.csv", folder / "load"
    write_series("transformer_load", source, rows=ROWS, seed=1)
    ingested = ingest(source, name="load.csv", target=target, temp=folder)
    plain_files = folder_files(target, ingested.files)
    revision = _stored(vault, folder, target, ingested)

    def plain() -> None:
        for number in range(PAGES):
            _page(plain_files, ingested, number)

    def sealed() -> None:
        for number in range(PAGES):
            with opened_revision(vault, revision) as files:
                _page(files, ingested, number)

    sealed_s, plain_s = median_pair(sealed, plain, rounds=25)
    return [
        ("of the file in the clear", f"{1000 * plain_s / PAGES:.2f}", "1.00"),
        ("of the sealed revision", f"{1000 * sealed_s / PAGES:.2f}", f"{sealed_s / plain_s:.2f}"),
    ]


def _stored(vault: Vault, folder: Path, target: Path, ingested: Ingested) -> StoredRevision:
    copy = folder / "revision"
    copy.mkdir()
    for file in ingested.files:
        (copy / file.file_name).hardlink_to(target / file.file_name)
    data_key = store_files(vault, copy, ingested.files, revision_id="rev_bench")
    return StoredRevision("rev_bench", ingested.schema, ingested.files, data_key)


def _page(files: RevisionFiles, ingested: Ingested, number: int) -> None:
    read_page(
        files,
        ingested.schema,
        columns=ingested.schema.names,
        time_from=None,
        time_to=None,
        after_row=number * ROWS // PAGES,
        limit=PAGE_ROWS,
    )
