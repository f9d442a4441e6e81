"""Commands about the books."""

import json
import sys
from dataclasses import asdict
from typing import Any

import click

from settlement.ledger.queries import trial_balance_fen
from settlement.ledger.verification import verify

EXIT_INTEGRITY = 5


@click.group()
def ledger() -> None:
    """The exchange's books."""


@ledger.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def verify_ledger(make_context: Any, *, as_json: bool) -> None:
    """Check every rule of the ledger over all its rows; exit 5 when one does not hold."""
    with make_context().database.reading() as session:
        findings, difference_fen = verify(session), trial_balance_fen(session)
    holds = not findings and difference_fen == 0
    if as_json:
        report = {
            "ok": holds,
            "trial_balance_fen": difference_fen,
            "findings": [asdict(finding) for finding in findings],
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(f"{finding.check}: {finding.subject}: {finding.detail}")
        click.echo(f"trial balance {difference_fen} fen: {'every rule holds' if holds else 'WRONG'}")
    if not holds:
        sys.exit(EXIT_INTEGRITY)
