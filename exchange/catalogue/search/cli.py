"""Commands of search: one for everybody, one for the operator on the server."""

import json
from typing import Any

import click

from exchange.catalogue.search.rebuilding import reindex
from exchange.client.signed_in import signed_in
from exchange.core import clock
from exchange.core.i18n import speaks_chinese_in_terminal, terminal_translations


def _filter(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> dict[str, list[str]]:
    chosen: dict[str, list[str]] = {}
    for text in values:
        facet, equals, value = text.partition("=")
        if not equals or not value:
            raise click.BadParameter(f"{text!r}: write FACET=VALUE, such as granularity=PT15M")
        chosen.setdefault(facet, []).append(value)
    return chosen


@click.command()
@click.argument("words", nargs=-1)
@click.option(
    "--facet", "facets", multiple=True, callback=_filter, help="FACET=VALUE; several of one facet widen."
)
@click.option("--sort", type=click.Choice(["relevance", "newest", "price"]), default="relevance")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--size", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as one JSON document.")
def search(words: tuple[str, ...], facets: dict[str, list[str]], *, as_json: bool, **options: Any) -> None:
    """Search what is on offer, in Chinese or English."""
    answer = signed_in().search_listings(" ".join(words), **facets, **options)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    language, translations = _language(), terminal_translations()
    for item in answer["items"]:
        card = item["card"]
        click.echo(f"{item['id']}  {card[f'title_{language}']}  ({card[f'provider_{language}']})")
    if answer["relaxed"]:
        click.echo(translations.gettext("No listing has all the words; these have some of them."))
    total = answer["total"]
    click.echo(translations.ngettext("%(num)s listing", "%(num)s listings", total) % {"num": total})


@click.group()
def catalogue() -> None:
    """The catalogue on the server."""


@catalogue.command("reindex")
@click.pass_obj
def make_index_again(make_context: Any) -> None:
    """Make the search index again from what is on offer, while it goes on answering."""
    click.echo(reindex(make_context().database, at=clock.now()))


def _language() -> str:
    return "zh" if speaks_chinese_in_terminal() else "en"
