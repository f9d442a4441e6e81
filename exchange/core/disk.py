"""Making sure that bytes and names are on the disk."""

import os
from pathlib import Path


def flush(path: Path) -> None:
    """Return when the file's bytes, or the folder's names, would outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
