"""The two databases behind one face: engine, units of work, column types, and where they differ."""

import fcntl
import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    TextClause,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

T = TypeVar("T")

#: A lost race is run again this often before the caller is told to come back later.
MAX_ATTEMPTS = 5
#: PostgreSQL: serialization failure, deadlock.
_RETRYABLE_STATES = {"40001", "40P01"}
_SHARE_NAME = text("SELECT pg_advisory_xact_lock_shared(:number)")
_TAKE_NAME = text("SELECT pg_advisory_xact_lock(:number)")


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out, on both databases; a naive value is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: SQLite counts up only INTEGER primary keys.
BigKey = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """All tables; constraint names follow one convention so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime, dict[str, Any]: Json, list[Any]: Json}


class UnitOfWork:
    """One transaction, opened at the first use of `session` and ended exactly once.

    A writing one takes the write lock of the embedded database first: SQLite lets waiting writers
    starve, a lock that queues them does not.
    """

    def __init__(self, database: "Database", *, write: bool) -> None:
        self._database = database
        self._write = write
        self._session: Session | None = None
        self._release: Callable[[], None] = lambda: None

    @property
    def session(self) -> Session:
        if self._session is None:
            if self._write:
                self._release = self._database.lock_writes()
            self._session = self._database.new_session(write=self._write)
        return self._session

    def commit(self) -> None:
        """Make everything durable; without this call `close` undoes it."""
        if self._session is not None:
            self._session.commit()

    def close(self) -> None:
        """End the transaction and give the locks back."""
        session, self._session = self._session, None
        release, self._release = self._release, lambda: None
        try:
            if session is not None:
                session.close()
        finally:
            release()


class Database:
    """The engine and the ways to open a transaction on it.

    `reactions` are called by `record_event` inside the transaction that records the event, `answerers` by
    `enquire` inside the transaction that asks.
    """

    def __init__(
        self,
        url: str,
        *,
        reactions: Mapping[type, tuple[Callable[..., None], ...]] | None = None,
        answerers: Mapping[type, tuple[Callable[..., Any], ...]] | None = None,
        lock_timeout_ms: int = 10_000,
        pool_size: int = 10,
    ) -> None:
        self.url = make_url(url)
        self.dialect = self.url.get_backend_name()
        self.reactions = dict(reactions or {})
        self.answerers = dict(answerers or {})
        self._thread_lock = threading.Lock()
        self.engine = (
            _sqlite_engine(url, lock_timeout_ms)
            if self.dialect == "sqlite"
            else _postgresql_engine(url, lock_timeout_ms, pool_size)
        )
        self._writer = self.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def new_session(self, *, write: bool) -> Session:
        """A plain session; `reading`, `writing` and `UnitOfWork` are the ways to use one."""
        return Session(
            self._writer if write else self.engine,
            close_resets_only=False,
            expire_on_commit=False,
            info={"reactions": self.reactions, "answerers": self.answerers},
        )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A short transaction that changes nothing."""
        work = UnitOfWork(self, write=False)
        try:
            yield work.session
        finally:
            work.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is committed when the block ends well, and undone otherwise."""
        work = UnitOfWork(self, write=True)
        try:
            yield work.session
            work.commit()
        finally:
            work.close()

    def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a transaction and run it again when it only lost a race."""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                with self.writing() as session:
                    return work(session)
            except DBAPIError as error:
                if attempt == MAX_ATTEMPTS or not is_lost_race(error):
                    raise
        raise AssertionError("unreachable")

    def lock_writes(self) -> Callable[[], None]:
        """Queue for the one writer's place of the embedded database; returns how to give it back."""
        if self.dialect != "sqlite":
            return lambda: None
        self._thread_lock.acquire()
        try:
            file = Path(f"{self.url.database}.lock").open("ab")  # noqa: SIM115 - closed by the release
            fcntl.flock(file, fcntl.LOCK_EX)
        except BaseException:
            self._thread_lock.release()
            raise

        def release() -> None:
            file.close()
            self._thread_lock.release()

        return release

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def insert_ignoring(session: Session, table: type[Base], **values: Any) -> None:
    """Insert a row unless its key is there already."""
    session.execute(_insert(session)(table).values(**values).on_conflict_do_nothing())


def insert_or_add(
    session: Session,
    table: type[Base],
    *,
    key: dict[str, Any],
    fixed: dict[str, Any],
    added: dict[str, int],
) -> None:
    """Insert a row of totals, or add to the row that has the key, in one statement."""
    statement = _adding(session.get_bind().dialect.name, table, tuple(key), tuple(added))
    session.connection().execute(statement, {**key, **fixed, **added})


@lru_cache(maxsize=64)
def _adding(dialect: str, table: type[Base], key: tuple[str, ...], added: tuple[str, ...]) -> Any:
    # Building the statement costs more than running it, and the gate runs it for every delivery.
    insert: Any = sqlite_insert if dialect == "sqlite" else postgresql_insert
    statement = insert(table.__table__)
    sums = {name: getattr(table, name) + statement.excluded[name] for name in added}
    return statement.on_conflict_do_update(index_elements=list(key), set_=sums)


def _insert(session: Session) -> Any:
    return sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert


def share_name(session: Session, name: str) -> None:
    """Share a name with others until the transaction ends; whoever takes it alone waits for us.

    Unlike a shared row lock it is fair: who waits to take the name alone is not passed by newcomers.
    """
    _lock_name(session, _SHARE_NAME, name)


def take_name(session: Session, name: str) -> None:
    """Take a name alone until the transaction ends, after everybody who shares it has ended theirs."""
    _lock_name(session, _TAKE_NAME, name)


def _lock_name(session: Session, statement: TextClause, name: str) -> None:
    # On SQLite the write transaction is the lock: there is one at a time.
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        session.connection().execute(statement, {"number": number})


def is_lost_race(error: DBAPIError) -> bool:
    """Whether running the same transaction again may succeed: a deadlock, a serialization failure, a busy file."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRYABLE_STATES or "database is locked" in str(error.orig)


def is_unavailable(error: DBAPIError) -> bool:
    """Whether the database, not the request, is at fault: connection lost, disk full, lock time-out."""
    return isinstance(error, OperationalError) or error.connection_invalidated


def constraint_name(error: IntegrityError) -> str:
    """The name of the violated constraint, as far as the database tells; empty when it does not.

    SQLite names the columns of a UNIQUE constraint, so the name is looked up in the metadata.
    """
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        return str(diagnostics.constraint_name or "")
    told = str(error.orig)
    if told.startswith("CHECK constraint failed: "):
        return told.removeprefix("CHECK constraint failed: ")
    columns = told.removeprefix("UNIQUE constraint failed: ")
    for table in Base.metadata.tables.values():
        keys = [
            item for item in table.constraints if isinstance(item, UniqueConstraint | PrimaryKeyConstraint)
        ]
        for item in (*keys, *table.indexes):
            if ", ".join(f"{table.name}.{column.name}" for column in item.columns) == columns:
                return str(item.name)
    return ""


def read_json(written: str | bytes) -> Any:
    """Read what a JSON column holds.

    A page reads some hundred kilobytes of it, so by the quick reader; it refuses half of a surrogate pair,
    which SQLite keeps, and that is left to the patient one.
    """
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:
        return json.loads(written)


def _sqlite_engine(url: str, lock_timeout_ms: int) -> Engine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, json_deserializer=read_json)

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # the driver begins nothing by itself
        raw.execute(f"PRAGMA busy_timeout={lock_timeout_ms}")  # first: the next ones may need a lock
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # an answer never leaves before its record is on the disk
            "foreign_keys=ON",
            "recursive_triggers=ON",  # else INSERT OR REPLACE passes a DELETE trigger
            "trusted_schema=OFF",
        ):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))

    return engine


def _postgresql_engine(url: str, lock_timeout_ms: int, pool_size: int) -> Engine:
    return create_engine(
        url,
        pool_pre_ping=True,
        json_deserializer=read_json,
        pool_size=pool_size,
        connect_args={"options": f"-c lock_timeout={lock_timeout_ms} -c timezone=UTC"},
    )
