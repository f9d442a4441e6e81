"""Trust: canonical bytes, keys and signatures, on which every proof of the exchange rests."""

from exchange.trust import jws, suites
from exchange.trust.algorithms import (
    ALGORITHMS,
    Algorithm,
    AlgorithmUnavailable,
    KeyRefused,
    UnknownAlgorithm,
    algorithm_named,
)
from exchange.trust.authority import Authority
from exchange.trust.encoding import NotBase64, b64_decode, b64_encode, b64url_decode, b64url_encode
from exchange.trust.jws import Header, JwsMalformed, Signature
from exchange.trust.keyfiles import load_or_create, load_or_create_all, purpose_of
from exchange.trust.keys import PrivateKey, PublicKey, SignatureInvalid
from exchange.trust.locked import PassphraseNeeded, PassphraseWrong
from exchange.trust.master_keys import MasterKeys, MasterKeyUnusable, WrappedKey, open_master_keys
from exchange.trust.sealed import SealBroken
from exchange.trust.secret_files import KeyFileExists, KeyFileExposed
from exchange.trust.vault import DataKey, Vault

__all__ = [
    "ALGORITHMS",
    "Algorithm",
    "AlgorithmUnavailable",
    "Authority",
    "DataKey",
    "Header",
    "JwsMalformed",
    "KeyFileExists",
    "KeyFileExposed",
    "KeyRefused",
    "MasterKeyUnusable",
    "MasterKeys",
    "NotBase64",
    "PassphraseNeeded",
    "PassphraseWrong",
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
    "load_or_create_all",
    "open_master_keys",
    "purpose_of",
    "suites",
]
