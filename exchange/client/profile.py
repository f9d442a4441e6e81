"""Where a caller's sign-in is kept: one file in the user's configuration folder, readable by nobody else."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from platformdirs import user_config_path

from exchange.core.errors import NotAuthenticated


@dataclass(frozen=True)
class Profile:
    """Which exchange, and the token for it."""

    server: str
    token: str


def profile_folder() -> Path:
    """The folder of profile and key."""
    folder = user_config_path("wdx", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def save_profile(profile: Profile) -> None:
    """Keep the sign-in, mode 0600."""
    path = profile_folder() / "profile.json"
    partial = path.with_suffix(".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(profile), file)
    partial.replace(path)


def load_profile() -> Profile:
    """The kept sign-in.

    Raises:
        NotAuthenticated: nobody signed in on this machine.
    """
    path = profile_folder() / "profile.json"
    if not path.exists():
        raise NotAuthenticated("nobody is signed in here", remedy="Run `wdx login` first.")
    return Profile(**json.loads(path.read_text(encoding="utf-8")))
