"""Commands of the evidence log: export a bundle on the server, verify one anywhere."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.cells import cell_len

from exchange.audit.export import export_bundle
from exchange.audit.notes import VKey
from exchange.audit.reports import Report
from exchange.audit.verifier import verify_bundle
from exchange.core import clock
from exchange.core.i18n import terminal_translations

EXIT_INTEGRITY = 5


@click.group()
def audit() -> None:
    """The evidence log and its bundles."""


@audit.command("export")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(make_context: Any, path: Path) -> None:
    """Write everything logged so far to PATH as one evidence bundle."""
    context = make_context()
    size = export_bundle(
        context.database,
        path,
        key=context.log_key,
        origin=context.settings.log_origin,
        now=clock.now(),
    )
    click.echo(f"{path}: {size} events")


@audit.command("verify")
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--log-key", help="The log's key as you know it (C2SP vkey); without it the bundle's own is used."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(bundle: Path, log_key: str | None, *, as_json: bool) -> None:
    """Verify an evidence bundle without any server; exit 5 when something is wrong."""
    # The rules of all stages come from the roof, which imports this module.
    rules = click.get_current_context().meta["wdx.replay_rules"]()
    report = verify_bundle(bundle, rules=rules, log_key=VKey.parse(log_key) if log_key else None)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    else:
        _print_report(bundle, report)
    if not report.ok:
        sys.exit(EXIT_INTEGRITY)


def _print_report(bundle: Path, report: Report) -> None:
    _ = terminal_translations().gettext
    click.echo(f"{bundle}")
    if report.size is not None:
        click.echo(
            _("Log %(origin)s, %(size)s entries") % {"origin": report.origin, "size": f"{report.size:,}"}
        )
        click.echo(_("Root %(root)s") % {"root": report.root})
    click.echo()
    for layer in report.layers:
        sign = "✓" if layer.ok else "✗"
        click.echo(f"  {sign} {_padded(_(layer.name), 10)} {layer.count:>13,}  {_(layer.checked)}")
    if report.checked:
        click.echo()
        click.echo(_("Recomputed from the evidence:"))
    for name, count in report.checked.items():
        click.echo(f"    {count:>10,}  {_(name)}")
    for note in report.notes:
        click.echo(f"\n  ! {_(note)}")
    _print_findings(report)
    click.echo()
    click.echo(_("The bundle is sound.") if report.ok else _("The bundle is NOT sound."))


def _print_findings(report: Report) -> None:
    _ = terminal_translations().gettext
    if report.findings:
        click.echo()
        click.echo(_("What is wrong:"))
    for finding in report.findings:
        place = (
            "" if finding.position is None else _(", entry %(position)s") % {"position": finding.position}
        )
        click.echo(f"  ✗ {_(finding.layer)}{place}: {_(finding.message)}")
    if report.findings_left_out:
        click.echo(_("  and %(count)s more") % {"count": report.findings_left_out})


def _padded(text: str, width: int) -> str:
    """The text filled up to a width on the screen, where a Chinese sign takes two columns."""
    return text + " " * (width - cell_len(text))
