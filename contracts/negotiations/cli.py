"""Commands of a negotiation: ask, offer, counter, compare, accept."""

import json
from pathlib import Path
from typing import Any

import click
import yaml

from exchange.client.contract_text import print_clauses, print_comparison, reader_language
from exchange.client.signed_in import signed_in
from exchange.core.errors import Invalid


@click.group()
def negotiation() -> None:
    """From a request or a private offer to agreed terms."""


def _changes_options(command: Any) -> Any:
    for option in (
        click.option(
            "--set", "settings", multiple=True, help="MEMBER=VALUE, such as liability.cap_percent=50."
        ),
        click.option(
            "--file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="YAML or JSON file of the members that are to differ.",
        ),
        click.option("--message", default="", help="Words to the other side; no part of the contract."),
        click.option("--answer-days", type=int, help="Days within which it is to be answered."),
    ):
        command = option(command)
    return command


@negotiation.command("request")
@click.argument("listing_id")
@click.option("--purpose", required=True)
@click.option("--scenario", required=True)
@click.option("--plan", help="Code of one of the listing's price plans.")
@_changes_options
def request(listing_id: str, purpose: str, scenario: str, plan: str | None, **asked: Any) -> None:
    """Ask for the data of a listing (buyer)."""
    wished = {"purpose": purpose, "scenario": scenario, **({"plan": plan} if plan else {})}
    _show(signed_in().request_access({"listing_id": listing_id, **wished, **_changes(**asked)}))


@negotiation.command("offer-privately")
@click.argument("listing_id")
@click.option("--buyer", "buyer_id", required=True, help="Id of the buyer's organisation.")
@_changes_options
def offer_privately(listing_id: str, buyer_id: str, **asked: Any) -> None:
    """Offer your listing to one buyer who has not asked (provider)."""
    _show(
        signed_in().offer_privately({"listing_id": listing_id, "buyer_id": buyer_id, **_changes(**asked)})
    )


@negotiation.command("renew")
@click.argument("agreement_id")
@click.option("--plan", help="Code of one of the listing's price plans.")
@_changes_options
def renew(agreement_id: str, plan: str | None, **asked: Any) -> None:
    """Begin to negotiate the agreement that is to follow a signed one."""
    chosen = {"plan": plan} if plan else {}
    _show(signed_in().renew_agreement(agreement_id, **chosen, **_changes(**asked)))


@negotiation.command("offer")
@click.argument("negotiation_id")
@_changes_options
def offer(negotiation_id: str, **asked: Any) -> None:
    """Answer a request or a counter-offer with an offer (provider)."""
    _show(signed_in().offer_terms(negotiation_id, **_changes(**asked)))


@negotiation.command("counter")
@click.argument("negotiation_id")
@_changes_options
def counter(negotiation_id: str, **asked: Any) -> None:
    """Answer an offer with another draft (buyer)."""
    _show(signed_in().counter_offer(negotiation_id, **_changes(**asked)))


@negotiation.command("accept")
@click.argument("negotiation_id")
def accept(negotiation_id: str) -> None:
    """Accept the other party's last draft; the terms are frozen for signature."""
    exchange = signed_in()
    exchange.accept_offer(negotiation_id)
    agreement = exchange.agreement_of(negotiation_id)
    click.echo(f"{agreement['id']}  {agreement['contract_id']}")


@negotiation.command("end")
@click.argument("negotiation_id")
@click.option("--reason", required=True)
def end(negotiation_id: str, reason: str) -> None:
    """Decline as the provider, or withdraw as the buyer."""
    _show(signed_in().end_negotiation(negotiation_id, reason))


@negotiation.command("list")
@click.option("--state", help="Only those of one state, such as countered.")
@click.option("--after", help="Id of the last negotiation of the page before.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_negotiations(*, as_json: bool, **asked: Any) -> None:
    """List your negotiations, the newest first."""
    found = signed_in().negotiations(**asked)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for item in found:
        click.echo(
            f"{item['id']}  {item['state']:<10} {item['expires_at'] or '-':<26} {item['listing_id']}"
        )


@negotiation.command("show")
@click.argument("negotiation_id")
@click.option("--round", "round_number", type=int, help="Of this round instead of the last proposal.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Without it the terminal's.")
@click.option("--json", "as_json", is_flag=True, help="Print every round as one JSON document.")
def show(negotiation_id: str, round_number: int | None, language: str | None, *, as_json: bool) -> None:
    """Print the draft as clauses, each machine-read limit beside its words."""
    exchange = signed_in()
    if as_json:
        _show({**exchange.negotiation(negotiation_id), "rounds": exchange.rounds(negotiation_id)})
        return
    asked = {"round": round_number, "language": reader_language(language)}
    print_clauses(exchange.draft_clauses(negotiation_id, **asked))


@negotiation.command("diff")
@click.argument("negotiation_id")
@click.option("--before", type=int, help="The earlier round; without it the proposal before.")
@click.option("--after", type=int, help="The later round; without it the last proposal.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Without it the terminal's.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def diff(negotiation_id: str, language: str | None, *, as_json: bool, **asked: Any) -> None:
    """Compare two rounds clause by clause, in words and in members."""
    comparison = signed_in().differences(negotiation_id, language=reader_language(language), **asked)
    if as_json:
        _show(comparison)
    else:
        print_comparison(comparison)


def _changes(
    settings: tuple[str, ...], file: Path | None, message: str, answer_days: int | None
) -> dict[str, Any]:
    changes = {} if file is None else _read(file)
    for setting in settings:
        _set(changes, setting)
    beside = {"message": message or None, "answer_days": answer_days}
    return {**changes, **{name: value for name, value in beside.items() if value is not None}}


def _read(file: Path) -> dict[str, Any]:
    try:
        changes = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(f"{file} cannot be read: {error}", remedy="Write it as YAML or JSON.") from error
    if not isinstance(changes, dict):
        raise Invalid(f"{file} holds no members", remedy="Write MEMBER: VALUE, one a line.")
    return changes


def _set(changes: dict[str, Any], setting: str) -> None:
    path, found, text = setting.partition("=")
    if not found:
        raise click.BadParameter(f"{setting!r} is not MEMBER=VALUE", param_hint="--set")
    *groups, member = path.split(".")
    for group in groups:
        changes = changes.setdefault(group, {})
    try:
        # JSON, so that a number is a number; what is no JSON is a text.
        changes[member] = json.loads(text)
    except ValueError:
        changes[member] = text


def _show(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
