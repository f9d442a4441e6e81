"""Provider-hosted products with their descriptions, and listings of them."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import Json, UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: As migration 0006 has it; SQLite drops the triggers when it makes the table anew.
_VERSIONS = {
    "state": "true",
    "submitted_at": "OLD.submitted_at IS NULL",
    "decided_by": "OLD.decided_by IS NULL",
    "decided_at": "OLD.decided_at IS NULL",
    "decision_reason": "OLD.decision_reason IS NULL",
    "due_at": "true",
    "price_notice": "OLD.price_notice IS NULL",
}
#: Tables whose rows stay as they are, each with the columns that may change and when.
PROTECTED: dict[str, dict[str, str]] = {
    "hosted_products": {},
    "hosted_descriptions": {},
    "listing_versions": _VERSIONS,
}


def upgrade() -> None:
    _create_products()
    with op.batch_alter_table("listings") as batch:
        batch.alter_column("dataset_id", existing_type=sa.String(length=40), nullable=True)
        batch.add_column(sa.Column("hosted_id", sa.String(length=40), nullable=True))
        batch.create_foreign_key(
            op.f("fk_listings_hosted_id_hosted_products"), "hosted_products", ["hosted_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_listings_one_source"), "(dataset_id IS NULL) <> (hosted_id IS NULL)"
        )
    unprotect("listing_versions")
    with op.batch_alter_table("listing_versions") as batch:
        batch.alter_column("revision_id", existing_type=sa.String(length=40), nullable=True)
        batch.add_column(sa.Column("hosted_id", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("hosted_version", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_listing_versions_hosted_id_hosted_descriptions"),
            "hosted_descriptions",
            ["hosted_id", "hosted_version"],
            ["hosted_id", "version"],
        )
        batch.create_check_constraint(
            op.f("ck_listing_versions_one_source"),
            "(revision_id IS NULL) <> (hosted_id IS NULL)"
            " AND (hosted_id IS NULL) = (hosted_version IS NULL)",
        )
    for table, but_for in PROTECTED.items():
        protect(table, but_for=but_for)


def downgrade() -> None:
    """Go back; refused by the database while a hosted listing is there, for nothing would be left of it."""
    for table in PROTECTED:
        unprotect(table)
    with op.batch_alter_table("listing_versions") as batch:
        batch.drop_constraint(op.f("ck_listing_versions_one_source"), type_="check")
        batch.drop_constraint(op.f("fk_listing_versions_hosted_id_hosted_descriptions"), type_="foreignkey")
        batch.drop_column("hosted_version")
        batch.drop_column("hosted_id")
        batch.alter_column("revision_id", existing_type=sa.String(length=40), nullable=False)
    protect("listing_versions", but_for=_VERSIONS)
    with op.batch_alter_table("listings") as batch:
        batch.drop_constraint(op.f("ck_listings_one_source"), type_="check")
        batch.drop_constraint(op.f("fk_listings_hosted_id_hosted_products"), type_="foreignkey")
        batch.drop_column("hosted_id")
        batch.alter_column("dataset_id", existing_type=sa.String(length=40), nullable=False)
    op.drop_table("hosted_descriptions")
    op.drop_table("hosted_products")


def _create_products() -> None:
    op.create_table(
        "hosted_products",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_hosted_products_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosted_products")),
    )
    op.create_index("ix_hosted_products_organisation_id_id", "hosted_products", ["organisation_id", "id"])
    op.create_table(
        "hosted_descriptions",
        sa.Column("hosted_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("api_sha256", sa.String(length=64), nullable=False),
        sa.Column("written_by", sa.String(length=40), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hosted_id"],
            ["hosted_products.id"],
            name=op.f("fk_hosted_descriptions_hosted_id_hosted_products"),
        ),
        sa.PrimaryKeyConstraint("hosted_id", "version", name=op.f("pk_hosted_descriptions")),
    )
