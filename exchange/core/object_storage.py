"""Files in an object store that speaks the S3 protocol, through fsspec."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exchange.core.errors import Invalid
from exchange.core.storage import StorageUnavailable, StoredFile, missing
from exchange.core.workspace import Workspace


@dataclass(frozen=True)
class S3Access:
    """How an S3-compatible server is reached; without a key the machine's own role or profile is used."""

    endpoint: str = ""
    region: str = ""
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    timeout_s: int = 20
    attempts: int = 4


class ObjectStorage:
    """Files under `root`, a bucket with an optional prefix.

    An object store shows a file when all of it has arrived, so `put` needs no name in between.
    """

    def __init__(self, root: str, workspace: Workspace, connect: Callable[[], Any]) -> None:
        self.root = root.strip("/")
        self.workspace = workspace
        self._connect = connect
        self._guard = threading.Lock()
        self._process = 0
        self._connected: Any = None

    @property
    def incoming(self) -> Path:
        return self.workspace.folder

    @property
    def _files(self) -> Any:
        # Connections and their thread do not survive the fork of a server.
        with self._guard:
            if self._process != os.getpid():
                self._connected = self._connect()
                self._process = os.getpid()
            return self._connected

    def put(self, source: Path, key: str) -> None:
        with _answering():
            if not self._files.exists(self._path(key)):
                self._files.put_file(str(source), self._path(key))
        source.unlink()

    def size(self, key: str) -> int:
        with _answering(key):
            return int(self._files.info(self._path(key))["size"])

    def read(self, key: str, start: int, length: int) -> bytes:
        if length <= 0:
            return b""
        with _answering(key):
            return bytes(self._files.cat_file(self._path(key), start=start, end=start + length))

    def delete(self, key: str) -> None:
        with _answering():
            try:
                self._files.rm_file(self._path(key))
            except FileNotFoundError:
                return

    def find(self, prefix: str) -> Iterator[StoredFile]:
        with _answering():
            found = self._files.find(self._path(prefix), detail=True)
        for path, details in sorted(found.items()):
            at = details.get("LastModified") or datetime.now(UTC)
            yield StoredFile(path.removeprefix(f"{self.root}/"), int(details["size"]), at)

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._guard:
            files, self._connected, self._process = self._connected, None, 0
        if files is not None:
            files.close_session(files.loop, files.s3)

    def _path(self, key: str) -> str:
        return f"{self.root}/{key}"


def open_s3(url: str, workspace: Workspace, access: S3Access) -> ObjectStorage:
    """The storage at `s3://bucket/prefix`; nothing is sent before its first use.

    Raises:
        Invalid: the address names no bucket, or the S3 libraries are not installed.
    """
    root = url.removeprefix("s3://").strip("/")
    if not url.startswith("s3://") or not root:
        raise Invalid(
            f"{url} is no storage address",
            field="WDX_STORAGE_URL",
            remedy="Write file:///folder or s3://bucket/prefix.",
        )
    try:
        import s3fs  # an optional extra: the embedded size does not need it
    except ImportError as error:
        raise Invalid(
            "the libraries for S3 are not installed",
            field="WDX_STORAGE_URL",
            remedy="Run: pip install 'wuhan-data-exchange[s3]'.",
        ) from error
    return ObjectStorage(root, workspace, lambda: _connected(s3fs.S3FileSystem, access))


def _connected(kind: Any, access: S3Access) -> Any:
    files = kind(
        key=access.access_key or None,
        secret=access.secret_key or None,
        endpoint_url=access.endpoint or None,
        client_kwargs={"region_name": access.region} if access.region else {},
        config_kwargs={
            "connect_timeout": access.timeout_s,
            "read_timeout": access.timeout_s,
            # Repeating is bounded in one place only, below.
            "retries": {"total_max_attempts": 1},
            "s3": {"addressing_style": "path"} if access.endpoint else {},
            # Servers other than Amazon's do not all know the newer checksums in trailers.
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        },
        use_listings_cache=False,
        skip_instance_cache=True,
    )
    files.retries = access.attempts
    return files


@contextmanager
def _answering(key: str = "") -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if key:
            raise missing(key) from error
        raise _unavailable(error) from error
    except Exception as error:
        # The libraries below (botocore, aiohttp, fsspec) share no base class for what goes wrong.
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> StorageUnavailable:
    return StorageUnavailable(
        f"the object store does not do what it is asked: {type(error).__name__}: {error}",
        remedy="See that WDX_STORAGE_URL, endpoint and credentials are right and the bucket is there.",
    )
