"""A PostgreSQL for the tests: the one WDX_TEST_DATABASE_URL names, or a throw-away cluster."""

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.folders import make_fast_folder


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[str]:
    """The address of the `postgres` database of a server; a cluster of our own is removed afterwards.

    Args:
        durable: keep fsync on, for measurements; tests are faster without it.
    """
    if url := os.environ.get("WDX_TEST_DATABASE_URL"):
        yield url
        return
    # Measurements need a real disk: in memory a flush costs nothing.
    folder = Path(tempfile.mkdtemp(prefix="wdx-pg-")) if durable else make_fast_folder("wdx-pg-")
    try:
        yield _start_cluster(folder, durable=durable)
    finally:
        _run("pg_ctl", "stop", "-m", "immediate", "-D", str(folder / "data"))
        shutil.rmtree(folder, ignore_errors=True)


def _start_cluster(folder: Path, *, durable: bool) -> str:
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, _plain_user())
    data = folder / "data"
    _run("initdb", "-D", str(data), "-U", "wdx", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    options = f"-c listen_addresses='' -k {folder} -c max_connections=200"
    if not durable:
        options += " -c fsync=off -c full_page_writes=off"
    _run("pg_ctl", "start", "-w", "-D", str(data), "-l", str(folder / "log"), "-o", options)
    return f"postgresql://wdx@/postgres?host={folder}"


def _run(program: str, *arguments: str) -> None:
    # Debian keeps the server's programs out of PATH; the newest version is taken.
    installed = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{program}"))
    found = installed[-1] if installed else shutil.which(program)
    if found is None:
        pytest.exit(f"{program} is not installed: install PostgreSQL or set WDX_TEST_DATABASE_URL", 3)
    user = {"user": _plain_user(), "group": _plain_user(), "extra_groups": []} if os.getuid() == 0 else {}
    result = subprocess.run(
        [found, *arguments], capture_output=True, text=True, check=False, cwd="/", **user
    )
    if result.returncode != 0:
        pytest.exit(f"{program} failed: {result.stdout}{result.stderr}", 3)


def _plain_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
