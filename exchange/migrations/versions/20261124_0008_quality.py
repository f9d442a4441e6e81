"""Judgements of revisions, and each listing's secret for masking its sample."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from exchange.core.database import Json, UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: Tables whose rows stay as they are.
PROTECTED: dict[str, dict[str, str]] = {"quality_assessments": {}}


def upgrade() -> None:
    _create_quality_assessments()
    _create_listing_mask_keys()
    for table, but_for in PROTECTED.items():
        protect(table, but_for=but_for)


def downgrade() -> None:
    for table in PROTECTED:
        unprotect(table)
    op.drop_table("listing_mask_keys")
    op.drop_table("quality_assessments")


def _create_quality_assessments() -> None:
    op.create_table(
        "quality_assessments",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("revision_id", sa.String(length=40), nullable=False),
        sa.Column("profile", Json, nullable=False),
        sa.Column("assessed_by", sa.String(length=40), nullable=False),
        sa.Column("assessed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["dataset_revisions.id"],
            name=op.f("fk_quality_assessments_revision_id_dataset_revisions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_assessments")),
    )
    op.create_index(
        "ix_quality_assessments_revision_id_id", "quality_assessments", ["revision_id", "id"], unique=False
    )


def _create_listing_mask_keys() -> None:
    keys = op.create_table(
        "listing_mask_keys",
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_listing_mask_keys_listing_id_listings")
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_listing_mask_keys")),
    )
    # Listings from before get theirs now; nothing was hashed for them yet.
    now = datetime.now(UTC)
    listings = op.get_bind().execute(sa.text("SELECT id FROM listings")).scalars().all()
    rows = [{"listing_id": name, "key": secrets.token_bytes(32), "created_at": now} for name in listings]
    if rows:
        op.bulk_insert(keys, rows)
