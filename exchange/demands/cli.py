"""Commands of the demand board."""

import json
from pathlib import Path
from typing import Any

import click

from exchange.client.signed_in import signed_in
from exchange.core.errors import Invalid
from exchange.core.i18n import speaks_chinese_in_terminal


@click.group()
def demand() -> None:
    """The demand board: say what data you need, or claim what others need."""


@demand.command("post")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--draft", is_flag=True, help="Keep it as a draft instead of asking for review.")
@click.option("--rewrite", "demand_id", help="Write this draft anew instead of a new demand.")
def post(file: Path, demand_id: str | None, *, draft: bool) -> None:
    """Write the demand in FILE (JSON) and ask for its review."""
    exchange, content = signed_in(), _read(file)
    written = exchange.rewrite_demand(demand_id, content) if demand_id else exchange.write_demand(content)
    _show(written if draft else exchange.submit_demand(written["id"]))


@demand.command("list")
@click.option("--mine", is_flag=True, help="Your own demands and those you claimed, in every state.")
@click.option("--fitting", is_flag=True, help="Those on the board that your listings fit.")
@click.option("--state", help="Only those of one state, such as pending.")
@click.option("--after", help="Id of the last demand of the page before.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_demands(*, fitting: bool, as_json: bool, **asked: Any) -> None:
    """List the demands on the board, the newest first."""
    exchange = signed_in()
    demands = exchange.fitting_demands() if fitting else exchange.demands(**asked)
    if as_json:
        click.echo(json.dumps(demands, ensure_ascii=False, indent=1))
        return
    title = "title_zh" if speaks_chinese_in_terminal() else "title_en"
    for item in demands:
        click.echo(f"{item['id']}  {item['state']:<20} {item['valid_to']}  {item['content'][title]}")


@demand.command("show")
@click.argument("demand_id")
def show(demand_id: str) -> None:
    """Print a demand, its claims and the listings that fit it, as JSON."""
    exchange = signed_in()
    _show(
        {
            **exchange.demand(demand_id),
            "claims": exchange.claims(demand_id),
            "listings": exchange.listings_for_demand(demand_id),
        }
    )


@demand.command("review")
@click.argument("demand_id")
@click.option("--decision", required=True, type=click.Choice(["open", "return"]))
@click.option("--reason", required=True)
def review(demand_id: str, decision: str, reason: str) -> None:
    """Open a submitted demand for claims, or return it (operator)."""
    _show(signed_in().review_demand(demand_id, decision, reason))


@demand.command("claim")
@click.argument("demand_id")
@click.option("--message", required=True, help="What you can provide.")
@click.option("--listing", "listing_id", help="Your listing that fits it.")
def claim(demand_id: str, message: str, listing_id: str | None) -> None:
    """Say that you can fulfil a demand (provider)."""
    _show(signed_in().claim_demand(demand_id, message, listing_id=listing_id))


@demand.command("confirm")
@click.argument("demand_id")
def confirm(demand_id: str) -> None:
    """Take up the claim on your demand (buyer)."""
    _show(signed_in().confirm_claim(demand_id))


@demand.command("decline")
@click.argument("demand_id")
@click.option("--reason", required=True)
def decline(demand_id: str, reason: str) -> None:
    """Do not take up the claim; the demand returns to the board (buyer)."""
    _show(signed_in().decline_claim(demand_id, reason))


@demand.command("withdraw")
@click.argument("demand_id")
@click.option("--reason", required=True)
def withdraw(demand_id: str, reason: str) -> None:
    """Take your demand back (buyer)."""
    _show(signed_in().withdraw_demand(demand_id, reason))


@demand.command("intervene")
@click.argument("demand_id")
@click.option("--note", required=True, help="What is being done.")
def intervene(demand_id: str, note: str) -> None:
    """Step in for a demand that nobody claimed for seven days (operator)."""
    _show(signed_in().intervene_in_demand(demand_id, note))


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Invalid(f"{file} cannot be read: {error}", remedy="Write it as JSON in UTF-8.") from error


def _show(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
