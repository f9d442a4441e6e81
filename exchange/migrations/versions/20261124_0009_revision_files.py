"""Revisions of several files, and the load schemas by which they are read."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import Json, UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: Tables whose rows stay as they are.
PROTECTED: dict[str, dict[str, str]] = {"dataset_revision_files": {}, "load_schemas": {}}


def upgrade() -> None:
    _create_load_schemas()
    _create_dataset_revision_files()
    # No foreign key: SQLite would copy the table for it, and lose its triggers.
    op.add_column("dataset_revisions", sa.Column("load_schema_id", sa.String(length=40), nullable=True))
    # A revision of before is its one file; its digest stays the one that was signed.
    op.execute(
        "INSERT INTO dataset_revision_files"
        " (revision_id, number, sha256, size_bytes, rows, first_row, time_from, time_to)"
        " SELECT id, 1, sha256, size_bytes, rows, 0, time_from, time_to FROM dataset_revisions"
    )
    for table, but_for in PROTECTED.items():
        protect(table, but_for=but_for)


def downgrade() -> None:
    for table in PROTECTED:
        unprotect(table)
    op.drop_table("dataset_revision_files")
    op.execute("ALTER TABLE dataset_revisions DROP COLUMN load_schema_id")
    op.drop_table("load_schemas")


def _create_load_schemas() -> None:
    op.create_table(
        "load_schemas",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_load_schemas_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_load_schemas")),
    )


def _create_dataset_revision_files() -> None:
    op.create_table(
        "dataset_revision_files",
        sa.Column("revision_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("first_row", sa.BigInteger(), nullable=False),
        sa.Column("time_from", sa.String(length=40), nullable=True),
        sa.Column("time_to", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["dataset_revisions.id"],
            name=op.f("fk_dataset_revision_files_revision_id_dataset_revisions"),
        ),
        sa.PrimaryKeyConstraint("revision_id", "number", name=op.f("pk_dataset_revision_files")),
    )
