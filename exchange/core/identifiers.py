"""Public identifiers: a prefix that names the kind, then 26 characters that sort by time."""

import secrets
import time
import uuid

#: Crockford's base 32, lower case: no i, l, o, u, so an id can be read aloud.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
#: All derived ids hang under this namespace, so that they differ from other programs' UUIDv5.
_NAMESPACE = uuid.UUID("8f5b5a2e-6a07-5c3e-9a43-0d2f6a1c7e11")


def new_id(prefix: str) -> str:
    """Make an identifier such as `agr_01k9…`: 48 bits of milliseconds, 80 random bits.

    Ids sort by time of making, which keeps large indexes fast; they are no secrets and no proof of order.
    """
    return f"{prefix}_{_encoded(time.time_ns() // 1_000_000 << 80 | secrets.randbits(80))}"


def derived_id(prefix: str, *parts: str) -> str:
    """Make the identifier that these parts always give, so a repeated computation names the same thing."""
    return f"{prefix}_{_encoded(uuid.uuid5(_NAMESPACE, '|'.join((prefix, *parts))).int)}"


def _encoded(number: int) -> str:
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
