"""PEM (RFC 7468): one labelled block of base64, written one way and read strictly."""

import re

from exchange.trust.algorithms import KeyRefused
from exchange.trust.encoding import NotBase64, b64_decode, b64_encode

_BLOCK = re.compile(r"\s*-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n?-----END \1-----\s*")
_LINE = 64


def armoured(label: str, data: bytes) -> bytes:
    """Write one block."""
    text = b64_encode(data)
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")).encode("ascii")


def unarmoured(pem: bytes) -> tuple[str, bytes]:
    """Read one block: its label and its bytes.

    Raises:
        KeyRefused: this is not exactly one block of PEM.
    """
    try:
        block = _BLOCK.fullmatch(pem.decode("ascii"))
        if block is None:
            raise KeyRefused("This is not one block of PEM.")
        return block[1], b64_decode(re.sub(r"[\r\n]", "", block[2]))
    except (UnicodeDecodeError, NotBase64) as error:
        raise KeyRefused("This is not PEM.") from error
