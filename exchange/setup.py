"""Making a database ready for the program that opens it; safe to run at every start, on every node."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exchange import migrations
from exchange.catalogue.search.rebuilding import fill_gaps
from exchange.context import Context
from exchange.core import clock
from exchange.core.errors import Unavailable
from exchange.participants.keys.issuing import certify_uncertified, establish_authorities, issuance_of
from exchange.participants.keys.service import register_exchange_key
from exchange.trust import purpose_of


def prepare(context: Context) -> None:
    """Upgrade the tables and state the exchange's own keys in the log before anything is signed."""
    release = context.database.lock_writes()  # one node migrates, the others wait
    try:
        migrations.upgrade(context.database.engine)
    finally:
        release()
    register_keys(context, now=clock.now())
    fill_gaps(context.database, at=clock.now())


def require_prepared(context: Context) -> None:
    """Refuse to serve a database that is not this program's, or not these keys'.

    Raises:
        Unavailable: the tables are of another version; the message names the remedy.
        Conflict: the key folder belongs to another database.
    """
    with context.database.reading() as session:
        stamped = migrations.stamped_revision(session)
    if stamped != migrations.head_revision():
        raise Unavailable(
            f"the database has schema {stamped}, this version needs {migrations.head_revision()}",
            remedy="Run `wdx db upgrade`.",
        )
    register_keys(context, now=clock.now())


def register_keys(context: Context, *, now: datetime) -> None:
    """State the exchange's own keys and its authority; nodes that start at the same moment do so once."""
    try:
        context.database.write(lambda session: _register_keys(session, context, now))
    except IntegrityError:  # another node was faster, and now its rows are there to be compared with
        context.database.write(lambda session: _register_keys(session, context, now))


def _register_keys(session: Session, context: Context, now: datetime) -> None:
    for suite, key in context.signing_keys.items():
        register_exchange_key(session, key=key.public, purpose=purpose_of(suite), now=now)
    register_exchange_key(session, key=context.log_key.public, purpose="log", now=now)
    issuance = issuance_of(context)
    establish_authorities(session, issuance, now=now)
    certify_uncertified(session, issuance, now=now)
