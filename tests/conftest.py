"""Shared fixtures: every test has a migrated database of its own and really commits."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, make_url, text

from exchange import migrations
from exchange.app import create_app, create_context
from exchange.config import Settings
from exchange.context import Context
from exchange.core.database import Database
from exchange.core.identifiers import new_id
from exchange.core.storage import FolderStorage
from exchange.setup import prepare
from exchange.trust import PrivateKey
from tests.factories.market import Market, MarketTemplate, build_market
from tests.postgresql import running_server

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)

# A shared machine may stall for longer than hypothesis' deadline; speed belongs in benchmarks/.
hypothesis_settings.register_profile("wdx", deadline=None, print_blob=True)
hypothesis_settings.load_profile("wdx")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = config.getoption("--database")
    for item in items:
        for mark in item.iter_markers("only_on"):
            if mark.args[0] != chosen:
                item.add_marker(pytest.mark.skip(reason=f"only on {mark.args[0]}: {mark.kwargs['reason']}"))


@dataclass(frozen=True)
class DatabaseFactory:
    """Makes migrated, empty databases quickly by copying a template."""

    kind: str
    template: str
    folder: Path

    def create(self, *, like: str | None = None) -> str:
        """A new database: migrated and empty, or a copy of `like`, to which nobody may be connected."""
        name = new_id("test").replace("_", "")
        if self.kind == "sqlite":
            path = self.folder / f"{name}.db"
            shutil.copyfile(make_url(like or self.template).database or "", path)
            return f"sqlite:///{path}"
        original = make_url(like).database if like else "wdx_template"
        server = create_engine(self.template, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {original}"))
        server.dispose()
        return make_url(self.template).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        if self.kind == "postgresql":
            server = create_engine(self.template, isolation_level="AUTOCOMMIT")
            with server.connect() as connection:
                connection.execute(text(f"DROP DATABASE {make_url(url).database} WITH (FORCE)"))
            server.dispose()


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--database"))


@pytest.fixture(scope="session")
def server_url(database_kind: str) -> Iterator[str]:
    """The PostgreSQL server's address; empty on SQLite."""
    if database_kind == "sqlite":
        yield ""
        return
    with running_server() as url:
        yield url


@pytest.fixture(scope="session")
def database_factory(
    database_kind: str, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> DatabaseFactory:
    folder = tmp_path_factory.mktemp("databases")
    if database_kind == "sqlite":
        template = f"sqlite:///{folder / 'template.db'}"
        _migrate(template)
        # The copies are of the file alone: what is in the write-ahead log must be in it.
        engine = create_engine(template)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return DatabaseFactory("sqlite", template, folder)
    server = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS wdx_template WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE wdx_template"))
    server.dispose()
    _migrate(make_url(server_url).set(database="wdx_template").render_as_string(hide_password=False))
    return DatabaseFactory("postgresql", server_url, folder)


def _migrate(url: str) -> None:
    database = Database(url)
    migrations.upgrade(database.engine)
    database.dispose()


@pytest.fixture(scope="session")
def exchange_keys() -> tuple[PrivateKey, PrivateKey]:
    return PrivateKey.generate(), PrivateKey.generate()


@pytest.fixture(scope="session")
def market_template(
    database_factory: DatabaseFactory,
    exchange_keys: tuple[PrivateKey, PrivateKey],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[MarketTemplate]:
    """The market is built once; every test that asks for it works on a copy."""
    url = database_factory.create()
    settings = Settings(home=tmp_path_factory.mktemp("market"), database_url=url, secret_key="for tests only")
    yield build_market(_context_of(settings, exchange_keys), at=NOON)
    database_factory.drop(url)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_factory: DatabaseFactory) -> Iterator[str]:
    needs_market = "market" in request.fixturenames
    like = request.getfixturevalue("market_template").database_url if needs_market else None
    url = database_factory.create(like=like)
    yield url
    database_factory.drop(url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", database_url=database_url, secret_key="for tests only")


@pytest.fixture
def context(settings: Settings, exchange_keys: tuple[PrivateKey, PrivateKey]) -> Iterator[Context]:
    """The assembled service without Flask, its keys registered."""
    context = _context_of(settings, exchange_keys)
    yield context
    context.database.dispose()


def _context_of(settings: Settings, keys: tuple[PrivateKey, PrivateKey]) -> Context:
    settings.keys_dir.mkdir(parents=True, mode=0o700)
    for name, key in zip(("signing.pem", "log.pem"), keys, strict=True):
        key.save(settings.keys_dir / name)
    context = create_context(settings)
    prepare(context)
    return context


@pytest.fixture
def market(context: Context, market_template: MarketTemplate) -> Market:
    """Four organisations with people and keys, and one listed data set."""
    return market_template.opened(context, at=NOON)


@pytest.fixture
def database(context: Context) -> Database:
    return context.database


@pytest.fixture
def session(database: Database):
    """A writing session; what it does is undone at the end unless the test commits."""
    from exchange.core.database import UnitOfWork

    unit = UnitOfWork(database, write=True)
    yield unit.session
    unit.close()


@pytest.fixture
def app(context: Context):
    app = create_app(context=context)
    app.config["TESTING"] = True
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "storage")
