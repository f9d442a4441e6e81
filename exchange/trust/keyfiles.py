"""The exchange's own private keys: made at the first start, the same ones ever after."""

from contextlib import suppress
from pathlib import Path

from exchange.trust.keys import PrivateKey
from exchange.trust.secret_files import KeyFileExists


def load_or_create(path: Path) -> PrivateKey:
    """Load the key, or make and keep one; two nodes starting at once end up with the same one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(KeyFileExists):  # another node was faster
            PrivateKey.generate().save(path)
    return PrivateKey.load(path)
