"""The command that signs: what it shows is made from the very bytes that it signs."""

from dataclasses import asdict
from pathlib import Path

import click

from contracts.terms import Terms, check_terms, clauses_of
from contracts.terms.document import BUYER, PROVIDER
from exchange.client.cli import contract, find_key_of, key_named
from exchange.client.contract_text import print_clauses, reader_language
from exchange.client.passphrases import open_key, passphrase_file
from exchange.client.signed_in import signed_in
from exchange.core.clock import SHANGHAI
from exchange.core.errors import Invalid
from exchange.core.i18n import terminal_translations
from exchange.pricing.words import price_words

_KEY = click.Path(exists=True, dir_okay=False, path_type=Path)


@contract.command("sign")
@click.argument("agreement_id")
@click.option(
    "--role",
    type=click.Choice([PROVIDER, BUYER]),
    help="Without it the one whose key is on this machine.",
)
@click.option(
    "--key", "path", type=_KEY, help="Key file; by default the one of the key that the terms name."
)
@passphrase_file
@click.option("--language", type=click.Choice(["zh", "en"]), help="Without it the terminal's.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def sign_contract(
    agreement_id: str,
    role: str | None,
    path: Path | None,
    passphrase_file: Path | None,
    language: str | None,
    *,
    yes: bool,
) -> None:
    """Show the terms in words, made from the bytes that are signed, and sign exactly these bytes."""
    exchange, _ = signed_in(), terminal_translations().gettext
    terms = _terms_to_sign(exchange.terms_bytes(agreement_id), agreement_id)
    role = role or _own_role(terms)
    key_file = path or key_named(terms.document, role)
    print_clauses([asdict(clause) for clause in clauses_of(terms.document, reader_language(language))])
    _print_summary(terms, role)
    if not yes:
        click.confirm(_("Sign exactly this?"), abort=True)
    key = open_key(key_file, passphrase_file)
    answer = exchange.sign_agreement(agreement_id, key, role=role, expected_sha256=terms.digest)
    click.echo(answer["state"])


def _terms_to_sign(data: bytes, agreement_id: str) -> Terms:
    """The terms in the bytes, every member checked as it will be by everybody who verifies them later."""
    terms = check_terms(Terms.read(data))
    if terms.agreement_id != agreement_id:
        raise Invalid(
            f"the exchange gives the terms of {terms.agreement_id} to be signed",
            field="agreement_id",
            remedy="Sign nothing; ask the operator.",
        )
    return terms


def _own_role(terms: Terms) -> str:
    own = [role for role in (PROVIDER, BUYER) if find_key_of(terms.document, role) is not None]
    if len(own) != 1:
        raise click.UsageError("the keys on this machine do not say in which role you sign; give --role")
    return own[0]


def _print_summary(terms: Terms, role: str) -> None:
    _ = terminal_translations().gettext
    first, last = (
        f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for at in (terms.valid_from, terms.valid_until)
    )
    party = terms.party(role)
    rows = (
        (_("Contract"), terms.contract_id),
        (_("Price"), price_words(terms.price_plan)),
        (_("Term"), f"{first} – {last} Asia/Shanghai"),
        (_("You sign as"), f"{role}, {party.name_zh}"),
        (_("With the key"), f"{party.kid} ({party.algorithm})"),
        ("SHA-256", terms.digest),
    )
    for label, value in rows:
        click.echo(f"{click.style(label, bold=True)}: {value}")
