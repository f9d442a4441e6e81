"""`wdx inbox`: what your organisation is told."""

import json
from typing import Any

import click

from exchange.client.signed_in import signed_in
from exchange.core.i18n import speaks_chinese_in_terminal
from exchange.messages.schemas import TOPICS


@click.group()
def inbox() -> None:
    """Messages to your organisation."""


@inbox.command("list")
@click.option("--topic", type=click.Choice(TOPICS), help="Of one topic only.")
@click.option("--unread", is_flag=True, help="Only those that your organisation has not read.")
@click.option("--before", type=int, help="Position of the last message of the page before.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_messages(topic: str | None, before: int | None, *, unread: bool, as_json: bool) -> None:
    """Show the newest messages to your organisation."""
    found = signed_in().messages(topic=topic, unread=unread, before=before)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for message in found:
        _tell(message)


@inbox.command("read")
@click.argument("message_id", required=False)
@click.option("--until", type=int, help="Instead: everything up to this position.")
def read_messages(message_id: str | None, until: int | None) -> None:
    """Show a message and note that your organisation has read it."""
    if (message_id is None) == (until is None):
        raise click.UsageError("name a message, or --until a position")
    if message_id is not None:
        _tell(signed_in().read_message(message_id))
    else:
        click.echo(signed_in().read_messages(until or 0))


@inbox.command("mail")
@click.option("--topic", "topics", multiple=True, type=click.Choice(TOPICS), help="Get this topic by mail.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--off", is_flag=True, help="Get no mail any more.")
def choose_mail(topics: tuple[str, ...], language: str, *, off: bool) -> None:
    """Show what you get by mail, or choose it; several topics replace what was chosen before."""
    if topics and off:
        raise click.UsageError("name topics, or --off")
    exchange = signed_in()
    choice = exchange.choose_mail(topics, language=language) if topics or off else exchange.mail_choice()
    click.echo(f"{choice['address'] or '–'}  {choice['language']}  {', '.join(choice['topics']) or '–'}")


def _tell(message: dict[str, Any]) -> None:
    text = message["text_zh"] if speaks_chinese_in_terminal() else message["text_en"]
    unread = "" if message["read_at"] else "  [unread]"
    click.echo(
        f"{message['id']}  #{message['position']}  {message['occurred_at']}  {message['topic']}{unread}"
    )
    click.echo(f"    {text}")
