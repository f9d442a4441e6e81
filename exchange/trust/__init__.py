"""Trust: canonical bytes, keys and signatures, on which every proof of the exchange rests."""

from exchange.trust import jws
from exchange.trust.algorithms import ALGORITHMS, Algorithm, KeyRefused, UnknownAlgorithm, algorithm_named
from exchange.trust.encoding import NotBase64, b64_decode, b64_encode, b64url_decode, b64url_encode
from exchange.trust.jws import Header, JwsMalformed, Signature
from exchange.trust.keyfiles import load_or_create
from exchange.trust.keys import PrivateKey, PublicKey, SignatureInvalid
from exchange.trust.master_keys import MasterKeys, MasterKeyUnusable, WrappedKey, open_master_keys
from exchange.trust.sealed import SealBroken
from exchange.trust.secret_files import KeyFileExists, KeyFileExposed
from exchange.trust.vault import DataKey, Vault

__all__ = [
    "ALGORITHMS",
    "Algorithm",
    "DataKey",
    "Header",
    "JwsMalformed",
    "KeyFileExists",
    "KeyFileExposed",
    "KeyRefused",
    "MasterKeyUnusable",
    "MasterKeys",
    "NotBase64",
    "PrivateKey",
    "PublicKey",
    "SealBroken",
    "Signature",
    "SignatureInvalid",
    "UnknownAlgorithm",
    "Vault",
    "WrappedKey",
    "algorithm_named",
    "b64_decode",
    "b64_encode",
    "b64url_decode",
    "b64url_encode",
    "jws",
    "load_or_create",
    "open_master_keys",
]
