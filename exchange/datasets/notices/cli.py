"""`wdx notices`: what the buyers of data sets are told."""

import json
from typing import Any

import click

from exchange.client.signed_in import signed_in
from exchange.core.i18n import speaks_chinese_in_terminal
from exchange.datasets.notices.service import STATED_KINDS
from exchange.datasets.schemas import split_names


@click.group()
def notices() -> None:
    """Notices about data sets."""


@notices.command("list")
@click.option("--dataset", "dataset_id", help="Of one data set only.")
@click.option("--unread", is_flag=True, help="Only those that your organisation has not read.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_notices(dataset_id: str | None, *, unread: bool, as_json: bool) -> None:
    """Show the newest notices for your organisation."""
    found = signed_in().notices(dataset_id=dataset_id, unread=unread)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for notice in found:
        _tell(notice)


@notices.command("publish")
@click.argument("dataset_id")
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in STATED_KINDS]))
@click.option("--zh", "text_zh", required=True, help="The text in Chinese.")
@click.option("--en", "text_en", required=True, help="The text in English.")
@click.option("--effective", "effective_on", required=True, help="Day from which it holds, YYYY-MM-DD.")
@click.option("--affects", default="", help="Columns concerned, separated by commas; empty for all.")
@click.option("--key", help="Idempotency key: sent again with the same key it is one notice.")
def publish_notice(dataset_id: str, affects: str, key: str | None, **notice: str) -> None:
    """Tell the buyers of a data set what is planned, delayed or corrected."""
    body = {**notice, "affects": list(split_names(affects))}
    click.echo(signed_in().publish_notice(dataset_id, body, key=key)["id"])


@notices.command("read")
@click.argument("notice_id")
def read_notice(notice_id: str) -> None:
    """Show a notice and note that your organisation has read it."""
    _tell(signed_in().read_notice(notice_id))


def _tell(notice: dict[str, Any]) -> None:
    text = notice["text_zh"] if speaks_chinese_in_terminal() else notice["text_en"]
    columns = f" ({', '.join(notice['affects'])})" if notice["affects"] else ""
    unread = "" if notice["read_at"] else "  [unread]"
    click.echo(
        f"{notice['id']}  {notice['effective_on']}  {notice['kind']}{columns}  {notice['dataset_name']}{unread}"
    )
    click.echo(f"    {text}")
