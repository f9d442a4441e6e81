"""Schema migrations for both databases, configured in code so that they work wherever the package is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.orm import Session

#: Advisory lock of PostgreSQL under which one node migrates.
_MIGRATING = 0x5744584D


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to the revision, in one transaction."""
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to an earlier revision; for development and tests."""
    _run(engine, command.downgrade, revision)


def head_revision() -> str | None:
    """The revision this program expects."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def stamped_revision(session: Session) -> str | None:
    """The revision the database says it has; None for an empty one."""
    return MigrationContext.configure(session.connection()).get_current_revision()


def _run(engine: Engine, step: object, revision: str) -> None:
    config = _config()
    with engine.connect() as connection:
        # Off before BEGIN, else SQLite ignores it: copying a table would empty the tables that point at it.
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        config.attributes["connection"] = connection
        with connection.begin():
            if not is_sqlite:  # nodes that start together migrate one after the other
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
            step(config, revision)  # type: ignore[operator]
        if is_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
