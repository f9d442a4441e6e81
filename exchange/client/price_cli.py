"""Commands about prices: read a plan in words, try it on use, compare two. Only `--agreement` asks a server."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from exchange.client.price_files import read_plan, read_usage
from exchange.client.signed_in import signed_in
from exchange.core.clock import day_of, now
from exchange.core.i18n import gettext
from exchange.core.money import MICRO_PER_FEN
from exchange.pricing import TaxTerms, compare_plans, earliest_increase, simulate
from exchange.pricing.line_words import line_words, quantity_words, unit_price_words
from exchange.pricing.words import price_table, price_words, yuan_words

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])
_DEFAULT_NOTICE_DAYS = 90
_PIPE_WIDTH = 120


@click.group()
def price() -> None:
    """Price plans: what they say and what they would cost."""


@price.command("show")
@click.argument("plan_file", metavar="PLAN", type=_FILE)
def show_price(plan_file: Path) -> None:
    """Say a plan in words: a sentence and a table."""
    plan = read_plan(plan_file)
    click.echo(price_words(plan))
    table = _table(gettext("What"), gettext("Price"))
    for row in price_table(plan):
        table.add_row(row.what, row.price)
    _print(table)


@price.command("simulate")
@click.argument("plan_file", metavar="[PLAN]", type=_FILE, required=False)
@click.option("--usage", type=_FILE, help="CSV file: month (or day), calls, succeeded, hits, rows, …")
@click.option("--agreement", "agreement_id", help="Take the real use of this agreement.")
@click.option("--period", help="Of which month, YYYY-MM; with --agreement.")
@click.option("--starts-on", type=_DAY, help="First day of the agreement; with --usage.")
@click.option("--ends-on", type=_DAY, help="First day after the agreement; with --usage.")
@click.option("--tax-rate-bp", default=0, show_default=True, help="Tax rate in basis points; 600 is 6 %.")
@click.option("--tax-added", is_flag=True, help="Prices are without tax; it is added.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def simulate_price(plan_file: Path | None, *, as_json: bool, tax_added: bool, **asked: Any) -> None:
    """Say what use costs under PLAN, a JSON or YAML file, line by line."""
    asked["tax"] = TaxTerms(asked.pop("tax_rate_bp"), included=not tax_added)
    if (asked["usage"] is None) == (asked["agreement_id"] is None):
        raise click.UsageError("give --usage FILE, or --agreement ID with --period YYYY-MM")
    report = _on_server(plan_file, asked) if asked["usage"] is None else _here(plan_file, asked)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        _print_report(report)


@price.command("compare")
@click.argument("old_file", metavar="OLD", type=_FILE)
@click.argument("new_file", metavar="NEW", type=_FILE)
@click.option("--notice-given-on", type=_DAY, help="Day of the notice; today by default.")
@click.option(
    "--notice-days", default=_DEFAULT_NOTICE_DAYS, show_default=True, help="Length of the notice."
)
def compare_prices(
    old_file: Path, new_file: Path, notice_given_on: datetime | None, notice_days: int
) -> None:
    """Say whether the new plan may take effect at once, why, and if not, when."""
    change = compare_plans(read_plan(old_file), read_plan(new_file))
    click.echo(
        {
            "same": gettext("The same price"),
            "decrease": gettext("A decrease: it may take effect at once"),
            "increase": gettext("An increase, or not certainly a decrease"),
        }[change.direction]
    )
    for reason in change.reasons:
        click.echo(f"  {reason}")
    if not change.may_take_effect_now:
        given_on = _date(notice_given_on) or date.fromisoformat(day_of(now()))
        earliest = earliest_increase(given_on, notice_days)
        click.echo(gettext("It may begin on %(day)s, or at a renewal.", day=earliest.isoformat()))


def _here(plan_file: Path | None, asked: dict[str, Any]) -> dict[str, Any]:
    if plan_file is None or asked["period"] is not None:
        raise click.UsageError("with --usage name a PLAN file, and no --period")
    plan = read_plan(plan_file)
    return simulate(
        plan,
        read_usage(asked["usage"], plan),
        starts_on=_date(asked["starts_on"]),
        ends_on=_date(asked["ends_on"]),
        tax=asked["tax"],
    ).to_json()


def _on_server(plan_file: Path | None, asked: dict[str, Any]) -> dict[str, Any]:
    if asked["period"] is None or asked["starts_on"] or asked["ends_on"]:
        raise click.UsageError("with --agreement name the --period; the agreement knows its own days")
    return signed_in().simulate_price(
        plan=None if plan_file is None else read_plan(plan_file).to_json(),
        agreement_id=asked["agreement_id"],
        period=asked["period"],
        tax_rate_bp=asked["tax"].rate_bp,
        tax_included=asked["tax"].included,
    )


def _print_report(report: dict[str, Any]) -> None:
    table = _table(
        gettext("Month"),
        gettext("Charged for"),
        gettext("Quantity"),
        gettext("Unit price"),
        gettext("Amount"),
    )
    for period in report["periods"]:
        for line in period["lines"]:
            table.add_row(
                period["period"],
                line_words(line["description"]),
                quantity_words(line["key"], line["quantity"]),
                unit_price_words(line["key"], line["unit_price_micro"]),
                _yuan(line["amount_fen"]),
            )
        table.add_section()
        table.add_row(period["period"], *_sum(period))
        table.add_section()
    if len(report["periods"]) > 1:
        table.add_row(gettext("Together"), *_sum(report))
    _print(table)


def _sum(amount: dict[str, Any]) -> tuple[str, str, str, str]:
    net, tax, gross = (_yuan(amount[name]) for name in ("net_fen", "tax_fen", "gross_fen"))
    return gettext("Net %(net)s, tax %(tax)s, gross", net=net, tax=tax), "", "", gross


def _yuan(fen: int) -> str:
    return yuan_words(fen * MICRO_PER_FEN)


def _table(*names: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name in names:
        is_number = name in {gettext("Quantity"), gettext("Unit price"), gettext("Amount")}
        table.add_column(name, justify="right" if is_number else "left", no_wrap=is_number)
    return table


def _print(table: Table) -> None:
    console = Console(highlight=False)
    # A pipe has no width of its own, and 80 columns would break the lines of a bill.
    if not console.is_terminal:
        console = Console(highlight=False, width=_PIPE_WIDTH)
    console.print(table)


def _date(chosen: datetime | None) -> date | None:
    return None if chosen is None else chosen.date()
