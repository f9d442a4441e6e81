"""Changing the master key: the files' part; the data keys are wrapped again afterwards, one after the other."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from exchange.core.disk import flush
from exchange.core.errors import Conflict
from exchange.trust.master_keys import (
    CURRENT_NAME,
    KEY_BYTES,
    MasterKey,
    MasterKeys,
    read_master_key,
    write_master_key,
)
from exchange.trust.secret_files import KeyFileExists

_NEXT_NAME = "master.next"


class RotationUnderWay(Conflict):
    """Another process is rotating the master key."""

    code = "rotation-under-way"


@contextmanager
def rotating(keys: MasterKeys) -> Iterator[None]:
    """Let one process at a time rotate.

    Raises:
        RotationUnderWay: another one does.
    """
    descriptor = os.open(keys.folder / "master.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RotationUnderWay(
                "another process is rotating the master key", remedy="Wait for its end."
            ) from error
        yield
    finally:
        os.close(descriptor)


def renew_master_key(keys: MasterKeys) -> MasterKey:
    """Make a new key the current one; the one before stays beside it and still unwraps.

    Killed at any point, it goes on where it stopped when it is called again: the old key has its second
    name before the current name becomes the new key's, so no moment is without either.
    """
    current, following = keys.folder / CURRENT_NAME, keys.folder / _NEXT_NAME
    with suppress(KeyFileExists):
        write_master_key(MasterKey(os.urandom(KEY_BYTES)), following)
    before = keys.folder / f"master-{read_master_key(current).id}.key"
    with suppress(FileExistsError):
        os.link(current, before)
    flush(keys.folder)
    following.replace(current)
    flush(keys.folder)
    return keys.current()
