"""Commands about the life of agreements, as parties and authorities use them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from contracts.agreements.life.standing import LifeState
from exchange.client.cli import contract, key_named
from exchange.client.lives import destruction_of
from exchange.client.passphrases import open_key, passphrase_file
from exchange.client.signed_in import signed_in
from exchange.core.clock import SHANGHAI, to_millis, to_text
from exchange.core.i18n import terminal_translations

_KEY = click.Path(exists=True, dir_okay=False, path_type=Path)
_WAYS = ("notice", "cure", "breach", "proposal", "withdrawal", "take_back", "order", "abandon")
_grounds = click.option("--grounds", required=True, help="Why; both parties read it.")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


class Instant(click.ParamType[datetime]):
    """A day or an instant; without a zone it is meant in Asia/Shanghai."""

    name = "instant"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("write it like 2026-12-31 or 2026-12-31T18:00", param, ctx)
        return (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(UTC)


@contract.command("life")
@click.argument("agreement_id")
@_as_json
def show_life(agreement_id: str, *, as_json: bool) -> None:
    """Say where an agreement stands, when it ends and why, and what you may do."""
    _print_life(signed_in().life(agreement_id), as_json=as_json)


@contract.command("lives")
@click.option("--state", type=click.Choice([state.value for state in LifeState]), help="Only these.")
@click.option("--after", help="Id of the last one of the page before.")
@_as_json
def list_lives(state: str | None, after: str | None, *, as_json: bool) -> None:
    """List agreements by where they stand."""
    found = signed_in().lives(state=state, after=after)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for life in found:
        click.echo(f"{life['agreement_id']}  {life['state']:<18}  {life['ends_at']}")


@contract.command("suspend")
@click.argument("agreement_or_organisation")
@click.option("--order-no", default="", help="Number of the order; the regulator must give one.")
@_grounds
@click.option("--until", type=Instant(), help="When it ends by itself; without it when it is lifted.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def suspend(
    agreement_or_organisation: str, order_no: str, grounds: str, until: datetime | None, *, yes: bool
) -> None:
    """Stop every delivery under an agreement, or of an organisation, at once (regulator, operator)."""
    if not yes:
        click.confirm(_("Stop every delivery at once?"), abort=True)
    order = {
        "scope": "agreement" if agreement_or_organisation.startswith("agr_") else "organisation",
        "subject_id": agreement_or_organisation,
        "order_no": order_no,
        "grounds": grounds,
        "until": None if until is None else to_text(until),
    }
    click.echo(signed_in().order_suspension(order)["id"])


@contract.command("resume")
@click.argument("order_id")
@click.option("--reason", required=True)
def resume(order_id: str, reason: str) -> None:
    """Lift an order that your authority gave."""
    click.echo(signed_in().lift_suspension(order_id, reason)["lifted_at"])


@contract.command("orders")
@click.option("--all", "every", is_flag=True, help="Those too that are lifted or have ended.")
def list_orders(*, every: bool) -> None:
    """Print the suspension orders (regulator, operator)."""
    found = signed_in().suspensions(standing=not every)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


@contract.command("terminate")
@click.argument("agreement_id")
@click.option("--way", type=click.Choice(_WAYS), default="notice", show_default=True)
@click.option("--grounds", default="", help="Why; both parties read it.")
@click.option(
    "--on", "ends_at", type=Instant(), help="When it ends; without it as early as the terms allow."
)
@click.option("--order-no", default="", help="Number of the order, of an authority's end.")
@click.option("--step", "number", type=int, help="The notice to withdraw; without it your last one.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def terminate(agreement_id: str, way: str, *, yes: bool, **asked: Any) -> None:
    """End an agreement early, or take that back; what it does is shown before."""
    exchange = signed_in()
    content = _content_of(exchange.life(agreement_id), way, **asked)
    if way in {"notice", "breach", "proposal", "order"}:
        _print_effects(exchange.preview_step(agreement_id, way, content))
    if not yes:
        click.confirm(_("Do this?"), abort=True)
    _print_life(exchange.take_step(agreement_id, way, content))


@contract.command("consent")
@click.argument("agreement_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
def consent(agreement_id: str, *, yes: bool) -> None:
    """Consent to the end, or to the withdrawal of a notice, that the other party asked for."""
    exchange = signed_in()
    content = {"answers": exchange.life(agreement_id)["waits_for_answer"] or 1}
    _print_effects(exchange.preview_step(agreement_id, "consent", content))
    if not yes:
        click.confirm(_("Consent?"), abort=True)
    _print_life(exchange.take_step(agreement_id, "consent", content))


@contract.command("complete")
@click.argument("agreement_id")
def complete(agreement_id: str) -> None:
    """Declare that the handover is complete, as the terms say when (provider)."""
    _take(agreement_id, "handover", {})


@contract.command("accept")
@click.argument("agreement_id")
def accept(agreement_id: str) -> None:
    """Accept the handover (buyer); using the data never does."""
    _take(agreement_id, "accept", {})


@contract.command("object")
@click.argument("agreement_id")
@_grounds
def object_to(agreement_id: str, grounds: str) -> None:
    """Object to the handover (buyer); the provider hands over again."""
    _take(agreement_id, "object", {"grounds": grounds})


@contract.command("dispute")
@click.argument("agreement_id")
@_grounds
@click.option("--withdraw", is_flag=True, help="Withdraw the dispute that you raised.")
def dispute(agreement_id: str, grounds: str, *, withdraw: bool) -> None:
    """Raise a dispute about an agreement, or withdraw it; data flow on."""
    _take(agreement_id, "settle" if withdraw else "dispute", {"grounds": grounds})


@contract.command("destroyed")
@click.argument("agreement_id")
@click.option("--method", required=True, help="How they were destroyed.")
@click.option("--on", "destroyed_at", type=Instant(), required=True, help="When.")
@click.option("--by", required=True, help="By whom.")
@click.option("--statement", required=True, help="What you confirm.")
@click.option(
    "--key", "path", type=_KEY, help="Key file; by default the one of the key that the terms name."
)
@passphrase_file
def destroyed(
    agreement_id: str, path: Path | None, passphrase_file: Path | None, destroyed_at: datetime, **said: str
) -> None:
    """Confirm that the data are destroyed, signed with your key (buyer)."""
    exchange = signed_in()
    agreement = exchange.agreement(agreement_id)
    key = open_key(path or key_named(agreement["terms"], "buyer"), passphrase_file)
    content = destruction_of(
        agreement, {**said, "destroyed_at": to_text(destroyed_at)}, to_millis(destroyed_at), key
    )
    _print_life(exchange.take_step(agreement_id, "destroyed", content))


def _take(agreement_id: str, step: str, content: dict[str, Any]) -> None:
    _print_life(signed_in().take_step(agreement_id, step, content))


def _content_of(
    life: dict[str, Any],
    way: str,
    *,
    grounds: str,
    ends_at: datetime | None,
    order_no: str,
    number: int | None,
) -> dict[str, Any]:
    if way == "withdrawal":
        return {"withdraws": number or life["ended_by"] or 1}
    if way == "take_back":
        return {"answers": number or life["waits_for_answer"] or 1}
    if not grounds:
        raise click.UsageError("--grounds is needed")
    content: dict[str, Any] = {"grounds": grounds}
    if way in {"notice", "breach", "proposal", "order"}:
        content["ends_at"] = None if ends_at is None else to_text(ends_at)
    if way == "order":
        content["order_no"] = order_no
    return content


def _print_life(life: dict[str, Any], *, as_json: bool = False) -> None:
    if as_json:
        click.echo(json.dumps(life, ensure_ascii=False, indent=1))
        return
    click.echo(f"{life['agreement_id']}  {life['state']}{'  disputed' if life['is_disputed'] else ''}")
    left = life["days_left"]
    if left is not None:
        click.echo(
            _("Ends at %(ends)s, in %(days)s days.") % {"ends": life["ends_at"], "days": left}
            if left
            else _("Ended at %(ends)s.") % {"ends": life["ends_at"]}
        )
    for order in life["orders"]:
        click.echo(f"{order['authority']} {order['order_no'] or order['id']}: {order['grounds']}")
    for step in life["steps"]:
        click.echo(f"{step['number']:>3}  {step['at']}  {step['role']:<9} {step['step']}")
    if life["waits_for_answer"]:
        click.echo(_("Step %(number)s waits for an answer.") % {"number": life["waits_for_answer"]})
    _print_effects(life["effects"])
    if life["may"]:
        click.echo(_("You may: %(steps)s") % {"steps": ", ".join(life["may"])})


def _print_effects(effects: dict[str, Any]) -> None:
    lines = [
        _("Access: requests are refused from %(ends)s on, repeated ones too."),
        _("Money: the last statement is for %(period)s; what is open stays due."),
        _("Data: to be destroyed by %(destroy)s."),
    ]
    values = {
        "ends": effects["ends_at"],
        "period": effects["last_period"],
        "destroy": effects["destroy_by"],
    }
    for line in lines:
        click.echo(f"  {line % values}")


def _(message: str) -> str:
    return terminal_translations().gettext(message)
