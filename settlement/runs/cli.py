"""Commands about settlement."""

import json
import sys
from dataclasses import asdict
from typing import Any

import click

from exchange.core import clock
from settlement.runs.execution import run_settlement
from settlement.runs.report import RunReport

EXIT_PARKED = 1


@click.group()
def settlement() -> None:
    """Statements of what is owed."""


@settlement.command("run")
@click.option("--period", required=True, help="The month to settle, YYYY-MM.")
@click.option("--interim", is_flag=True, help="Bill the running month so far.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def run_period(make_context: Any, period: str, *, interim: bool, as_json: bool) -> None:
    """Bill every agreement for a period; exit 1 when some could not be billed and are parked."""
    report = run_settlement(make_context().database, period=period, interim=interim, now=clock.now())
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False, indent=1))
    else:
        _print_report(report)
    if report.parked:
        sys.exit(EXIT_PARKED)


def _print_report(report: RunReport) -> None:
    if report.run_id is None:
        click.echo(f"{report.period}: nothing to settle")
        return
    click.echo(
        f"{report.period}: {report.kind} run {report.run_id} up to epoch {report.epoch_closed} is"
        f" {report.state}, {report.statements} statements, {len(report.parked)} parked"
    )
    for item in report.parked:
        click.echo(f"  parked {item.agreement_id}: {item.error}")
