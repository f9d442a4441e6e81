"""Commands of a buyer or provider: sign in once, keep a key, read data under an agreement."""

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

import click

from exchange.client.connection import Refused
from exchange.client.contract_text import print_clauses, print_comparison, reader_language
from exchange.client.declarations import check_declaration
from exchange.client.keys import kept_key
from exchange.client.keys_cli import keys
from exchange.client.price_cli import price
from exchange.client.profile import Profile, profile_folder, save_profile
from exchange.client.receipts import ReceiptBook
from exchange.client.sdk import Exchange
from exchange.client.signed_in import signed_in
from exchange.core.errors import NotFound
from exchange.core.money import format_yuan, parse_yuan

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--server", required=True, help="Address of the exchange, such as https://exchange.example")
@click.option("--login", required=True)
@click.password_option(confirmation_prompt=False)
def login(server: str, login: str, password: str) -> None:
    """Sign in; the token is kept in the profile, never printed."""
    exchange = Exchange(server)
    exchange.sign_in(login, password)
    save_profile(Profile(server, exchange.connection.token or ""))
    click.echo(f"{exchange.me()['organisation_name']} @ {server}")


@click.command()
def whoami() -> None:
    """Say who is signed in."""
    click.echo(json.dumps(signed_in().me(), ensure_ascii=False))


@click.group()
def contract() -> None:
    """Agreements."""


@contract.command("show")
@click.argument("contract_or_agreement")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Without it the terminal's.")
@click.option("--json", "as_json", is_flag=True, help="Print the agreement with its terms as JSON.")
def show_contract(contract_or_agreement: str, language: str | None, *, as_json: bool) -> None:
    """Print a contract clause by clause, by its contract id or its agreement id."""
    exchange = signed_in()
    agreement = _find_agreement(exchange, contract_or_agreement)
    if as_json:
        click.echo(json.dumps(agreement, ensure_ascii=False, indent=1))
        return
    click.echo(f"{agreement['contract_id']}  {agreement['id']}  {agreement['state']}")
    click.echo(f"SHA-256 {agreement['terms_sha256']}\n")
    print_clauses(exchange.agreed_clauses(agreement["id"], reader_language(language)))


@contract.command("policy")
@click.argument("contract_or_agreement")
def show_policy(contract_or_agreement: str) -> None:
    """Print the usage policy of a contract as an ODRL agreement."""
    exchange = signed_in()
    agreement = _find_agreement(exchange, contract_or_agreement)
    click.echo(json.dumps(exchange.policy(agreement["id"]), ensure_ascii=False, indent=1))


@contract.command("diff")
@click.argument("contract_or_agreement")
@click.option("--before", type=int, help="The earlier round; without it the proposal before.")
@click.option("--after", type=int, help="The later round; without it the accepted draft.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Without it the terminal's.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def diff_contract(contract_or_agreement: str, language: str | None, *, as_json: bool, **asked: Any) -> None:
    """Compare two rounds of the negotiation that led to a contract."""
    exchange = signed_in()
    agreement = _find_agreement(exchange, contract_or_agreement)
    comparison = exchange.differences(
        agreement["negotiation_id"], language=reader_language(language), **asked
    )
    if as_json:
        click.echo(json.dumps(comparison, ensure_ascii=False, indent=1))
    else:
        print_comparison(comparison)


def _find_agreement(exchange: Exchange, text: str) -> dict[str, Any]:
    if text.startswith("agr_"):
        return exchange.agreement(text)
    for agreement in exchange.agreements_of_contract(text):
        return agreement
    raise NotFound(f"there is no contract {text} that you may see")


@contract.command("declare-revenue")
@click.argument("agreement_id")
@click.option("--month", required=True, help="The month of the revenue, YYYY-MM.")
@click.option("--revenue", required=True, help="All of the month, in yuan, such as 12345.67; 0 for none.")
@click.option("--covers", required=True, help="What the revenue comes from.")
@click.option("--evidence", default="", help="Where the figure can be checked, in words.")
@click.option("--evidence-file", type=_FILE, help="A document that proves it; only its digest is sent.")
@click.option("--corrects", type=int, help="Number of the declaration that this one replaces.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def declare_revenue(
    agreement_id: str, month: str, revenue: str, evidence_file: Path | None, *, yes: bool, **told: Any
) -> None:
    """Declare your revenue of a month where the price is a share of it (buyer)."""
    revenue_fen = parse_yuan(revenue, field="revenue")
    if not yes:
        click.confirm(f"Declare ¥{format_yuan(revenue_fen)} for {month}?", abort=True)
    if evidence_file is not None:
        with evidence_file.open("rb") as file:
            told["evidence_sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
    exchange = signed_in()
    declaration = exchange.declare_revenue(agreement_id, month, revenue_fen, **told)
    check_declaration(declaration, exchange.exchange_signing_key())
    click.echo(json.dumps(declaration, ensure_ascii=False, indent=1))


@contract.command("declarations")
@click.argument("agreement_id")
@click.option("--month", help="Of this month only, YYYY-MM.")
def show_declarations(agreement_id: str, month: str | None) -> None:
    """Print what is declared under an agreement; the last one of a month counts."""
    found = signed_in().revenue_declarations(agreement_id, period=month)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


@click.command()
@click.argument("agreement_id")
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True)
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@click.option("--from", "time_from", help="First time to include.")
@click.option("--to", "time_to", help="First time not to include.")
@click.option("--columns", help="Names separated by commas.")
def pull(agreement_id: str, output: Path, form: str, **question: Any) -> None:
    """Download the granted rows; metered. The receipt is kept beside the file.

    The request id is kept in a file too until the download is complete, so running it again after a
    failure costs nothing more.
    """
    exchange = signed_in()
    request_id = _kept_request_id(output)
    try:
        delivery = exchange.download_file(
            agreement_id,
            ReceiptBook(exchange.exchange_signing_key()),
            request_id=request_id.read_text(encoding="ascii"),
            format=form,
            columns=question["columns"],
            **{"from": question["time_from"], "to": question["time_to"]},
        )
    except Refused as refusal:
        # The gate refused this id itself. Any other answer leaves open whether an earlier try was delivered,
        # and a stop may have cut one off: the same id costs nothing more when it has ended.
        if refusal.status in {403, 409, 422, 429} and refusal.code != "deliveries-stopped":
            request_id.unlink()
        raise
    output.write_bytes(delivery.body)
    output.with_name(f"{output.name}.receipt").write_text(delivery.receipt.token, encoding="ascii")
    request_id.unlink()
    click.echo(f"{output}: {delivery.rows} rows, delivery {delivery.receipt.number}")


def _kept_request_id(output: Path) -> Path:
    path = output.with_name(f"{output.name}.request")
    if not path.exists():
        # Stored before sending: after a crash the same id asks for the same delivery again.

        path.write_text(str(uuid.uuid4()), encoding="ascii")
    return path


def key_named(terms: dict[str, Any], role: str) -> Path:
    """The file of the key that the terms name for a role, on this machine."""
    found = find_key_of(terms, role)
    if found is None:
        kid = _kid_of(terms, role)
        raise click.UsageError(
            f"the terms name the key {kid}, which is not in {kept_key(kid).parent}; give --key"
        )
    return found


def find_key_of(terms: dict[str, Any], role: str) -> Path | None:
    """The same, or None where the key is not on this machine."""
    kept = kept_key(_kid_of(terms, role))
    # Keys of before there were several lie in one file of this name.
    for path in (kept, profile_folder() / "signing.pem"):
        if path.exists():
            return path
    return None


def _kid_of(terms: dict[str, Any], role: str) -> str:
    return str(next(party["kid"] for party in terms["parties"] if party["role"] == role))


CLIENT_COMMANDS: tuple[click.Command, ...] = (login, whoami, keys, contract, pull, price)
