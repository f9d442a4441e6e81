"""How commands ask for the passphrase of a key file."""

from pathlib import Path
from typing import Any

import click

from exchange.trust import PassphraseNeeded, PrivateKey

passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File whose first line is the passphrase; without it you are asked.",
)


def new_passphrase(file: Path | None) -> str:
    """The passphrase for a key that is about to be made."""
    if file is not None:
        return _first_line(file)
    answer: str = click.prompt(
        "Passphrase for the key", hide_input=True, confirmation_prompt=True, err=True
    )
    return answer


def open_key(path: Path, file: Path | None) -> PrivateKey:
    """Load a key file, asking for its passphrase when it is locked."""
    if file is not None:
        return PrivateKey.load(path, _first_line(file))
    try:
        return PrivateKey.load(path)
    except PassphraseNeeded:
        answer: Any = click.prompt(f"Passphrase of {path}", hide_input=True, err=True)
        return PrivateKey.load(path, str(answer))


def _first_line(file: Path) -> str:
    return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
