"""Commands about agreements that need no server."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from contracts.agreements.verification import TrustAnchor, verify_contract
from exchange.client.cli import contract
from exchange.client.signed_in import signed_in
from exchange.core.errors import DomainError
from exchange.core.i18n import terminal_translations

EXIT_INTEGRITY = 5
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@contract.command("get")
@click.argument("agreement_id")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def get_contract(agreement_id: str, out: Path) -> None:
    """Keep the signed contract with its certificates in a file."""
    text = json.dumps(signed_in().contract(agreement_id), ensure_ascii=False, indent=1)
    out.write_text(f"{text}\n", encoding="utf-8")
    click.echo(out)


@contract.command("verify")
@click.argument("file", type=_file)
@click.option("--trust", required=True, type=_file, help="trust.json of `wdx keys authority`.")
def check_contract(file: Path, trust: Path) -> None:
    """Verify a kept contract offline; exit 5 when a signature or certificate does not hold."""
    _ = terminal_translations().gettext
    try:
        verified = verify_contract(_read(file), TrustAnchor.read(_read(trust)))
    except (DomainError, ValueError, KeyError, TypeError) as error:
        click.echo(_("The contract does NOT hold: %(reason)s") % {"reason": error}, err=True)
        sys.exit(EXIT_INTEGRITY)
    terms = verified.terms
    click.echo(_("The contract %(id)s holds.") % {"id": terms.agreement_id})
    for role in verified.issued_at:
        party = terms.party(role)
        click.echo(f"{role:<9} {party.name_zh}  {party.algorithm}  {party.kid}")
    click.echo(f"SHA-256   {terms.digest}  ({terms.required_suite})")
    click.echo(_("Whether a key was revoked before it signed, the evidence log says: wdx audit verify."))


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
