"""Uploading a large file in parts: goes on where it stopped, after a broken connection or a killed program."""

import base64
import hashlib
import io
import json
import os
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from exchange.client.connection import Connection, Refused
from exchange.core import canonical
from exchange.core.errors import DomainError

#: A file from this size on goes in parts; below, one request is quicker.
PARTS_FROM_BYTES = 16 << 20
#: A broken connection costs at most one part.
PART_BYTES = 8 << 20

_API = "/api/v1/uploads"
_PIECE_BYTES = 1 << 20
_LONGEST_WAIT_S = 5.0
#: Parts refused one after the other, as damaged on the way or out of place, before it is given up.
_MOST_IN_VAIN = 5


@dataclass(frozen=True)
class UploadProgress:
    """How far an upload is; `reading` is the exchange's work, of which nothing is known but its end."""

    stage: Literal["digesting", "sending", "reading"]
    done_bytes: int
    size_bytes: int


Progress = Callable[[UploadProgress], None]


class UploadFailed(DomainError):
    """The file arrived and did not become a revision; the detail says why."""

    kind = "invalid"
    code = "upload-failed"


class FileChanged(DomainError):
    """The file is not the one whose upload was begun."""

    kind = "conflict"
    code = "file-changed"


def digest_of(path: Path, progress: Progress | None = None) -> str:
    """SHA-256 of a file in hexadecimal."""
    digest, done, size = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
            done += len(piece)
            if progress:
                progress(UploadProgress("digesting", done, size))
    return digest.hexdigest()


class PartsUpload:
    """One file on its way in parts.

    What is needed to go on is kept in a note, written before anything is sent, so the same call after a
    crash continues. The note is found by server, content and purpose of the file, and goes at the end.

    Args:
        asked: the request that begins the upload, with `size_bytes` and `sha256` of the file.
        key: Idempotency-Key of that request; without it one is made and kept in the note.
    """

    def __init__(
        self,
        connection: Connection,
        path: Path,
        asked: dict[str, Any],
        *,
        notes: Path,
        key: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._connection = connection
        self._path = path
        self._asked = asked
        self._note = _Note(notes, connection.url, asked, key)
        self._tell = progress or (lambda _: None)

    def run(self) -> dict[str, Any]:
        """Send what is missing, wait until the exchange has read the file, and return the revision.

        Raises:
            UploadFailed: the exchange cannot read the file.
            FileChanged: the file was changed while it was sent.
            Refused, Unreachable: as every request.
        """
        upload = self._send_all(self._begun())
        upload = self._await_end(upload)
        self._note.remove()
        if upload["state"] == "failed":
            fault = upload["fault"]
            raise UploadFailed(
                fault["detail"],
                field=fault["field"],
                remedy=fault["remedy"],
                fault_code=fault["code"],
                **fault["context"],
            )
        return dict(upload["revision"])

    def _begun(self) -> dict[str, Any]:
        if (upload_id := self._note.upload_id) is None:
            upload_id = self._begin()
        try:
            return self._shown(upload_id)
        except Refused as refusal:
            if refusal.status != 404:
                raise
        # Expired or cancelled: the key would give the same dead upload again.
        self._note.renew()
        return self._shown(self._begin())

    def _begin(self) -> str:
        answer = self._connection.post(_API, self._asked, key=self._note.key).json()
        self._note.keep(answer["id"])
        return str(answer["id"])

    def _shown(self, upload_id: str) -> dict[str, Any]:
        return dict(self._connection.get(f"{_API}/{upload_id}").json())

    def _send_all(self, upload: dict[str, Any]) -> dict[str, Any]:
        in_vain = 0
        with self._path.open("rb") as file:
            while upload["state"] == "receiving":
                self._tell(UploadProgress("sending", upload["received_bytes"], upload["size_bytes"]))
                try:
                    upload, in_vain = self._send_part(file, upload), 0
                except Refused as refusal:
                    in_vain += 1
                    if refusal.status not in {409, 460} or in_vain > _MOST_IN_VAIN:
                        raise
                    # Also when an answer was lost: the part is there already, and the offset says so.
                    before, upload = upload, self._shown(upload["id"])
                    if upload["received_bytes"] > before["received_bytes"]:
                        in_vain = 0
        return upload

    def _send_part(self, file: IO[bytes], upload: dict[str, Any]) -> dict[str, Any]:
        start = upload["received_bytes"]
        file.seek(start)
        data = file.read(min(PART_BYTES, upload["part_bytes"], upload["size_bytes"] - start))
        if not data:
            raise FileChanged(
                f"{self._path} has become shorter while it was sent", remedy="Start the upload again."
            )
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        answer = self._connection.patch(
            f"{_API}/{upload['id']}",
            io.BytesIO(data),
            headers={
                "Content-Type": "application/offset+octet-stream",
                "Tus-Resumable": "1.0.0",
                "Upload-Checksum": f"sha256 {checksum}",
                "Upload-Offset": str(start),
            },
        )
        received = int(answer.headers["Upload-Offset"])
        if received < upload["size_bytes"]:
            return {**upload, "received_bytes": received}
        return self._shown(upload["id"])

    def _await_end(self, upload: dict[str, Any]) -> dict[str, Any]:
        wait = 0.1
        while upload["state"] == "processing":
            self._tell(UploadProgress("reading", upload["size_bytes"], upload["size_bytes"]))
            time.sleep(wait)
            wait = min(wait * 1.5, _LONGEST_WAIT_S)
            upload = self._shown(upload["id"])
        return upload


class _Note:
    """A small file that outlives the program: the key and the id of an upload under way."""

    def __init__(self, folder: Path, server: str, asked: dict[str, Any], key: str | None) -> None:
        purpose = hashlib.sha256(canonical.to_bytes({"server": server, "asked": asked})).hexdigest()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / f"{purpose}.json"
        self.key, self.upload_id = key or str(uuid.uuid4()), None
        with suppress(FileNotFoundError, ValueError, KeyError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            self.key, self.upload_id = key or kept["key"], kept["upload_id"]
        if self.upload_id is None:
            self._write()

    def keep(self, upload_id: str) -> None:
        self.upload_id = upload_id
        self._write()

    def renew(self) -> None:
        self.key, self.upload_id = str(uuid.uuid4()), None
        self._write()

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        partial = self._path.with_suffix(".partial")
        with partial.open("w", encoding="utf-8") as file:
            json.dump({"key": self.key, "upload_id": self.upload_id}, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path)
