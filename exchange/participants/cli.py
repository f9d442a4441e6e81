"""Commands about participants that only somebody on the server may give."""

from typing import Any

import click

from exchange.core import clock
from exchange.participants.actors import OPERATOR, REGULATOR
from exchange.participants.service import register_organisation


@click.group()
def participants() -> None:
    """Organisations and people."""


@participants.command("create")
@click.option("--role", required=True, type=click.Choice([OPERATOR, REGULATOR]))
@click.option("--name-zh", required=True)
@click.option("--name-en", required=True)
@click.option("--uscc", required=True, help="Unified social credit code.")
@click.option("--person", "person_name", required=True)
@click.option("--login", required=True)
@click.password_option(help="Asked for when not given.")
@click.pass_obj
def create_participant(make_context: Any, /, role: str, **registration: str) -> None:
    """Make an operator or regulator organisation with its first person."""
    context = make_context()
    organisation = context.database.write(
        lambda session: register_organisation(
            session, roles=[role], privileged=True, now=clock.now(), **registration
        )
    )
    click.echo(organisation.id)
