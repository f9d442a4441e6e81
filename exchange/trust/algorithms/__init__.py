"""The signature algorithms there are; a new one is one more entry of the registry.

Which one a signature was made with, the registered key says, and never the signature itself.
"""

from typing import Any

from exchange.trust.algorithms.base import Algorithm, AlgorithmUnavailable, KeyRefused, UnknownAlgorithm
from exchange.trust.algorithms.ed25519 import Ed25519
from exchange.trust.algorithms.es256 import Es256
from exchange.trust.algorithms.hybrid import Hybrid
from exchange.trust.algorithms.mldsa65 import MlDsa65
from exchange.trust.algorithms.sm2 import Sm2Sm3

__all__ = [
    "ALGORITHMS",
    "Algorithm",
    "AlgorithmUnavailable",
    "KeyRefused",
    "UnknownAlgorithm",
    "algorithm_named",
    "algorithm_of_der",
    "algorithm_of_jwk",
]

ALGORITHMS: dict[str, Algorithm] = {
    algorithm.id: algorithm for algorithm in (Ed25519(), Es256(), MlDsa65(), Hybrid(), Sm2Sm3())
}
#: The algorithm's identifier stands within the first bytes of PKCS #8 and SubjectPublicKeyInfo.
_HEAD_BYTES = 40


def algorithm_named(algorithm_id: str) -> Algorithm:
    """Find an algorithm by its id.

    Raises:
        UnknownAlgorithm: it is not in the registry.
    """
    try:
        return ALGORITHMS[algorithm_id]
    except KeyError:
        raise UnknownAlgorithm(f"The signature algorithm {algorithm_id!r} is not known here.") from None


def algorithm_of_jwk(jwk: dict[str, Any]) -> Algorithm:
    """Find the algorithm whose public keys look like this JWK."""
    for algorithm in ALGORITHMS.values():
        if algorithm.is_jwk(jwk):
            return algorithm
    raise UnknownAlgorithm(
        f"No known algorithm has keys of type {jwk.get('kty')!r} {jwk.get('crv', jwk.get('alg', ''))!r}."
    )


def algorithm_of_der(der: bytes) -> Algorithm:
    """Find the algorithm of a key in PKCS #8 or SubjectPublicKeyInfo."""
    for algorithm in ALGORITHMS.values():
        if algorithm.oid_der in der[:_HEAD_BYTES]:
            return algorithm
    raise KeyRefused("Keys of this kind are not accepted.", remedy=f"Use one of {', '.join(ALGORITHMS)}.")
