"""Base64 with exactly one spelling per value; Python's decoder accepts several."""

import base64
import binascii

from exchange.core.errors import Invalid


class NotBase64(Invalid):
    """The text is not the canonical base64 of any bytes."""

    code = "not-base64"


def b64_encode(data: bytes) -> str:
    """Write padded standard base64."""
    return base64.b64encode(data).decode("ascii")


def b64_decode(text: str) -> bytes:
    """Read padded standard base64; stray trailing bits, spaces and missing padding are refused."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotBase64("This is not base64.") from error
    # `validate=True` still ignores stray bits in the last character: one value, several spellings.
    if b64_encode(data) != text:
        raise NotBase64("This base64 is not in its canonical spelling.")
    return data


def b64url_encode(data: bytes) -> str:
    """Write base64url without padding, as JOSE wants it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Read base64url without padding; every other spelling is refused."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotBase64("This is not base64url.") from error
    if b64url_encode(data) != text:
        raise NotBase64("This base64url is not in its canonical spelling.")
    return data
