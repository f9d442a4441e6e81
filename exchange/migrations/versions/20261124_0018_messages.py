"""Messages to organisations, and how far the evidence log has been followed."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import UtcDateTime

revision = "0018"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_messages()
    _create_followed_log()
    op.create_table(
        "untold_events",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column("failed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_untold_events")),
    )


def downgrade() -> None:
    for table in ("untold_events", "followed_log", "messages"):
        op.drop_table(table)


def _reference(
    table: str, column: str, target: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("event_type", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("text_zh", sa.String(length=1000), nullable=False),
        sa.Column("text_en", sa.String(length=1000), nullable=False),
        sa.Column("page", sa.String(length=200), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("read_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "topic IN ('negotiations', 'agreements', 'data', 'listings', 'register', 'demands', 'bills',"
            " 'organisation')",
            name=op.f("ck_messages_topic"),
        ),
        _reference("messages", "organisation_id", "organisations"),
        _reference("messages", "read_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "organisation_id", "position", name=op.f("uq_messages_organisation_id_position")
        ),
    )
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_messages_unread",
        "messages",
        ["organisation_id"],
        unique=False,
        sqlite_where=unread,
        postgresql_where=unread,
    )
    op.create_index("ix_messages_told_at", "messages", ["told_at"], unique=False)


def _create_followed_log() -> None:
    followed = op.create_table(
        "followed_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followed_log")),
    )
    # What happened before there were messages is no news to anybody.
    end = op.get_bind().scalar(sa.text("SELECT max(position) FROM events"))
    op.bulk_insert(followed, [{"id": 1, "size": 0 if end is None else end + 1}])
