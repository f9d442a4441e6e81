"""Trust: canonical bytes, keys and signatures, on which every proof of the exchange rests."""

from exchange.trust import jws
from exchange.trust.algorithms import ALGORITHMS, Algorithm, KeyRefused, UnknownAlgorithm, algorithm_named
from exchange.trust.encoding import NotBase64, b64_decode, b64_encode, b64url_decode, b64url_encode
from exchange.trust.jws import Header, JwsMalformed, Signature
from exchange.trust.keyfiles import load_or_create
from exchange.trust.keys import KeyFileExists, KeyFileExposed, PrivateKey, PublicKey, SignatureInvalid

__all__ = [
    "ALGORITHMS",
    "Algorithm",
    "Header",
    "JwsMalformed",
    "KeyFileExists",
    "KeyFileExposed",
    "KeyRefused",
    "NotBase64",
    "PrivateKey",
    "PublicKey",
    "Signature",
    "SignatureInvalid",
    "UnknownAlgorithm",
    "algorithm_named",
    "b64_decode",
    "b64_encode",
    "b64url_decode",
    "b64url_encode",
    "jws",
    "load_or_create",
]
