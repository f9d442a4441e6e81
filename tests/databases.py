"""Databases for tests: each test gets one of its own, quickly made and really committed to."""

import shutil
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from exchange import migrations
from exchange.catalogue.search import memory
from exchange.core.database import Database
from exchange.core.identifiers import new_id


class DatabaseFactory:
    """Copies of templates; one that a test has finished with is put back as it was and used again.

    Making a database costs ten times what putting its few rows back does, and one that is used again has
    warm connections and compiled statements.
    """

    template: str

    def __init__(self) -> None:
        self._origin: dict[str, str] = {}
        self._resting: dict[str, list[str]] = defaultdict(list)
        self._opened: dict[str, Database] = {}

    def create(self, *, like: str | None = None) -> str:
        """The address of a migrated and empty database, or of a copy of `like`."""
        origin = like or self.template
        resting = self._resting[origin]
        url = resting.pop() if resting else self._copy(origin)
        self._origin[url] = origin
        return url

    def opened(self, url: str, database: Database) -> Database:
        """The opened database of an earlier test on this address, or else the one that is given."""
        return self._opened.setdefault(url, database)

    def keep(self, url: str) -> None:
        """Let copies of this database begin as it is now; nobody may be connected to it."""
        raise NotImplementedError

    def drop(self, url: str) -> None:
        """Take a database back after its test."""
        origin, database = self._origin.pop(url), self._opened.get(url)
        if database and not _is_at_rest(database):
            self._opened.pop(url).dispose()
        elif self._put_back(url, origin):
            if database:
                # Its numbers are given out again, which no database does under a running process.
                memory._memories.pop(database.engine.pool, None)
            self._resting[origin].append(url)
            return
        elif database:
            self._opened.pop(url).dispose()
        self._remove(url)

    def close(self) -> None:
        """End; all tests are over."""
        for database in self._opened.values():
            database.dispose()
        for url in (*self._origin, *(url for urls in self._resting.values() for url in urls)):
            self._remove(url)

    def _copy(self, origin: str) -> str:
        raise NotImplementedError

    def _put_back(self, url: str, origin: str) -> bool:
        raise NotImplementedError

    def _remove(self, url: str) -> None:
        raise NotImplementedError


class SqliteDatabases(DatabaseFactory):
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.template = f"sqlite:///{folder / 'template.db'}"
        _migrate(self.template)
        self.keep(self.template)

    def keep(self, url: str) -> None:
        # The copies are of the file alone: what is in the write-ahead log must be in it.
        with closing(sqlite3.connect(_name_of(url))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _copy(self, origin: str) -> str:
        path = self._folder / f"{_new_name()}.db"
        shutil.copyfile(_name_of(origin), path)
        return f"sqlite:///{path}"

    def _put_back(self, url: str, origin: str) -> bool:
        with closing(sqlite3.connect(_name_of(origin))) as source, closing(_connected(url)) as target:
            source.backup(target)
        return True

    def _remove(self, url: str) -> None:
        path = Path(_name_of(url))
        for ending in ("", "-wal", "-shm", ".lock"):
            path.with_name(path.name + ending).unlink(missing_ok=True)


class PostgresqlDatabases(DatabaseFactory):
    """Databases of one server."""

    def __init__(self, server_url: str) -> None:
        super().__init__()
        self._url = make_url(server_url)
        self._server = create_engine(server_url, isolation_level="AUTOCOMMIT")
        self.template = self._address("wdx_template")
        self._tables: dict[str, list[tuple[str, int]]] = {}
        self._remove(self.template)
        self._run("CREATE DATABASE wdx_template")
        _migrate(self.template)
        self.keep(self.template)

    def keep(self, url: str) -> None:
        """Keep a second copy of all rows beside them, in a schema of its own that nothing else looks at."""
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            self._tables[url] = tables = _tables_of(connection)
            connection.exec_driver_sql("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
            for table, _ in tables:
                connection.exec_driver_sql(f"CREATE TABLE kept.{table} AS TABLE public.{table}")

    def close(self) -> None:
        super().close()
        self._server.dispose()

    def _copy(self, origin: str) -> str:
        name = _new_name()
        # A session left open on the origin, by whatever made it, would make PostgreSQL refuse the copy.
        self._run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{_name_of(origin)}' AND pid <> pg_backend_pid()"
        )
        self._run(f"CREATE DATABASE {name} TEMPLATE {_name_of(origin)}")
        return self._address(name)

    def _put_back(self, url: str, origin: str) -> bool:
        # Neither the triggers that protect evidence nor references stand in the way.
        steps = ["SET LOCAL lock_timeout = '2s'", "SET LOCAL session_replication_role = replica"]
        for table, _ in self._tables[origin]:
            steps += [f"DELETE FROM {table}", f"INSERT INTO {table} SELECT * FROM kept.{table}"]
        database = self._opened.get(url)
        engine = database.engine if database else create_engine(url, poolclass=NullPool)
        try:
            with engine.begin() as connection:
                # A table that was made anew may differ, and open connections have plans for the old one.
                if _tables_of(connection) != self._tables[origin]:
                    return False
                connection.exec_driver_sql("; ".join(steps))
        except SQLAlchemyError:
            return False
        return True

    def _remove(self, url: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {_name_of(url)} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.exec_driver_sql(statement)

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)


def _tables_of(connection: Connection) -> list[tuple[str, int]]:
    """Names and numbers of the tables; a copied database has the numbers of its template."""
    query = (
        "SELECT relname, oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return [(row[0], row[1]) for row in connection.exec_driver_sql(f"{query} ORDER BY relname")]


def _is_at_rest(database: Database) -> bool:
    return not database._thread_lock.locked() and database.engine.pool.checkedout() == 0


def _connected(url: str) -> sqlite3.Connection:
    return sqlite3.connect(_name_of(url), timeout=5)


def _migrate(url: str) -> None:
    database = Database(url)
    migrations.upgrade(database.engine)
    database.dispose()


def _name_of(url: str) -> str:
    return make_url(url).database or ""


def _new_name() -> str:
    return new_id("test").replace("_", "")
