"""The pinned requirements install on any machine, also with the pip that came with its Python."""

import re
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[([a-z0-9,._-]+)\])?==", re.MULTILINE)


def test_lock_names_the_extras_that_packages_ask_for():
    """Otherwise pip before 23.3 takes the newest release for `name[extra]`, which has no hash in the lock."""
    text = (ROOT / "requirements" / "development.txt").read_text(encoding="utf-8")
    pinned = {canonicalize_name(name): set(extras.split(",")) for name, extras in _PIN.findall(text)}
    missing = [
        f"{needed.name}{sorted(needed.extras)} of {installed.name}"
        for installed in distributions()
        if canonicalize_name(installed.name) in pinned
        for needed in map(Requirement, installed.requires or [])
        if (needed.marker is None or needed.marker.evaluate({"extra": ""}))
        and not needed.extras <= pinned.get(canonicalize_name(needed.name), set())
    ]
    assert missing == []
