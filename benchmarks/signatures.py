"""Signing and verifying a contract in JWS against the bare primitives over the same bytes."""

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.report import median_pair, table
from exchange.trust import ALGORITHMS, PrivateKey, b64url_encode, jws
from exchange.trust.algorithms.hybrid import LABEL, representative
from exchange.trust.algorithms.libcrypto import open_library
from exchange.trust.purposes import CONTRACT
from tests.factories.terms import terms

TIMES, ROUNDS = 200, 15
#: The protected header of a contract has about so many characters.
_HEADER = b"e" * 180


def run() -> None:
    """Print sign and verify for every algorithm that this machine can compute."""
    payload = terms().data
    rows: list[tuple[object, ...]] = []
    for name, algorithm in ALGORITHMS.items():
        missing = algorithm.missing()
        rows.append((name, f"needs {missing}", "–", "–") if missing else _row(name, payload))
    table(("algorithm", "sign + verify in JWS/s", "bare primitives/s", "times the bare ones"), rows)
    print(f"\nterms of {len(payload):,} bytes; {TIMES} times a round, medians of {ROUNDS} rounds in turn")


def _row(name: str, payload: bytes) -> tuple[object, ...]:
    key = PrivateKey.generate(name)
    bare = _bare(key, _HEADER + b"." + b64url_encode(payload).encode())

    def ours() -> None:
        for _ in range(TIMES):
            signature = jws.sign(payload, key, typ=CONTRACT, role="buyer", issued_at=1_790_000_000)
            jws.verify(payload, signature, key=key.public, typ=CONTRACT, role="buyer")

    def theirs() -> None:
        for _ in range(TIMES):
            bare()

    ours_s, bare_s = median_pair(ours, theirs, rounds=ROUNDS)
    return (name, f"{TIMES / ours_s:,.0f}", f"{TIMES / bare_s:,.0f}", f"**{ours_s / bare_s:.2f}**")


def _bare(key: PrivateKey, message: bytes) -> Callable[[], object]:
    """One signature and one verification by the library itself, of the bytes that a JWS signs."""
    private: Any = key.native
    public: Any = key.public.native
    if key.algorithm == "ES256":
        hashed = ec.ECDSA(SHA256())
        return lambda: public.verify(private.sign(message, hashed), message, hashed)
    if key.algorithm == "ML-DSA-65-Ed25519":
        return lambda: _bare_hybrid(private, public, message)
    if key.algorithm == "SM2-SM3":
        library: Any = open_library()
        return lambda: library.verify(public, message, library.sign(private, message))
    return lambda: public.verify(private.sign(message), message)


def _bare_hybrid(private: Any, public: Any, message: bytes) -> None:
    signed = representative(message)
    public.lattice.verify(private.lattice.sign(signed, LABEL), signed, LABEL)
    public.curve.verify(private.curve.sign(signed), signed)
