"""Commands of providers that host their data themselves."""

import json
import sys
from pathlib import Path
from typing import IO, Any

import click
from marshmallow import ValidationError

from exchange.client import Exchange
from exchange.client.signed_in import signed_in
from exchange.core.i18n import terminal_translations
from exchange.hosted.schemas import HostedApiSchema

EXIT_USAGE = 2
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PRODUCT = "hst_"


@click.group()
def hosted() -> None:
    """Products whose data stay with the provider."""


@hosted.command("describe")
@click.argument("file", type=_FILE)
@click.option("--name", help="What you call the product; default the name of the file.")
@click.option("--product", "hosted_id", help="Id of the product that FILE describes anew.")
def describe_api(file: Path, name: str | None, hosted_id: str | None) -> None:
    """Make a product of the API that FILE (JSON) describes, or write its next description."""
    api, exchange = _description(file), signed_in()
    if hosted_id is None:
        product = exchange.describe_api(name or file.stem, api)
    else:
        product = exchange.describe_api_anew(hosted_id, api)
    click.echo(f"{product['id']} description {product['version']}: {product['api_sha256']}")


@hosted.command("list")
@click.option("--offset", type=click.IntRange(0), default=0, help="Products to pass over.")
def list_products(offset: int) -> None:
    """List your products, newest first."""
    for item in signed_in().described_apis(offset=offset):
        click.echo(f"{item['id']}  v{item['version']}  {item['name']}")


@hosted.command("show")
@click.argument("hosted_id")
@click.option("--version", type=click.IntRange(1), help="A description; default the newest.")
def show_product(hosted_id: str, version: int | None) -> None:
    """Print a description with its latest tests, as JSON."""
    exchange = signed_in()
    product = exchange.described_api(hosted_id, version=version)
    tests = exchange.connection_tests(api_sha256=product["api_sha256"])
    click.echo(json.dumps({**product, "tests": tests}, ensure_ascii=False, indent=1))


@hosted.command("test")
@click.argument("target", metavar="FILE|PRODUCT")
@click.option("--version", type=click.IntRange(1), help="A description of PRODUCT; default the newest.")
@click.option(
    "--argument",
    "arguments",
    multiple=True,
    metavar="NAME=VALUE",
    help="An argument of the call; repeatable.",
)
@click.option(
    "--secret-file",
    type=click.File(encoding="utf-8"),
    help="File that holds the API's secret; - for standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
def test_connection(
    target: str,
    version: int | None,
    arguments: tuple[str, ...],
    secret_file: IO[str] | None,
    *,
    as_json: bool,
) -> None:
    """Have the exchange try an API, as FILE or PRODUCT describes it; exit 2 when a promise was not kept."""
    exchange = signed_in()
    # Not an option's value: that would stand in the list of processes.
    secret = secret_file.read().strip() if secret_file else None
    result = exchange.test_connection(
        _described(exchange, target, version), arguments=dict(map(_pair, arguments)), secret=secret
    )
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        _print_checks(result)
    if not result["passed"]:
        sys.exit(EXIT_USAGE)


def _described(exchange: Exchange, target: str, version: int | None) -> dict[str, Any]:
    """The description to try: a product's own one, so that the test counts for it, or that of a file."""
    if target.startswith(_PRODUCT):
        api: dict[str, Any] = exchange.described_api(target, version=version)["api"]
        return api
    if version is not None:
        raise click.UsageError("--version names a description of a product, not of a file")
    return _description(_FILE.convert(target, None, None))


def _description(file: Path) -> dict[str, Any]:
    """Read the file and check it by the server's own rules, so that a slip costs no call."""
    try:
        checked: dict[str, Any] = HostedApiSchema().load(json.loads(file.read_text(encoding="utf-8")))
    except json.JSONDecodeError as error:
        raise click.ClickException(f"{file} is not JSON: {error}") from error
    except ValidationError as error:
        raise click.ClickException(f"{file}: {json.dumps(error.messages, ensure_ascii=False)}") from error
    return HostedApiSchema().dump(checked)  # type: ignore[no-any-return]


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--argument")
    return name, value


def _print_checks(result: dict[str, Any]) -> None:
    _ = terminal_translations().gettext
    names = {
        "reached": _("The API answers"),
        "known_code": _("The answer is in the table of codes"),
        "records": _("The records are where they should be"),
        "columns": _("Every record has the described columns"),
    }
    for check in result["checks"]:
        click.echo(f"  {'✓' if check['ok'] else '✗'} {names[check['name']]}: {check['detail']}")
