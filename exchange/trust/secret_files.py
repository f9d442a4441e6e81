"""Files that hold a key: made once, whole or not at all, and readable by their owner only."""

import os
import stat
import tempfile
from pathlib import Path

from exchange.core.disk import flush
from exchange.core.errors import Conflict, Invalid

_MAX_KEY_FILE_BYTES = 64 * 1024


class KeyFileExists(Conflict):
    """A key file is never overwritten: a lost private key cannot be made again."""

    code = "key-file-exists"


class KeyFileExposed(Invalid):
    """Other users of the machine can read the private key."""

    code = "key-file-exposed"


def read_secret_file(path: Path) -> bytes:
    """Read a key file.

    Raises:
        KeyFileExposed: other users may read the file.
    """
    with path.open("rb") as file:
        # Asked of the open file, so the answer concerns the bytes that are then read.
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & stat.S_IRWXO:
            raise KeyFileExposed(
                f"Every user of this machine may open the private key {path}.",
                remedy=f"Run: chmod 600 {path} - and replace the key if others could have read it.",
            )
        return file.read(_MAX_KEY_FILE_BYTES)


def create_secret_file(path: Path, content: bytes) -> None:
    """Create a key file only its owner can read; after a crash it is there whole or not at all.

    Raises:
        KeyFileExists: there is a file of that name; it is left alone.
    """
    # mkstemp creates with mode 0600.
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A hard link fails when the name is taken; a rename would silently replace the other key.
        os.link(temporary, path)
    except FileExistsError as error:
        raise KeyFileExists(
            f"There already is a file {path}.",
            remedy="Choose another name, or move the old key away.",
        ) from error
    finally:
        Path(temporary).unlink()
    flush(path.parent)
