"""Wrapped data keys."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEY_LIVES = "OLD.destroyed_at IS NULL"
#: A data key may be wrapped again or destroyed, never brought back or lost.
PROTECTED: dict[str, dict[str, str]] = {
    "data_keys": {
        "algorithm": _KEY_LIVES,
        "master_key_id": _KEY_LIVES,
        "wrapped": _KEY_LIVES,
        "wrapped_at": _KEY_LIVES,
        "destroyed_at": _KEY_LIVES,
    }
}


def upgrade() -> None:
    _create_data_keys()
    for table, but_for in PROTECTED.items():
        protect(table, but_for=but_for)


def downgrade() -> None:
    for table in PROTECTED:
        unprotect(table)
    op.drop_table("data_keys")


def _create_data_keys() -> None:
    op.create_table(
        "data_keys",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("master_key_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("wrapped_at", UtcDateTime(), nullable=False),
        sa.Column("destroyed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name=op.f("ck_data_keys_destroyed")
        ),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_data_keys")),
    )
    op.create_index("ix_data_keys_master_key_id", "data_keys", ["master_key_id"], unique=False)
