"""`wdx demo`: start the exchange, walk whole deals, prove them, and leave the portal open."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import click

from exchange.context import Context
from exchange.core.errors import DomainError
from exchange.core.i18n import speaks_chinese_in_terminal, terminal_translations
from exchange.core.money import format_yuan
from exchange.demo.deals import DealPlan, deals_of_folder, generated_deals
from exchange.demo.display import Display
from exchange.demo.people import Party, assemble
from exchange.demo.server import DemoServer, start_server
from exchange.demo.walk import DealWalked, DemoFailed, Walk, settle
from exchange.setup import prepare

EXIT_SOME_REFUSED = 2


@click.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of files to trade.",
)
@click.option("--rows", type=click.IntRange(1, 100_000_000), help="Rows of each made-up series.")
@click.option("--port", type=int, help="Port of the portal; default 8420 or a free one.")
@click.option("--headless", is_flag=True, help="Stop when the deals are done.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_obj
def demo(
    make_context: Any,
    data: Path | None,
    rows: int | None,
    port: int | None,
    *,
    headless: bool,
    as_json: bool,
) -> None:
    """Walk whole deals before your eyes, from upload to a verified bill.

    Without --data it trades made-up series, one per sector. A second run continues on the same data.
    """
    _ = terminal_translations().gettext
    context: Context = make_context()
    folder = context.settings.home / "demo"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    display = Display(quiet=as_json)
    with display:
        display.title(
            _("Wuhan Data Exchange"),
            _("Whole deals before your eyes: listed, agreed, delivered, settled, and proved."),
        )
        display.busy(_("Making the series and the database"))
        plans = deals_of_folder(data) if data else generated_deals(folder / "series", rows=rows)
        if not plans:
            raise click.UsageError(
                _("there is no CSV, Parquet or XLSX file in %(folder)s") % {"folder": data}
            )
        prepare(context)
        display.busy(_("Starting the server"))
        server = start_server(context.settings.home, dict(_server_environment()), port=port)
    try:
        with display:
            outcome = _walk_all(context, server, plans, folder, display)
        if as_json:
            click.echo(json.dumps(outcome, ensure_ascii=False))
        if not headless:
            _stay_open(server, folder, display)
    finally:
        server.stop()
    if outcome["failed"]:
        sys.exit(EXIT_SOME_REFUSED)


def _server_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "WDX_HOME"}  # noqa: TID251 - passed on


def _walk_all(
    context: Context, server: DemoServer, plans: list[DealPlan], folder: Path, display: Display
) -> dict[str, Any]:
    _ = terminal_translations().gettext
    display.busy(_("Registering the parties"))
    parties = assemble(context, server.url, folder, patience_s=60)
    display.heading(_("Parties"))
    display.tell(
        _("Provider and buyer verified"),
        _("each made its own signing key; only the public half left its hands"),
    )
    deals: list[DealWalked] = []
    failed: list[dict[str, str]] = []
    for number, plan in enumerate(plans, start=1):
        display.heading(f"{number}/{len(plans)} {_title(plan)}", plan.path.name)
        try:
            deals.append(Walk(plan, parties, display.tell, display.busy).run())
        except DemoFailed:
            raise
        except DomainError as refusal:
            display.fail(plan.path.name, refusal.detail)
            failed.append({"source": plan.path.name, "reason": refusal.detail})
    display.heading(_("Settlement and evidence"))
    display.busy(_("Settling"))
    settle(deals, parties, display.tell)
    proof = _prove(parties, folder, display)
    display.heading(_("What came of it"))
    display.table(
        (_("Data"), _("Rows"), _("Amount"), _("Statement")),
        [
            (
                _title(deal),
                f"{deal.rows_delivered:,}",
                f"¥{format_yuan(deal.amount_fen)}",
                deal.statement_number,
            )
            for deal in deals
        ],
        numeric={1, 2},
    )
    return {"deals": [deal.to_json() for deal in deals], "failed": failed, **proof}


def _title(named: DealPlan | DealWalked) -> str:
    return named.title_zh if speaks_chinese_in_terminal() else named.title_en


def _prove(parties: dict[str, Party], folder: Path, display: Display) -> dict[str, Any]:
    """As the regulator: the books balance, and the bundle verifies in a process that knows no server."""
    _ = terminal_translations().gettext
    regulator = parties["regulator"].exchange
    balance = regulator.trial_balance_fen()
    if balance != 0:
        raise DemoFailed(f"the books do not balance: {balance} fen")
    display.tell(_("The books balance"), _("all accounts together: 0 fen"))
    display.busy(_("Verifying the evidence in a process without the server"))
    bundle = folder / "evidence.wdx-bundle.zip"
    regulator.download_bundle(bundle)
    log_key = regulator.log_status()["log_key"]
    report = _verify_offline(bundle, log_key)
    display.tell(
        _("Verified without the server"),
        _("%(size)s log entries; contracts, deliveries and bills recomputed") % {"size": report["size"]},
    )
    return {
        "trial_balance_fen": balance,
        "log": {"size": report["size"], "root": report["root"]},
        "bundle": str(bundle),
    }


def _verify_offline(bundle: Path, log_key: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as empty_home:
        finished = subprocess.run(  # noqa: S603 - our own program
            [
                sys.executable,
                "-m",
                "exchange",
                "audit",
                "verify",
                str(bundle),
                "--json",
                "--log-key",
                log_key,
            ],
            capture_output=True,
            env={"HOME": empty_home, "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            check=False,
        )
    if finished.returncode != 0:
        raise DemoFailed(
            f"the bundle does not verify: {finished.stdout.decode()[-2000:]}{finished.stderr.decode()[-2000:]}"
        )
    report: dict[str, Any] = json.loads(finished.stdout)
    return report


def _stay_open(server: DemoServer, folder: Path, display: Display) -> None:
    _ = terminal_translations().gettext
    passwords = json.loads((folder / "passwords.json").read_text(encoding="utf-8"))
    words = {
        "regulator": _("Regulator: sees every deal"),
        "operator": _("Operator"),
        "provider": _("Provider"),
        "approver": _("Provider's approver"),
        "buyer": _("Buyer"),
    }
    sign_ins = [(text, f"{role}@demo", passwords[role]) for role, text in words.items()]
    display.box(
        _("The portal is open"),
        address=(_("Open in a browser:"), server.url),
        rows=[(_("Sign in as"), _("Name"), _("Password")), *sign_ins],
        note=_("Ctrl-C stops the server; the data stay, the next run goes on with them."),
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_args: stop.set())
    while not stop.wait(0.5) and server.process.poll() is None:
        continue
    display.say(_("Stopped."))
