"""Triggers that make the database itself refuse changes to evidence, whoever connects to it."""

from alembic import op
from sqlalchemy import text


def protect(table: str, *, but_for: dict[str, str] | None = None) -> None:
    """Refuse DELETE and UPDATE on a table, on PostgreSQL TRUNCATE too.

    Args:
        but_for: the columns that may change, each with the SQL condition (over OLD and NEW) under which
            it may.
    """
    allowed = but_for or {}
    if op.get_bind().dialect.name == "sqlite":
        _protect_sqlite(table, allowed)
    else:
        _protect_postgresql(table, allowed)


def unprotect(table: str) -> None:
    """Take the triggers away again; only a downgrade does."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{what}")
    else:
        for what in ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{what} ON {table}")
        op.execute(f"DROP FUNCTION IF EXISTS {table}_append_only()")


def _columns(table: str) -> list[str]:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    rows = connection.execute(
        text(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = :name"
        ),
        {"name": table},
    )
    return [row[0] for row in rows]


def _is_forbidden(table: str, allowed: dict[str, str], differs: str) -> str:
    conditions = [f'OLD."{name}" {differs} NEW."{name}"' for name in _columns(table) if name not in allowed]
    conditions += [
        f'(OLD."{name}" {differs} NEW."{name}" AND NOT ({condition}))'
        for name, condition in allowed.items()
    ]
    return " OR ".join(conditions)


def _protect_sqlite(table: str, allowed: dict[str, str]) -> None:
    when = f"WHEN {_is_forbidden(table, allowed, 'IS NOT')}" if allowed else ""
    for what, condition in (("update", when), ("delete", "")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} {condition} "
            f"BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: {table}_append_only'); END"
        )


def _protect_postgresql(table: str, allowed: dict[str, str]) -> None:
    guard = f"IF TG_OP = 'UPDATE' AND NOT ({_is_forbidden(table, allowed, 'IS DISTINCT FROM')}) THEN RETURN NEW; END IF;"
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{guard if allowed else ''} "
        f"RAISE EXCEPTION '{table} is append-only' "
        f"USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_append_only'; END $$"
    )
    for what in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )
