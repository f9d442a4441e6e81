"""A local folder for files under way: one for each process, gone with it even when it is killed.

Plain rows lie here and nowhere else while a file is taken in or handed out, so what a killed process left
must not stay. Every process holds a lock beside its folder; a folder whose lock is free has no owner any more.
"""

import fcntl
import os
import secrets
import shutil
import threading
import weakref
from contextlib import suppress
from pathlib import Path

_LOCK_ENDING = ".lock"


class Workspace:
    """This process's own folder under `root`, made at the first use; another process gets another one.

    The folder goes with the object, at the latest at the end of the process.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._guard = threading.Lock()
        self._process = 0
        self._folder = root

    @property
    def folder(self) -> Path:
        """Where this process prepares files; what killed processes left is removed on the way."""
        with self._guard:
            # A forked child shares the parent's lock: it needs a folder of its own.
            if self._process != os.getpid():
                self.sweep()
                descriptor, self._folder = _claim(self.root)
                self._process = os.getpid()
                weakref.finalize(self, _give_back, descriptor, self._folder, os.getpid())
            return self._folder

    def sweep(self) -> int:
        """Remove the folders of processes that are gone; returns how many.

        A process is gone when the system gave its lock back, which a process id that is used again or a
        clock that is wrong cannot feign. A folder under way is therefore never removed.
        """
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return sum(_remove_if_free(lock) for lock in self.root.glob(f"*{_LOCK_ENDING}"))


def _claim(root: Path) -> tuple[int, Path]:
    while True:
        path = root / f"{secrets.token_hex(8)}{_LOCK_ENDING}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Another process that swept between these two lines took the file for a dead one's.
        if _is_still_there(path, descriptor):
            folder = path.with_suffix("")
            folder.mkdir(mode=0o700)
            return descriptor, folder
        os.close(descriptor)


def _give_back(descriptor: int, folder: Path, process: int) -> None:
    """Remove the folder at the orderly end of its process; a child that it forked leaves it alone."""
    if process == os.getpid():
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_name(f"{folder.name}{_LOCK_ENDING}").unlink(missing_ok=True)
        os.close(descriptor)


def _is_still_there(path: Path, descriptor: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def _remove_if_free(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return False  # another process swept it a moment ago
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        # The folder first: were the lock gone and the folder not, nobody would find it again.
        shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
        with suppress(FileNotFoundError):
            lock.unlink()
        return True
    finally:
        os.close(descriptor)
