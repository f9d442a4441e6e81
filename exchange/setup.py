"""Making a database ready for the program that opens it; safe to run at every start, on every node."""

from datetime import datetime

from sqlalchemy.orm import Session

from exchange import migrations
from exchange.context import Context
from exchange.core import clock
from exchange.participants.service import register_exchange_key


def prepare(context: Context) -> None:
    """Upgrade the tables and state the exchange's own keys in the log before anything is signed."""
    release = context.database.lock_writes()  # one node migrates, the others wait
    try:
        migrations.upgrade(context.database.engine)
    finally:
        release()
    now = clock.now()
    context.database.write(lambda session: _register_keys(session, context, now))


def _register_keys(session: Session, context: Context, now: datetime) -> None:
    register_exchange_key(session, key=context.signing_key.public, purpose="signing", now=now)
    register_exchange_key(session, key=context.log_key.public, purpose="log", now=now)
