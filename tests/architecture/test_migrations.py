"""The migrations make exactly the tables that the models describe, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from exchange import migrations
from exchange.core.database import Base, Database


def test_migrated_tables_are_those_of_the_models(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, Base.metadata) == []


def test_every_protected_table_has_its_triggers(database):
    protected = {table for step in migration_modules() for table in getattr(step, "PROTECTED", {})}

    assert {name.split("_no_")[0] for name in trigger_names(database)} == protected


def test_the_last_migration_goes_down_and_up_again(database):
    with database.reading() as session:
        head = migrations.stamped_revision(session)

    migrations.downgrade(database.engine, "-1")
    migrations.upgrade(database.engine)

    with database.reading() as session:
        assert migrations.stamped_revision(session) == head


def test_upgrading_twice_changes_nothing(database):
    migrations.upgrade(database.engine)

    with database.reading() as session:
        assert migrations.stamped_revision(session) == migrations.head_revision()


def migration_modules():
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(migrations._config())
    return [revision.module for revision in script.walk_revisions()]


def trigger_names(database: Database) -> list[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with database.reading() as session:
        return [row[0] for row in session.execute(text(query))]
