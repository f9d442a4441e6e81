"""Commands about the certificate authority that only somebody on the server may give."""

from typing import Any

import click

from exchange.core import clock
from exchange.participants.keys import queries
from exchange.participants.keys.issuing import establish_authorities, issuance_of, issue_list


@click.group()
def authority() -> None:
    """The exchange's certificate authority."""


@authority.command("show")
@click.pass_obj
def show_authority(make_context: Any) -> None:
    """List the authority's keys and their revocation lists."""
    with make_context().database.reading() as session:
        for item in queries.describe_authorities(session):
            click.echo(
                f"{item['number']:>3}  {item['kid']}  until {item['not_after']:%Y-%m-%d}  "
                f"list {item['revocation_list_number']} until {item['revocation_list_next_at']:%Y-%m-%d}"
            )


@authority.command("rotate")
@click.pass_obj
def rotate_authority(make_context: Any) -> None:
    """Make the authority's next key; the one before certifies it and still signs its own revocation list.

    Back the key folder up before and after. Running servers go on with the new key by themselves.
    """
    context = make_context()
    issuance = issuance_of(context)
    with context.database.reading() as session:
        known = queries.find_authorities(session)
    context.authority.add_key(len(known) + 1)
    context.database.write(lambda session: establish_authorities(session, issuance, now=clock.now()))
    with context.database.reading() as session:
        click.echo(queries.find_authorities(session)[-1].kid)


@authority.command("list")
@click.pass_obj
def publish_lists(make_context: Any) -> None:
    """Publish the revocation lists anew, now."""
    context = make_context()
    issuance, now = issuance_of(context), clock.now()

    def publish(session: Any) -> list[int]:
        return [
            issue_list(session, item, issuance, now=now).number
            for item in queries.find_authorities(session)
        ]

    click.echo(", ".join(map(str, context.database.write(publish))))
