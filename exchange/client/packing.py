"""A folder as one file to send: the same files always give the same bytes."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.core.errors import Invalid

_EPOCH = (1980, 1, 1, 0, 0, 0)
_COPY_BYTES = 1 << 20


class NothingToSend(Invalid):
    """The folder holds no files."""

    code = "nothing-to-send"


@contextmanager
def packed(path: Path) -> Iterator[Path]:
    """Yield the file to send: the path itself, or for a folder a ZIP archive of the files in it.

    Files lie in the archive in the order of their names and without dates; hidden ones and subfolders
    are left out.

    Raises:
        NothingToSend: the folder has no files.
    """
    if not path.is_dir():
        yield path
        return
    files = sorted(item for item in path.iterdir() if item.is_file() and not item.name.startswith("."))
    if not files:
        raise NothingToSend(f"{path} holds no files", remedy="Name a folder with data files in it.")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"{path.resolve().name}.zip"
        with zipfile.ZipFile(target, "w") as archive:
            for file in files:
                _add(archive, file)
        yield target


def _add(archive: zipfile.ZipFile, file: Path) -> None:
    member = zipfile.ZipInfo(file.name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    with file.open("rb") as reading, archive.open(member, "w", force_zip64=True) as writing:
        while chunk := reading.read(_COPY_BYTES):
            writing.write(chunk)
