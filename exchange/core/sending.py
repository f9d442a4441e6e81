"""Sending a prepared file: its name is gone before the first byte leaves."""

from collections.abc import Iterator
from pathlib import Path

_CHUNK_BYTES = 1 << 18


class UnlinkedFile:
    """The bytes of a temporary file as a response body.

    The name is removed at once, so neither a refusal nor a crash leaves anything behind; the open file
    lasts as long as the answer.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        path.unlink()

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._file.read(_CHUNK_BYTES):
            yield chunk

    def close(self) -> None:
        """Called by the server when the answer is sent or broken off."""
        self._file.close()
