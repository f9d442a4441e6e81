"""The tables of the life of a revision: revocations, notices, declared changes and kept differences; a declaration of uploads in parts."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import Json, UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: Tables whose rows stay as they are.
PROTECTED: dict[str, dict[str, str]] = {
    "revision_revocations": {},
    "notices": {},
    "notice_readings": {},
    "breaking_declarations": {},
}


def upgrade() -> None:
    _create_revision_revocations()
    _create_notices()
    _create_notice_readings()
    _create_breaking_declarations()
    _create_revision_diffs()
    op.add_column("uploads", sa.Column("breaking_change", sa.String(length=60), nullable=True))
    op.create_index("ix_agreements_buyer_id", "agreements", ["buyer_id"], unique=False)
    for table, but_for in PROTECTED.items():
        protect(table, but_for=but_for)


def downgrade() -> None:
    for table in PROTECTED:
        unprotect(table)
    op.drop_index("ix_agreements_buyer_id", table_name="agreements")
    op.drop_column("uploads", "breaking_change")
    op.drop_table("revision_diffs")
    op.drop_table("breaking_declarations")
    op.drop_table("notice_readings")
    op.drop_table("notices")
    op.drop_table("revision_revocations")


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _create_revision_revocations() -> None:
    op.create_table(
        "revision_revocations",
        sa.Column("revision_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("revoked_by", sa.String(length=40), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=False),
        _reference("revision_revocations", "revision_id", "dataset_revisions"),
        _reference("revision_revocations", "revoked_by", "people"),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_revision_revocations")),
    )


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("dataset_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text_zh", sa.String(length=2000), nullable=False),
        sa.Column("text_en", sa.String(length=2000), nullable=False),
        sa.Column("effective_on", sa.String(length=10), nullable=False),
        sa.Column("affects", Json, nullable=False),
        sa.Column("revision_id", sa.String(length=40), nullable=True),
        sa.Column("published_by", sa.String(length=40), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('schema_change_planned', 'update_delayed', 'deprecation_planned', 'data_corrected',"
            " 'new_version', 'revision_revoked')",
            name=op.f("ck_notices_kind"),
        ),
        _reference("notices", "dataset_id", "datasets"),
        _reference("notices", "revision_id", "dataset_revisions"),
        _reference("notices", "published_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_dataset_id", "notices", ["dataset_id", "id"], unique=False)


def _create_notice_readings() -> None:
    op.create_table(
        "notice_readings",
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        _reference("notice_readings", "notice_id", "notices"),
        _reference("notice_readings", "organisation_id", "organisations"),
        _reference("notice_readings", "person_id", "people"),
        sa.PrimaryKeyConstraint("notice_id", "organisation_id", name=op.f("pk_notice_readings")),
    )


def _create_breaking_declarations() -> None:
    op.create_table(
        "breaking_declarations",
        sa.Column("revision_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=True),
        sa.Column("agreements", sa.Integer(), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("declared_by", sa.String(length=40), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('new_version', 'notice')", name=op.f("ck_breaking_declarations_kind")),
        _reference("breaking_declarations", "revision_id", "dataset_revisions"),
        _reference("breaking_declarations", "notice_id", "notices"),
        _reference("breaking_declarations", "declared_by", "people"),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_breaking_declarations")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_breaking_declarations_notice_id")),
    )


def _create_revision_diffs() -> None:
    op.create_table(
        "revision_diffs",
        sa.Column("old_id", sa.String(length=40), nullable=False),
        sa.Column("new_id", sa.String(length=40), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("key", Json, nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        _reference("revision_diffs", "old_id", "dataset_revisions"),
        _reference("revision_diffs", "new_id", "dataset_revisions"),
        sa.PrimaryKeyConstraint("old_id", "new_id", "question", name=op.f("pk_revision_diffs")),
    )
