"""How the engine reads sealed files: a file system that decrypts what is asked for, and nothing else.

The engine fetches ahead in threads of its own, on one file handle, and asks for each piece with `seek` and
then `read`. A handle with one position would mix the pieces up; ours keeps a position for each thread.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

import duckdb
from fsspec.spec import AbstractFileSystem

from exchange.core.errors import DomainError

_SCHEME = "wdxsealed"
#: Stored files never change, so the engine may keep what it has learned of them.
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


class Readable(Protocol):
    """A file of which any part can be read."""

    @property
    def size(self) -> int: ...

    def read(self, start: int, length: int) -> bytes: ...


class _Mount:
    """An opened file under its address, and what went wrong while it was read."""

    def __init__(self, file: Readable) -> None:
        self.file = file
        self.fault: DomainError | None = None


class _Handle:
    """What the engine reads from."""

    def __init__(self, mount: _Mount) -> None:
        self._mount = mount
        self._at = threading.local()

    def seek(self, offset: int, whence: int = 0) -> int:
        start = (0, self.tell(), self._mount.file.size)[whence]
        self._at.position = start + offset
        return self.tell()

    def tell(self) -> int:
        return getattr(self._at, "position", 0)

    def read(self, length: int = -1) -> bytes:
        position = self.tell()
        try:
            data = self._mount.file.read(position, self._mount.file.size if length < 0 else length)
        except DomainError as fault:
            self._mount.fault = fault
            raise
        self._at.position = position + len(data)
        return data

    def close(self) -> None:
        """Nothing is held open."""


class SealedFiles(AbstractFileSystem):  # type: ignore[misc]
    """The files that are opened at the moment, as the engine sees them."""

    protocol = _SCHEME
    cachable = False

    def __init__(self) -> None:
        super().__init__()
        self._guard = threading.Lock()
        self._mounts: defaultdict[str, list[_Mount]] = defaultdict(list)

    @contextmanager
    def mounted(self, key: str, file: Readable) -> Iterator[str]:
        """Yield an address under which the engine reads the file as long as the block lasts.

        The address is the same every time, so that what the engine has learned of a file stays of use.

        Raises:
            DomainError: what went wrong in reading, instead of the engine's words for it.
        """
        address, mount = f"{_SCHEME}://{key}", _Mount(file)
        with self._guard:
            self._mounts[address].append(mount)
        try:
            yield address
        except duckdb.Error as error:
            if mount.fault is not None:
                raise mount.fault from error
            raise
        finally:
            with self._guard:
                self._mounts[address].remove(mount)
                if not self._mounts[address]:
                    del self._mounts[address]

    def open(self, path: str, mode: str = "rb", **_options: Any) -> _Handle:
        if mode != "rb":
            raise PermissionError(path)
        return _Handle(self._mount(path))

    def info(self, path: str, **_options: Any) -> dict[str, Any]:
        return {"name": path, "size": self._mount(path).file.size, "type": "file"}

    def glob(self, path: str, **_options: Any) -> list[str]:
        return [path]

    def modified(self, _path: str) -> datetime:
        return _EVER

    def _mount(self, path: str) -> _Mount:
        with self._guard:
            mounts = self._mounts.get(path)
            if not mounts:
                raise FileNotFoundError(path)
            return mounts[-1]


#: One for the process: every connection of the engine knows it.
SEALED_FILES = SealedFiles()
