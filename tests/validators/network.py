"""Cutting the network off before validators run, so that none depends on what it can fetch."""

import ctypes
import os
import socket

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def cut() -> str:
    """Leave the network for good; says how far that was possible on this machine.

    The kernel's own network namespace also binds native code. Where it is not to be had, at least every
    socket that Python opens is refused.
    """
    socket.socket.connect = _refuse  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = _refuse  # type: ignore[assignment]
    unshare = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
    flags = _NEW_NETWORK if os.geteuid() == 0 else _NEW_USER | _NEW_NETWORK
    if unshare is not None and unshare(flags) == 0:
        return "cut by the kernel"
    return "cut in Python only; this machine gives no network namespace"


def _refuse(*target: object, **_: object) -> None:
    raise OSError(f"a validator wants the network: {target[1:] or target}")
