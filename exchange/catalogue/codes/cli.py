"""`wdx codes`: the code tables in the terminal; they come with the program, so no server is asked."""

import json
from dataclasses import asdict

import click

from exchange.catalogue.codes.tables import EVIDENCE, CodeTable, all_tables, get_table
from exchange.core.i18n import speaks_chinese_in_terminal


@click.command()
@click.argument("table", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def codes(table: str | None, *, as_json: bool) -> None:
    """Print the code tables, or the codes of one."""
    if as_json:
        found = asdict(get_table(table)) if table else [item.name for item in all_tables()]
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif table:
        _print_table(get_table(table))
    else:
        for item in all_tables():
            click.echo(f"{item.name:<28}{len(item):>4}  {_title(item)}")


def _print_table(table: CodeTable) -> None:
    chinese = speaks_chinese_in_terminal()
    for item in table.codes:
        click.echo(f"{item.code:<36}{item.label(chinese=chinese)}")
    known = EVIDENCE[table.evidence] + ("" if table.is_complete else "; not complete")
    click.echo(f"{_title(table)}: {table.source} ({known})", err=True)
    if table.note:
        click.echo(table.note, err=True)


def _title(table: CodeTable) -> str:
    return table.title_zh if speaks_chinese_in_terminal() else table.title_en
