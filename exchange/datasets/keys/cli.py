"""`wdx storage`: the keys that protect stored data."""

from typing import Any

import click

from exchange.context import Context
from exchange.core import clock
from exchange.datasets.keys.service import count_keys_to_wrap, wrap_keys_again
from exchange.trust.rotation import renew_master_key, rotating

#: Rows of one transaction: long enough to be worth it, short enough that nobody waits.
_AT_ONCE = 500


@click.group()
def storage() -> None:
    """Stored data and the keys that protect them."""


@storage.command("rotate-master-key")
@click.pass_obj
def rotate_master_key(make_context: Any) -> None:
    """Make a new master key and wrap all data keys again with it; no stored file is touched.

    Safe to kill and to run again: it then finishes what it began and makes no further key. With
    WDX_MASTER_KEY_FILE set it makes no key, and wraps everything with the one in that file.
    """
    context: Context = make_context()
    masters = context.storage.masters
    with rotating(masters):
        with context.database.reading() as session:
            left = count_keys_to_wrap(session, masters=masters)
        if left:
            click.echo(f"{left} data keys are wrapped by an older master key: finishing that first")
        elif context.settings.master_key_file is None:
            renew_master_key(masters)
        done = 0
        while count := context.database.write(
            lambda session: wrap_keys_again(session, masters=masters, limit=_AT_ONCE, now=clock.now())
        ):
            done += count
    click.echo(f"{done} data keys are wrapped by master key {masters.current().id}")
    click.echo(f"Older keys stay in {masters.folder}; remove them when no backup that needs them is kept.")
