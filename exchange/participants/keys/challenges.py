"""What a holder signs to prove a key: bound to organisation, person and key, and good for a few minutes.

A challenge is not stored. Whoever sends one again with the same proof enrols the same key for the same
organisation, which changes nothing; a key once revoked never comes back.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from exchange.core.clock import from_millis, to_millis
from exchange.core.errors import Invalid
from exchange.trust import NotBase64, b64url_decode, b64url_encode

#: Long enough to type a passphrase or to fetch a key from a safe.
LIFETIME: Final = timedelta(minutes=15)
_TIME_BYTES, _NONCE_BYTES, _TAG_BYTES = 8, 16, 32


class ChallengeInvalid(Invalid):
    """The challenge is not one of the exchange, is for something else, or is too old."""

    code = "challenge-invalid"


def make_challenge(secret: bytes, *, bound_to: tuple[str, ...], now: datetime) -> str:
    """A fresh challenge for exactly these names."""
    expires = to_millis(now + LIFETIME).to_bytes(_TIME_BYTES, "big")
    head = expires + secrets.token_bytes(_NONCE_BYTES)
    return b64url_encode(head + _tag(secret, head, bound_to))


def require_challenge(secret: bytes, challenge: str, *, bound_to: tuple[str, ...], now: datetime) -> None:
    """Refuse a challenge that was not made here for these names, or is over.

    Raises:
        ChallengeInvalid: says which of the two.
    """
    try:
        data = b64url_decode(challenge)
    except NotBase64 as error:
        raise _refusal("is not one of this exchange") from error
    head, tag = data[:-_TAG_BYTES], data[-_TAG_BYTES:]
    if len(head) != _TIME_BYTES + _NONCE_BYTES or not hmac.compare_digest(
        tag, _tag(secret, head, bound_to)
    ):
        raise _refusal("was not given for this organisation, person and key")
    if from_millis(int.from_bytes(head[:_TIME_BYTES], "big")) < now:
        raise _refusal("is over")


def _tag(secret: bytes, head: bytes, bound_to: tuple[str, ...]) -> bytes:
    # Names hold no line feed, so no two lists of them give the same bytes.
    message = b"\n".join((b"wdx key challenge", head.hex().encode(), *(name.encode() for name in bound_to)))
    return hmac.digest(secret, message, sha256)


def _refusal(what: str) -> ChallengeInvalid:
    return ChallengeInvalid(
        f"the challenge {what}", field="challenge", remedy="Ask for a new one and sign that."
    )
