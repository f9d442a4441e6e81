"""Commands of providers that host their data themselves."""

import json
import sys
from pathlib import Path
from typing import IO, Any

import click
from marshmallow import ValidationError

from exchange.client import Exchange
from exchange.client.profile import load_profile
from exchange.core.i18n import terminal_translations
from exchange.hosted.schemas import HostedApiSchema

EXIT_USAGE = 2


@click.group()
def hosted() -> None:
    """Products whose data stay with the provider."""


@hosted.command("test")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
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
    file: Path, arguments: tuple[str, ...], secret_file: IO[str] | None, *, as_json: bool
) -> None:
    """Have the exchange try the API that FILE describes; exit 2 when a promise was not kept."""
    profile = load_profile()
    # Not an option's value: that would stand in the list of processes.
    secret = secret_file.read().strip() if secret_file else None
    result = Exchange(profile.server, token=profile.token).test_connection(
        _description(file), arguments=dict(map(_pair, arguments)), secret=secret
    )
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        _print_checks(result)
    if not result["passed"]:
        sys.exit(EXIT_USAGE)


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
