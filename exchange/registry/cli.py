"""Commands of the register: resolve, show, verify; verifying needs no server."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from exchange.client import Exchange
from exchange.client.profile import load_profile
from exchange.core.clock import SHANGHAI, from_millis
from exchange.core.errors import DomainError
from exchange.core.i18n import terminal_translations
from exchange.registry.certificate import read_certificate
from exchange.registry.identifiers import require_handle
from exchange.registry.resolver import NOT_FOUND
from exchange.trust import PublicKey

EXIT_USAGE, EXIT_INTEGRITY = 2, 5


@click.group()
def handle() -> None:
    """Identifiers of products."""


@handle.command("resolve")
@click.argument("handle")
@click.option("--server", help="Address of the exchange; without it the one you are signed in to.")
@click.option("--version", type=int, help="Version of the listing; without it the newest registered one.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as the resolver gives it.")
def resolve_handle(handle: str, server: str | None, version: int | None, *, as_json: bool) -> None:
    """Say what a handle stands for; exit 2 when it was never given out."""
    answer = _exchange(server).resolve_handle(require_handle(handle), version=version)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for value in answer["values"]:
            click.echo(f"{value['type']:<16} {value['data']['value']}")
    if answer["responseCode"] == NOT_FOUND:
        click.echo(f"wdx: there is no handle {handle}", err=True)
        sys.exit(EXIT_USAGE)


@click.group()
def certificate() -> None:
    """Registration certificates."""


@certificate.command("show")
@click.argument("number")
@click.option("--server", help="Address of the exchange; without it the one you are signed in to.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Keep the signed certificate in a file."
)
def show_certificate(number: str, server: str | None, out: Path | None) -> None:
    """Print a certificate and how it stands now."""
    found = _exchange(server).certificate(number)
    if out is not None:
        out.write_text(found["token"], encoding="ascii")
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


@certificate.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The exchange's signing key as JWK; without it the server is asked.",
)
@click.option("--server", help="Address of the exchange to ask for its key.")
def verify_certificate(file: Path, key_file: Path | None, server: str | None) -> None:
    """Verify a kept certificate; exit 5 when the signature does not hold."""
    _ = terminal_translations().gettext
    key = (
        PublicKey.from_jwk(json.loads(key_file.read_text(encoding="utf-8")))
        if key_file
        else _exchange(server).exchange_signing_key()
    )
    try:
        document = read_certificate(file.read_text(encoding="ascii"), key=key)
    except (DomainError, UnicodeDecodeError) as error:
        click.echo(_("The certificate is NOT genuine: %(reason)s") % {"reason": error}, err=True)
        sys.exit(EXIT_INTEGRITY)
    for line in _words(document):
        click.echo(line)


@certificate.command("key")
@click.option("--server", help="Address of the exchange; without it the one you are signed in to.")
def print_key(server: str | None) -> None:
    """Print the exchange's signing key as JWK; keep it, and compare it with what others have."""
    click.echo(json.dumps(dict(_exchange(server).exchange_signing_key().jwk)))


@certificate.command("revoke")
@click.argument("number")
@click.option("--reason", required=True, help="Why the certificate ends; everybody reads it.")
def revoke_certificate(number: str, reason: str) -> None:
    """End a certificate before its time (operator)."""
    revocation = _exchange(None).revoke_certificate(number, reason)
    click.echo(f"{revocation['number']} {revocation['revoked_at']}")


@certificate.command("object")
@click.argument("listing_id")
@click.argument("version", type=int)
@click.option("--reason", required=True)
def raise_objection(listing_id: str, version: int, reason: str) -> None:
    """Object to a registration in public notice."""
    click.echo(_exchange(None).raise_objection(listing_id, version, reason)["id"])


@certificate.command("decide")
@click.argument("objection_id")
@click.argument("decision", type=click.Choice(["upheld", "dismissed"]))
@click.option("--reason", required=True)
def decide_objection(objection_id: str, decision: str, reason: str) -> None:
    """Uphold or dismiss an objection (operator)."""
    click.echo(_exchange(None).decide_objection(objection_id, decision, reason)["state"])


@certificate.command("waiting")
@click.option("--state", type=click.Choice(["public_notice", "issued", "refused"]), default="public_notice")
def list_registrations(state: str) -> None:
    """List registrations: those in public notice, and your own."""
    for item in _exchange(None).registrations(state=state):
        click.echo(f"{item['listing_id']}  {item['version']:>3}  {item['state']:<14} {item['title_zh']}")


def _words(document: dict[str, Any]) -> list[str]:
    _ = terminal_translations().gettext
    until = from_millis(document["valid_until"]).astimezone(SHANGHAI)
    return [
        _("The certificate is genuine."),
        f"{document['number']}  {document['title_zh']}  {document['title_en']}",
        f"{document['holder']['uscc']}  {document['holder']['name_zh']}",
        f"{document['handle']}  {document['product_no']}",
        f"SHA-256 {document['content_sha256']}",
        _("valid until %(day)s unless revoked; the exchange's page of it says so")
        % {"day": f"{until:%Y-%m-%d}"},
    ]


def _exchange(server: str | None) -> Exchange:
    if server is not None:
        return Exchange(server)
    profile = load_profile()
    return Exchange(profile.server, token=profile.token)
