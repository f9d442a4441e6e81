"""The private keys of the exchange's certificate authority: one issues, the earlier ones still revoke.

The folder holds `0001.pem`, `0002.pem` and so on; a rotation adds the next one and takes none away, because
the revocation list of a certificate is signed by the key that signed the certificate.
"""

from contextlib import suppress
from pathlib import Path

from exchange.core.errors import Unavailable
from exchange.trust.keys import PrivateKey
from exchange.trust.secret_files import KeyFileExists

#: Certificates and lists that every program verifies, `openssl` and PDF readers among them.
ALGORITHM = "ES256"


class AuthorityKeyMissing(Unavailable):
    """A key of the certificate authority that the database knows is not in the key folder."""

    code = "authority-key-missing"


class Authority:
    """The keys by their kid, read again when a node meets one that another node has made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[str, PrivateKey] = {}

    def keys(self) -> list[PrivateKey]:
        """All keys, oldest first; the first one is made when there is none."""
        if not any(self._files()):
            self.add_key(1)
        return [self._loaded(path) for path in self._files()]

    def key(self, kid: str) -> PrivateKey:
        """The key of this name.

        Raises:
            AuthorityKeyMissing: the folder has no such key.
        """
        if kid not in self._keys:
            self.keys()
        if kid not in self._keys:
            raise AuthorityKeyMissing(
                f"the key folder has no key {kid} of the certificate authority",
                remedy="Restore the folder `authority` of WDX_KEYS_DIR from the backup of the keys.",
            )
        return self._keys[kid]

    def add_key(self, number: int) -> None:
        """Make the key of this number, unless another process has."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(KeyFileExists):
            PrivateKey.generate(ALGORITHM).save(self._folder / f"{number:04d}.pem")

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("[0-9][0-9][0-9][0-9].pem"))

    def _loaded(self, path: Path) -> PrivateKey:
        key = PrivateKey.load(path)
        self._keys[key.kid] = key
        return key
