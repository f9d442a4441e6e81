"""Passwords and bearer secrets: made, hashed, compared; the rules are OWASP ASVS 5.0 V6 and V7."""

import hashlib
import secrets
import threading

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from exchange.core.errors import Invalid

MIN_PASSWORD_CHARACTERS = 12
MAX_PASSWORD_CHARACTERS = 256
TOKEN_PREFIX = "wdx_"  # noqa: S105 - lets secret scanners recognise a leaked token
#: A flood of sign-ins must not take all memory and cores (ASVS 6.3.1).
_HASHING = threading.Semaphore(2)


def hash_password(password: str) -> str:
    """Return the Argon2id hash in PHC form.

    Raises:
        Invalid: the password is too short or too long.
    """
    if not MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS:
        raise Invalid(
            f"the password must have {MIN_PASSWORD_CHARACTERS} to {MAX_PASSWORD_CHARACTERS} characters",
            field="password",
            remedy="A few unrelated words make a good one.",
        )
    with _HASHING:
        return Argon2id(
            salt=secrets.token_bytes(16), length=32, iterations=2, lanes=1, memory_cost=19 * 1024
        ).derive_phc_encoded(password.encode())


#: Verified against when the login is unknown, so that both answers take the same time.
_NOBODY = hash_password(secrets.token_hex(16))


def is_password(password: str, stored: str | None) -> bool:
    """Whether the password fits the stored hash; equally slow when there is none."""
    with _HASHING:
        try:
            Argon2id.verify_phc_encoded(password.encode(), stored or _NOBODY)
        except InvalidKey:
            return False
    return stored is not None


def new_secret() -> str:
    """Make a 256-bit bearer secret."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """The form in which a bearer secret is stored; its 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
