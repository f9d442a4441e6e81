"""A small log whose bundle the tests write, read and tamper with."""

import zipfile
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from exchange.audit import (
    Checkpoint,
    LogEntry,
    RightEdge,
    VKey,
    encode_entry,
    encode_record,
    record_digest,
    sign_checkpoint,
    write_bundle,
)
from exchange.audit.bundle_format import DIGEST_CHARS, Manifest, container_digest
from exchange.audit.merkle import leaf_hash
from exchange.audit.notes import sign_note
from exchange.trust import PrivateKey

ORIGIN = "exchange.example/log/2026"


def item(number, kind="delivery.recorded"):
    record = encode_record(bytes([number % 256]) * 16, {"n": number})
    entry = LogEntry(
        kind, f"evt_{number}", 1790000000000 + number, "agr_1", "org_grid", record_digest(record)
    )
    return encode_entry(entry), record


@dataclass
class Log:
    """A log with the operator's key, who can therefore sign whatever he likes."""

    folder: Path
    key: PrivateKey = field(default_factory=PrivateKey.generate)

    @property
    def vkey(self):
        return VKey(ORIGIN, self.key.public)

    def checkpoint_over(self, items):
        edge, _ = RightEdge().extend([leaf_hash(entry) for entry, _ in items])
        return sign_checkpoint(Checkpoint(ORIGIN, edge.size, edge.root), self.key)

    def write(self, items, *, checkpoint=None, name="bundle.zip", compress=True):
        write_bundle(
            self.folder / name,
            checkpoint_note=checkpoint or self.checkpoint_over(items),
            key=self.key,
            origin=ORIGIN,
            vkey=self.vkey,
            batches=[items[at : at + 256] for at in range(0, len(items), 256)],
            compress=compress,
        )
        return self.folder / name

    def rewrite(self, path, change):
        """Tamper with the members, then repair and re-sign the manifest and the container."""
        members = change(read_members(path))
        members.pop("MANIFEST", None)
        digests = tuple((sha256(content).hexdigest(), name) for name, content in members.items())
        members["MANIFEST"] = sign_note(Manifest(ORIGIN, digests).text, name=ORIGIN, key=self.key).encode()
        return pack(path.with_name("tampered.zip"), members.items())


def read_members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path, members, *, method=zipfile.ZIP_DEFLATED):
    """Write a zip with a correct container digest, whatever its members are."""
    with path.open("w+b") as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.comment = b"0" * DIGEST_CHARS
            for name, content in members:
                archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
        digest, _ = container_digest(file)
        file.seek(-DIGEST_CHARS, 2)
        file.write(digest.encode())
    return path


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path)


@pytest.fixture
def make_item():
    return item


@pytest.fixture
def pack_zip():
    return pack


@pytest.fixture
def members_of():
    return read_members
