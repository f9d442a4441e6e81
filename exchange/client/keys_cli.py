"""Commands about your own signing keys, and about what vouches for the keys of all."""

import json
from pathlib import Path
from typing import Any

import click

from exchange.client.keys import kept_key
from exchange.client.passphrases import new_passphrase, open_key, passphrase_file
from exchange.client.sdk import Exchange
from exchange.client.signed_in import signed_in
from exchange.trust import ALGORITHMS, PrivateKey
from exchange.trust.certificates import REASONS

_algorithm = click.option(
    "--algorithm", type=click.Choice(list(ALGORITHMS)), default="Ed25519", show_default=True
)
_key_file = click.option(
    "--key",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Key file; by default one named after the key in the folder `keys` of your profile.",
)


#: Key ids are base64url: one in 64 looks like an option.
_KID_MAY_BEGIN_WITH_A_DASH = {"ignore_unknown_options": True}


@click.group()
def keys() -> None:
    """Your own signing keys."""


@keys.command("create")
@_algorithm
@_key_file
@passphrase_file
@click.option("--no-passphrase", is_flag=True, help="Leave the file unlocked: whoever has it has the key.")
def create_key(
    algorithm: str, path: Path | None, passphrase_file: Path | None, *, no_passphrase: bool
) -> None:
    """Make a signing key on this machine, enrol its public half and have it certified.

    A key file that is there already is enrolled as it is, so the command may be repeated.
    """
    exchange = signed_in()
    key = _made(algorithm, path, passphrase_file, no_passphrase=no_passphrase)
    _enrolled(exchange, key, None)


@keys.command("rotate", context_settings=_KID_MAY_BEGIN_WITH_A_DASH)
@click.argument("kid")
@click.option(
    "--old", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File of the old key."
)
@click.option(
    "--old-passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The old key's.",
)
@_algorithm
@_key_file
@passphrase_file
@click.option("--no-passphrase", is_flag=True, help="Leave the file unlocked: whoever has it has the key.")
def rotate_key(
    kid: str,
    old: Path | None,
    old_passphrase_file: Path | None,
    algorithm: str,
    path: Path | None,
    passphrase_file: Path | None,
    *,
    no_passphrase: bool,
) -> None:
    """Make a key that takes the place of the key KID, which signs for it.

    The old key still signs the terms that name it, until you revoke it; new terms name the new one.
    """
    exchange = signed_in()
    predecessor = open_key(old or kept_key(kid), old_passphrase_file)
    if predecessor.kid != kid:
        raise click.UsageError(f"the file holds the key {predecessor.kid}, not {kid}")
    key = _made(algorithm, path, passphrase_file, no_passphrase=no_passphrase)
    _enrolled(exchange, key, predecessor)


@keys.command("list")
def list_keys() -> None:
    """List your organisation's keys, newest first."""
    for item in signed_in().signing_keys():
        click.echo(
            f"{item['kid']}  {item['algorithm']:<18} {item['state']:<9} "
            f"{','.join(item['suites']) or '-':<8} until {item['not_after'][:10]}"
        )


@keys.command("show", context_settings=_KID_MAY_BEGIN_WITH_A_DASH)
@click.argument("kid")
@click.option(
    "--x509", "x509", type=click.Path(dir_okay=False, path_type=Path), help="Keep the X.509 certificate."
)
def show_key(kid: str, x509: Path | None) -> None:
    """Print a key with its certificate, your own or another member's."""
    item = signed_in().signing_key(kid)
    if x509 is not None:
        if item["x509"] is None:
            raise click.UsageError(
                f"X.509 cannot hold a key of {item['algorithm']}; its certificate is the statement"
            )
        x509.write_text(item["x509"], encoding="ascii")
    click.echo(json.dumps(item, ensure_ascii=False, indent=1))


@keys.command("renew", context_settings=_KID_MAY_BEGIN_WITH_A_DASH)
@click.argument("kid")
def renew_key(kid: str) -> None:
    """Renew the certificate of your key in the last 90 days of its time."""
    click.echo(f"until {signed_in().renew_key(kid)['not_after']}")


@keys.command("revoke", context_settings=_KID_MAY_BEGIN_WITH_A_DASH)
@click.argument("kid")
@click.option("--reason", required=True, type=click.Choice(list(REASONS)))
@click.option("--note", default="", help="More about it; everybody reads it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def revoke_key(kid: str, reason: str, note: str, *, yes: bool) -> None:
    """End a key for good: what it signed before stays signed, nothing after it does."""
    if not yes:
        click.confirm(f"End the key {kid} for good?", abort=True)
    click.echo(signed_in().revoke_key(kid, reason, note)["state"])


@keys.command("algorithms")
def list_algorithms() -> None:
    """List the signature algorithms, here and on the server, with the suites they satisfy."""
    for item in signed_in().signature_algorithms():
        needs = ALGORITHMS[item["id"]].missing() if item["id"] in ALGORITHMS else "a newer wdx"
        here = f"here: needs {needs}" if needs else "here: yes"
        there = "server: yes" if item["available"] else f"server: needs {item['needs']}"
        click.echo(f"{item['id']:<18} {','.join(item['suites']) or '-':<8} {here}; {there}")


@keys.command("authority")
@click.option("--server", help="Address of the exchange; without it the one you are signed in to.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for ca.pem, cross.pem, crl.pem and trust.json.",
)
def keep_authority(server: str | None, out: Path) -> None:
    """Keep the roots, revocation lists and public keys with which everything else is verified.

    `trust.json` is what `wdx contract verify --trust` takes. Compare the fingerprints with somebody
    else's copy: whoever gives you these files decides what you believe.
    """
    exchange = Exchange(server) if server else signed_in()
    authorities = exchange.authorities()
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "ca.pem", "".join(item["root"] for item in authorities))
    _write(out / "cross.pem", "".join(item["cross_certificate"] or "" for item in authorities))
    _write(out / "crl.pem", "".join(item["revocation_list"] for item in authorities))
    trust = {
        "authorities": [item["public_jwk"] for item in authorities],
        "exchange": [
            item["public_jwk"] for item in exchange.exchange_keys() if item["purpose"].startswith("signing")
        ],
    }
    _write(out / "trust.json", json.dumps(trust, indent=1) + "\n")
    for item in authorities:
        click.echo(f"authority {item['number']}  {item['kid']}  until {item['not_after'][:10]}")


def _made(algorithm: str, path: Path | None, file: Path | None, *, no_passphrase: bool) -> PrivateKey:
    if path is not None and path.exists():
        return open_key(path, file)
    key = PrivateKey.generate(algorithm)
    key.save(path or kept_key(key.kid), None if no_passphrase else new_passphrase(file))
    return key


def _enrolled(exchange: Exchange, key: PrivateKey, predecessor: PrivateKey | None) -> None:
    card: dict[str, Any] = exchange.enrol_key(key, replaces=predecessor)
    click.echo(card["kid"])


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
