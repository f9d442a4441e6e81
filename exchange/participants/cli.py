"""Commands about participants: those that only somebody on the server may give, and those of members."""

from typing import Any

import click

from exchange.client.signed_in import signed_in
from exchange.core import clock
from exchange.participants.actors import DUTIES, OPERATOR, REGULATOR
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


@click.group()
def people() -> None:
    """The people of your own organisation."""


@people.command("add")
@click.option("--name", required=True)
@click.option("--login", required=True, help="What the person types to sign in.")
@click.option(
    "--duty", "duties", required=True, multiple=True, type=click.Choice(DUTIES), help="May be repeated."
)
@click.password_option(help="Asked for when not given.")
def add_person(name: str, login: str, duties: tuple[str, ...], password: str) -> None:
    """Let a further person act for your organisation."""
    person = signed_in().add_person(
        {"name": name, "login": login, "password": password, "duties": sorted(set(duties))}
    )
    click.echo(person["id"])


@people.command("list")
def list_people() -> None:
    """List who acts for your organisation, with their duties."""
    for person in signed_in().people():
        click.echo(f"{person['id']}  {person['name']}  {person['login']}  {', '.join(person['duties'])}")
