"""The exchange's own private keys: made at the first start, the same ones ever after."""

from contextlib import suppress
from pathlib import Path

from exchange.trust.algorithms import algorithm_named
from exchange.trust.keys import PrivateKey
from exchange.trust.secret_files import KeyFileExists
from exchange.trust.suites import DEFAULT, PREFERRED


def load_or_create(path: Path, algorithm: str = "Ed25519") -> PrivateKey:
    """Load the key, or make and keep one; two nodes starting at once end up with the same one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(KeyFileExists):  # another node was faster
            PrivateKey.generate(algorithm).save(path)
    return PrivateKey.load(path)


def load_or_create_all(folder: Path) -> dict[str, PrivateKey]:
    """The exchange's signing key of each suite that this machine can compute."""
    return {
        suite: load_or_create(folder / f"{purpose_of(suite)}.pem", algorithm)
        for suite, algorithm in PREFERRED.items()
        if not algorithm_named(algorithm).missing()
    }


def purpose_of(suite: str) -> str:
    """Under which purpose the exchange states its key for a suite, and the name of its file."""
    return "signing" if suite == DEFAULT else f"signing-{suite}"
