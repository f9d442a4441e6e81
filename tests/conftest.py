"""Shared fixtures: every test has a migrated database of its own and really commits."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from exchange.app import create_app, create_context
from exchange.config import Settings
from exchange.context import Context
from exchange.core.database import Database
from exchange.core.storage import FolderStorage
from exchange.setup import register_keys
from exchange.trust import PrivateKey, Vault, algorithm_named, open_master_keys, purpose_of
from exchange.trust.master_keys import MasterKey, write_master_key
from exchange.trust.suites import PREFERRED
from tests.databases import DatabaseFactory, PostgresqlDatabases, SqliteDatabases
from tests.factories.market import Market, MarketTemplate, build_market
from tests.folders import make_fast_folder
from tests.postgresql import running_server
from tests.s3 import S3Server, running_s3

#: One for all, as every test's market has copies of the same sealed files.
MASTER_KEY = MasterKey(bytes(range(32)))
ExchangeKeys = dict[str, PrivateKey]
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
def database_folder() -> Iterator[Path]:
    folder = make_fast_folder("wdx-databases-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database_factory(
    database_kind: str, server_url: str, database_folder: Path
) -> Iterator[DatabaseFactory]:
    factory = (
        SqliteDatabases(database_folder) if database_kind == "sqlite" else PostgresqlDatabases(server_url)
    )
    yield factory
    factory.close()


@pytest.fixture(scope="session")
def exchange_keys() -> ExchangeKeys:
    """The exchange's own private keys by the name of their file."""
    suites = {f"{purpose_of(suite)}.pem": algorithm for suite, algorithm in PREFERRED.items()}
    algorithms = {**suites, "log.pem": "Ed25519", "authority/0001.pem": "ES256"}
    return {
        name: PrivateKey.generate(algorithm)
        for name, algorithm in algorithms.items()
        if not algorithm_named(algorithm).missing()
    }


@pytest.fixture(scope="session")
def market_template(
    database_factory: DatabaseFactory,
    exchange_keys: ExchangeKeys,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[MarketTemplate]:
    """The market is built once; every test that asks for it works on a copy."""
    url = database_factory.create()
    settings = Settings(
        home=tmp_path_factory.mktemp("market"), database_url=url, secret_key="for tests only"
    )
    context = _context_of(settings, exchange_keys)
    register_keys(context, now=NOON)
    template = build_market(context, at=NOON)
    database_factory.keep(url)
    yield template
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
def context(settings: Settings, exchange_keys: ExchangeKeys, database_factory: DatabaseFactory) -> Context:
    """The assembled service without Flask, its keys registered."""
    assembled = _context_of(settings, exchange_keys)
    opened = database_factory.opened(settings.database_url, assembled.database)
    context = replace(assembled, database=opened)
    register_keys(context, now=NOON)  # the tables are there: every database is a copy of a migrated one
    return context


def _context_of(settings: Settings, keys: ExchangeKeys) -> Context:
    (settings.keys_dir / "authority").mkdir(parents=True, mode=0o700)
    for name, key in keys.items():
        key.save(settings.keys_dir / name)
    write_master_key(MASTER_KEY, settings.keys_dir / "master.key")
    return create_context(settings)


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
def storage(tmp_path: Path) -> Vault:
    return Vault(FolderStorage(tmp_path / "storage"), open_master_keys(tmp_path / "keys"))


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3") / "objects") as server:
        yield server
