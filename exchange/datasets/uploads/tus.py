"""The headers of tus 1.0.0, the protocol of resumable uploads (https://tus.io/protocols/resumable-upload)."""

import base64
import binascii
import re
from datetime import datetime
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.http import http_date

from exchange.core.errors import Invalid
from exchange.datasets.uploads.parts import CHECKSUMS, Checksum

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,termination,expiration"
CONTENT_TYPE = "application/offset+octet-stream"
#: What a creation's metadata may name, as the JSON body does.
_KEYS = ("filename", "name", "dataset_id", "text_columns", "load_schema", "breaking_change", "sha256")
_COUNT = re.compile(r"^[0-9]{1,18}$")


def read_creation(headers: Headers) -> dict[str, Any]:
    """The request for an upload that a tus client makes with headers, as the JSON body would say it.

    Raises:
        Invalid: no length, or metadata that are not key and base64.
    """
    asked: dict[str, Any] = {"size_bytes": read_count(headers, "Upload-Length")}
    for item in filter(None, headers.get("Upload-Metadata", "").split(",")):
        key, _, encoded = item.strip().partition(" ")
        if key in _KEYS:
            asked[key] = _decoded(key, encoded)
    if "text_columns" in asked:
        asked["text_columns"] = [name.strip() for name in asked["text_columns"].split(",") if name.strip()]
    return asked


def read_count(headers: Headers, name: str) -> int:
    """A header that holds a number of bytes.

    Raises:
        Invalid: it is missing or no number.
    """
    value = headers.get(name, "")
    if not _COUNT.match(value):
        raise Invalid(
            f"{name} must be a number of bytes", field=name, remedy=f"Send {name} as tus 1.0.0 says."
        )
    return int(value)


def read_checksum(headers: Headers) -> Checksum | None:
    """The checksum of the part, if the sender gives one.

    Raises:
        Invalid: an unknown algorithm, or no base64.
    """
    value = headers.get("Upload-Checksum")
    if value is None:
        return None
    algorithm, _, encoded = value.partition(" ")
    if algorithm not in CHECKSUMS:
        raise Invalid(
            f"checksums are {' or '.join(CHECKSUMS)}, not {algorithm}",
            field="Upload-Checksum",
            remedy="Send Upload-Checksum: sha256 <base64>.",
        )
    return Checksum(algorithm, _base64("Upload-Checksum", encoded))


def offset_headers(*, received_bytes: int, size_bytes: int, expires_at: datetime) -> dict[str, str]:
    """Where an upload stands."""
    return {
        "Upload-Offset": str(received_bytes),
        "Upload-Length": str(size_bytes),
        "Upload-Expires": http_date(expires_at),
    }


def server_headers(*, most_bytes: int) -> dict[str, str]:
    """What this server speaks; on every answer."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        "Tus-Max-Size": str(most_bytes),
    }


def _decoded(key: str, encoded: str) -> str:
    try:
        return _base64("Upload-Metadata", encoded).decode()
    except UnicodeDecodeError as error:
        raise Invalid(f"the metadata {key} are not UTF-8", field="Upload-Metadata") from error


def _base64(field: str, encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error as error:
        raise Invalid(
            f"{field} is not base64", field=field, remedy="Encode it as tus 1.0.0 says."
        ) from error
