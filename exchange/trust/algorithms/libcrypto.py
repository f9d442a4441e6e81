"""SM2 in the system's libcrypto, through its documented functions; nothing is computed here.

The certificate library has no SM2, and the packages that offer it are unsafe or unmaintained
(docs/decisions/0028). OpenSSL 3 has it, and the system keeps OpenSSL patched.
"""

import ctypes
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

#: By version of the interface, not by path: the loader finds the one that the system patches.
_NAMES = ("libcrypto.so.3", "libcrypto.so.4", "libcrypto.3.dylib", "libcrypto-3-x64.dll")
_LEAST_VERSION = 0x3_00_00_00_0
#: The signer's id that GM/T 0009 sets where none is agreed.
_SIGNER_ID = b"1234567812345678"
#: A DER signature has at most 72 bytes: two integers of 33 with their heads.
_MOST_SIGNATURE_BYTES = 80
_BIO_CTRL_INFO = 3

_P, _S, _I = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
_PP = ctypes.POINTER(ctypes.c_void_p)
_FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "OpenSSL_version_num": (ctypes.c_ulong,),
    "EVP_MD_fetch": (_P, _P, ctypes.c_char_p, ctypes.c_char_p),
    "EVP_PKEY_CTX_new_from_name": (_P, _P, ctypes.c_char_p, ctypes.c_char_p),
    "EVP_PKEY_CTX_new_from_pkey": (_P, _P, _P, ctypes.c_char_p),
    "EVP_PKEY_CTX_free": (None, _P),
    "EVP_PKEY_CTX_set1_id": (_I, _P, ctypes.c_char_p, _I),
    "EVP_PKEY_keygen_init": (_I, _P),
    "EVP_PKEY_generate": (_I, _P, _PP),
    "EVP_PKEY_public_check": (_I, _P),
    "EVP_PKEY_is_a": (_I, _P, ctypes.c_char_p),
    "EVP_PKEY_free": (None, _P),
    "EVP_MD_CTX_new": (_P,),
    "EVP_MD_CTX_free": (None, _P),
    "EVP_MD_CTX_set_pkey_ctx": (None, _P, _P),
    "EVP_DigestSignInit": (_I, _P, _P, _P, _P, _P),
    "EVP_DigestSign": (_I, _P, ctypes.c_char_p, ctypes.POINTER(_S), ctypes.c_char_p, _S),
    "EVP_DigestVerifyInit": (_I, _P, _P, _P, _P, _P),
    "EVP_DigestVerify": (_I, _P, ctypes.c_char_p, _S, ctypes.c_char_p, _S),
    "d2i_AutoPrivateKey": (_P, _P, _PP, ctypes.c_long),
    "d2i_PUBKEY": (_P, _P, _PP, ctypes.c_long),
    "i2d_PUBKEY": (_I, _P, _PP),
    "i2d_PKCS8PrivateKey_bio": (_I, _P, _P, _P, _P, _I, _P, _P),
    "BIO_s_mem": (_P,),
    "BIO_new": (_P, _P),
    "BIO_ctrl": (ctypes.c_long, _P, _I, ctypes.c_long, _PP),
    "BIO_free": (_I, _P),
    "ERR_clear_error": (None,),
}


class Failed(Exception):
    """libcrypto refused: the key or the bytes are not what they should be."""


class Key:
    """A private or public key of SM2 inside libcrypto; freed with this object."""

    def __init__(self, library: ctypes.CDLL, pointer: int) -> None:
        self.pointer = pointer
        weakref.finalize(self, library.EVP_PKEY_free, pointer)


class Sm2Library:
    """SM2 with SM3. Safe for several threads: every call has a context of its own."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._lib = library
        self._sm3 = library.EVP_MD_fetch(None, b"SM3", None)
        if not self._sm3:
            raise Failed("libcrypto was built without SM3")
        self.generate()  # a build without SM2 is noticed here and not at the first signature

    def generate(self) -> Key:
        """Make a private key."""
        pointer = ctypes.c_void_p()
        with self._context(self._lib.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)) as context:
            self._done(self._lib.EVP_PKEY_keygen_init(context))
            self._done(self._lib.EVP_PKEY_generate(context, ctypes.byref(pointer)))
        return self._owned(pointer.value)

    def sign(self, key: Key, message: bytes) -> bytes:
        """Sign; the signature is DER."""
        signature = ctypes.create_string_buffer(_MOST_SIGNATURE_BYTES)
        length = ctypes.c_size_t(_MOST_SIGNATURE_BYTES)
        with self._digesting(key, self._lib.EVP_DigestSignInit) as context:
            self._done(
                self._lib.EVP_DigestSign(context, signature, ctypes.byref(length), message, len(message))
            )
        return signature.raw[: length.value]

    def verify(self, key: Key, message: bytes, signature: bytes) -> bool:
        """Whether the signature holds."""
        with self._digesting(key, self._lib.EVP_DigestVerifyInit) as context:
            held = self._lib.EVP_DigestVerify(context, signature, len(signature), message, len(message))
        self._lib.ERR_clear_error()
        return bool(held == 1)

    def private_from_der(self, der: bytes) -> Key:
        """Read PKCS #8."""
        return self._read(self._lib.d2i_AutoPrivateKey, der)

    def public_from_der(self, der: bytes) -> Key:
        """Read SubjectPublicKeyInfo; the point is checked to be one of the curve."""
        key = self._read(self._lib.d2i_PUBKEY, der)
        with self._context(self._lib.EVP_PKEY_CTX_new_from_pkey(None, key.pointer, None)) as context:
            self._done(self._lib.EVP_PKEY_public_check(context))
        return key

    def public_to_der(self, key: Key) -> bytes:
        """Write SubjectPublicKeyInfo."""
        length = self._lib.i2d_PUBKEY(key.pointer, None)
        self._done(length)
        buffer = ctypes.create_string_buffer(length)
        end = ctypes.c_void_p(ctypes.addressof(buffer))
        self._done(self._lib.i2d_PUBKEY(key.pointer, ctypes.byref(end)))
        return buffer.raw

    def private_to_der(self, key: Key) -> bytes:
        """Write PKCS #8."""
        bio = self._lib.BIO_new(self._lib.BIO_s_mem())
        try:
            self._done(self._lib.i2d_PKCS8PrivateKey_bio(bio, key.pointer, None, None, 0, None, None))
            start = ctypes.c_void_p()
            length = self._lib.BIO_ctrl(bio, _BIO_CTRL_INFO, 0, ctypes.byref(start))
            return ctypes.string_at(start.value or 0, length)
        finally:
            self._lib.BIO_free(bio)

    @contextmanager
    def _digesting(self, key: Key, begin: Callable[..., int]) -> Iterator[int]:
        with (
            self._context(self._lib.EVP_PKEY_CTX_new_from_pkey(None, key.pointer, None)) as signing,
            self._freed(self._lib.EVP_MD_CTX_new(), self._lib.EVP_MD_CTX_free) as context,
        ):
            self._done(self._lib.EVP_PKEY_CTX_set1_id(signing, _SIGNER_ID, len(_SIGNER_ID)))
            # Before the beginning: the signer's id goes into the digest first.
            self._lib.EVP_MD_CTX_set_pkey_ctx(context, signing)
            self._done(begin(context, None, self._sm3, None, key.pointer))
            yield context

    def _context(self, pointer: int | None) -> Any:
        return self._freed(pointer, self._lib.EVP_PKEY_CTX_free)

    @contextmanager
    def _freed(self, pointer: int | None, free: Callable[[int], None]) -> Iterator[int]:
        if not pointer:
            raise self._failed()
        try:
            yield pointer
        finally:
            free(pointer)

    def _read(self, read: Callable[..., int | None], der: bytes) -> Key:
        buffer = ctypes.create_string_buffer(der, len(der))
        start = ctypes.c_void_p(ctypes.addressof(buffer))
        key = self._owned(read(None, ctypes.byref(start), len(der)))
        if (start.value or 0) - ctypes.addressof(buffer) != len(der):
            raise Failed("there are bytes behind the key")
        if self._lib.EVP_PKEY_is_a(key.pointer, b"SM2") != 1:
            raise Failed("this is a key of another kind")
        return key

    def _owned(self, pointer: int | None) -> Key:
        if not pointer:
            raise self._failed()
        return Key(self._lib, pointer)

    def _done(self, answer: int) -> None:
        if answer <= 0:
            raise self._failed()

    def _failed(self) -> Failed:
        # The queue is the thread's: what is left in it would be read as somebody else's error.
        self._lib.ERR_clear_error()
        return Failed("libcrypto refused")


@lru_cache(maxsize=1)
def open_library() -> Sm2Library | None:
    """The system's libcrypto with SM2; None where there is none that has it."""
    for name in _NAMES:
        try:
            return Sm2Library(_declared(ctypes.CDLL(name)))
        except (OSError, AttributeError, Failed):
            continue  # not there, another interface, or built without SM2
    return None


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    for name, (answer, *arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = answer, arguments
    if library.OpenSSL_version_num() < _LEAST_VERSION:
        raise Failed("this OpenSSL is too old")
    return library
