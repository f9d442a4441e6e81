"""SM2 with SM3 (GB/T 32918, GB/T 32905): the signature that the national rules 国密 ask for."""

from typing import Any

from exchange.trust.algorithms.base import Algorithm, CurvePointKeys, KeyRefused
from exchange.trust.algorithms.libcrypto import Failed, Sm2Library, open_library

#: SubjectPublicKeyInfo of every SM2 key, up to the point: its length never varies.
_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


class Sm2Sm3(CurvePointKeys, Algorithm):
    """Signatures are DER, as GM/T 0009 has them; the signer's id is the standard's default.

    JOSE has no registered name for it: `SM2-SM3` and the curve name `SM2` are private to the exchange.
    """

    id = "SM2-SM3"
    jose_name = "SM2-SM3"
    crv = "SM2"
    oid_der = bytes.fromhex("06082a811ccf5501822d")
    in_x509 = False

    def missing(self) -> str:
        return "" if open_library() else "OpenSSL 3.0 or newer with SM2 and SM3 as the system's libcrypto"

    def generate(self) -> Any:
        return self._library().generate()

    def sign(self, key: Any, message: bytes) -> bytes:
        return self._library().sign(key, message)

    def verify(self, key: Any, message: bytes, signature: bytes) -> bool:
        return self._library().verify(key, message, signature)

    def raw_public_key(self, key: Any) -> bytes:
        return self.public_from_der(self._library().public_to_der(key))

    def load_public(self, raw: bytes) -> Any:
        self.require_point(raw)
        try:
            return self._library().public_from_der(_SPKI + raw)
        except Failed as error:
            raise KeyRefused("These bytes are not a point of the curve of SM2.") from error

    def private_to_der(self, key: Any) -> bytes:
        return self._library().private_to_der(key)

    def private_from_der(self, der: bytes) -> Any:
        try:
            return self._library().private_from_der(der)
        except Failed as error:
            raise KeyRefused(f"This is not a private key of {self.id}.") from error

    def public_to_der(self, raw: bytes) -> bytes:
        return _SPKI + raw

    def public_from_der(self, der: bytes) -> bytes:
        raw = der.removeprefix(_SPKI)
        self.require_point(raw)
        return raw

    def _library(self) -> Sm2Library:
        self.require()
        library = open_library()
        assert library is not None  # noqa: S101 - `require` has refused otherwise
        return library
