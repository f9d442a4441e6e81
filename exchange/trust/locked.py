"""Private keys under a passphrase: what a stolen key file is worth without it.

Layout, in base64 between the lines of a PEM file:

    header   b"WDXK", version 1, log2 of the memory in KiB, passes, 0, salt of 16 bytes, nonce of 12 bytes
    key      Argon2id of the passphrase with the salt: 32 bytes
    data     PKCS #8 under AES-256-GCM, the header as associated data

PKCS #8 has an encryption of its own; the libraries at hand write it with 2,048 rounds of PBKDF2, which a
graphics card tries a million times a second.
"""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from exchange.core.errors import Invalid
from exchange.trust.algorithms import KeyRefused

LABEL: Final = "WDX LOCKED PRIVATE KEY"
#: As for passwords: a few unrelated words.
MIN_PASSPHRASE_CHARACTERS: Final = 12
_MAGIC = b"WDXK\x01"
_HEADER_BYTES = 36
#: 64 MiB and three passes: a tenth of a second for its owner, each time for whoever guesses.
_MEMORY_BITS, _PASSES = 16, 3
#: What a reader accepts: a forged header must not take the machine's memory.
_MOST_MEMORY_BITS, _MOST_PASSES = 20, 16


class PassphraseNeeded(Invalid):
    """The key file is locked."""

    code = "passphrase-needed"


class PassphraseWrong(Invalid):
    """The passphrase does not open the key file, or the file was changed."""

    code = "passphrase-wrong"


def lock(pkcs8: bytes, passphrase: str) -> bytes:
    """Encrypt a private key.

    Raises:
        Invalid: the passphrase is too short.
    """
    if len(passphrase) < MIN_PASSPHRASE_CHARACTERS:
        raise Invalid(
            f"a passphrase has at least {MIN_PASSPHRASE_CHARACTERS} characters",
            field="passphrase",
            remedy="A few unrelated words make a good one.",
        )
    header = _MAGIC + bytes((_MEMORY_BITS, _PASSES, 0)) + os.urandom(28)
    return header + AESGCM(_derived(header, passphrase)).encrypt(header[24:], pkcs8, header)


def unlock(locked: bytes, passphrase: str | None) -> bytes:
    """Decrypt what `lock` made.

    Raises:
        PassphraseNeeded: none is given.
        PassphraseWrong: it does not fit.
        KeyRefused: this is no locked key, or asks for more memory than one may.
    """
    header = locked[:_HEADER_BYTES]
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise KeyRefused("This is not a locked key of a version that is known here.")
    if header[5] > _MOST_MEMORY_BITS or not 0 < header[6] <= _MOST_PASSES:
        raise KeyRefused("This locked key asks for more work than any key made here.")
    if passphrase is None:
        raise PassphraseNeeded("the key file is locked", field="passphrase", remedy="Give its passphrase.")
    try:
        return AESGCM(_derived(header, passphrase)).decrypt(header[24:], locked[_HEADER_BYTES:], header)
    except InvalidTag:
        raise PassphraseWrong("the passphrase does not open the key file", field="passphrase") from None


def _derived(header: bytes, passphrase: str) -> bytes:
    return Argon2id(
        salt=header[8:24], length=32, iterations=header[6], lanes=1, memory_cost=1 << header[5]
    ).derive(passphrase.encode())
