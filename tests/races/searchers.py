"""Processes that use a database of their own accord; a module of its own so that `spawn` can import it."""

import os
import signal
from datetime import datetime

from exchange.catalogue.search import Wish, memory, rebuilding, search_listings
from exchange.core.database import Database
from exchange.participants import Actor

#: Few enough that a small catalogue takes several transactions.
ROWS_AT_ONCE = 200


def answer(url: str, actor: Actor, at: datetime, pipe) -> None:
    """Another node: searches when it is told to, and says what it found and whether it read everything anew."""
    database, reads = Database(url), []
    read_all = memory._read_all
    memory._read_all = lambda *arguments: reads.append(1) or read_all(*arguments)
    while (text := pipe.recv()) is not None:
        with database.reading() as session:
            found = search_listings(session, actor=actor, wish=Wish(text), now=at)
        pipe.send((found.total, [item.id for item in found.items], len(reads)))
    database.dispose()


def reindex_until(url: str, at: datetime, last: int) -> None:
    """Make the index anew in the smallest steps, and die without warning after one of them."""
    database = Database(url)
    rebuilding._MOVED_AT_ONCE, rebuilding._ROWS_AT_ONCE = 1, ROWS_AT_ONCE
    write, done = database.write, []

    def write_and_die(work):
        result = write(work)
        done.append(1)
        if len(done) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    database.write = write_and_die
    rebuilding.reindex(database, at=at)
    database.dispose()
