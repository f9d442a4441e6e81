"""How webhooks are signed and checked: by the Standard Webhooks specification, HMAC-SHA256 with a shared secret.

Receivers need nothing of ours: their language's `standardwebhooks` library checks the same three headers.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from exchange.core.errors import NotPermitted

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the word before a secret
ID_HEADER: Final = "webhook-id"
TIME_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"
#: How far the clocks of sender and receiver may differ.
TOLERANCE: Final = timedelta(minutes=5)
_SCHEME = "v1"
#: Two secrets overlap; a header with many signatures is an attempt.
_MOST_SIGNATURES = 10


class WebhookRefused(NotPermitted):
    """What arrived was not sent by the exchange with this secret, or not just now."""

    code = "webhook-refused"


def secret_text(raw: bytes) -> str:
    """The secret in the form in which receivers' libraries take it."""
    return SECRET_PREFIX + base64.b64encode(raw).decode()


def sign_webhook(
    message_id: str, body: bytes, *, secrets: Iterable[bytes], now: datetime
) -> dict[str, str]:
    """The headers of one attempt; with several secrets one signature of each, so that either verifies."""
    seconds = str(int(now.timestamp()))
    signatures = [f"{_SCHEME},{_signature(secret, message_id, seconds, body)}" for secret in secrets]
    return {ID_HEADER: message_id, TIME_HEADER: seconds, SIGNATURE_HEADER: " ".join(signatures)}


def verify_webhook(
    body: bytes,
    headers: Mapping[str, str],
    *,
    secret: str,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> str:
    """Check what arrived and give its id, by which a receiver knows what it has had already.

    Args:
        body: the bytes as they arrived; parsed and written again they may differ.
        secret: the text that was shown when the endpoint was registered.

    Raises:
        WebhookRefused: a header is missing, the time is too far off, or no signature fits.
    """
    named = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, seconds = named[ID_HEADER], named[TIME_HEADER]
        given = named[SIGNATURE_HEADER].split()
        sent_at = int(seconds)
    except (KeyError, ValueError) as error:
        raise WebhookRefused(
            f"the headers {ID_HEADER}, {TIME_HEADER} and {SIGNATURE_HEADER} are needed"
        ) from error
    if abs(now.timestamp() - sent_at) > tolerance.total_seconds():
        raise WebhookRefused(
            f"it was sent at {seconds}, which is not now",
            remedy="Set the clock; what is sent again carries the time of that attempt.",
        )
    expected = f"{_SCHEME},{_signature(_raw(secret), message_id, seconds, body)}"
    if not any(hmac.compare_digest(expected.encode(), item.encode()) for item in given[:_MOST_SIGNATURES]):
        raise WebhookRefused("no signature fits the secret", remedy="Compare the secret and the raw body.")
    return message_id


def _raw(secret: str) -> bytes:
    try:
        raw = base64.b64decode(secret.strip().removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise WebhookRefused(f"a secret begins with {SECRET_PREFIX} and base64 follows") from error
    if not raw:
        raise WebhookRefused("the secret is empty")
    return raw


def _signature(secret: bytes, message_id: str, seconds: str, body: bytes) -> str:
    signed = f"{message_id}.{seconds}.".encode() + body
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
