"""Where the tests' databases lie: in memory where there is room, since most of their time went to the disk."""

import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_NEEDED_BYTES = 4 * 1024**3


def make_fast_folder(prefix: str) -> Path:
    """A new folder; the caller removes it."""
    has_room = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _NEEDED_BYTES
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if has_room else None))
