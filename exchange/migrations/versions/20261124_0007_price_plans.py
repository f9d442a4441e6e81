"""What price plans count: successes, hits and files beside rows, calls and bytes, and an agreement's life."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: Records before this step do not say it; they count as successes that found data, in their days too.
_RECORDS = {"succeeded": "1", "hits": "1", "files": "0"}
_COUNTED = ("succeeded", "hits", "files")
_STATED = ("succeeded", "hits", "size_bytes", "files")


def upgrade() -> None:
    # Plain ADD COLUMN: a batch on SQLite would copy the tables and lose the triggers that protect them.
    for name, default in _RECORDS.items():
        op.add_column(
            "delivery_records", sa.Column(name, sa.Integer(), server_default=default, nullable=False)
        )
    for name in _COUNTED:
        op.add_column("usage_days", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE usage_days SET succeeded = calls, hits = calls")
    for name in _STATED:
        op.add_column("statements", sa.Column(f"{name}_before", sa.BigInteger(), nullable=True))
        op.add_column(
            "statements", sa.Column(f"{name}_after", sa.BigInteger(), server_default="0", nullable=False)
        )
    op.add_column(
        "statements",
        sa.Column("life", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    )


def downgrade() -> None:
    op.drop_column("statements", "life")
    for name in reversed(_STATED):
        op.drop_column("statements", f"{name}_after")
        op.drop_column("statements", f"{name}_before")
    for name in reversed(_COUNTED):
        op.drop_column("usage_days", name)
    for name in reversed(_RECORDS):
        op.drop_column("delivery_records", name)
