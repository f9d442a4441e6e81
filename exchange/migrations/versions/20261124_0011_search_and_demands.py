"""The search index of the catalogue, and the demand board."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import Json, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_search_index()
    _create_demands()


def downgrade() -> None:
    for table in ("demand_claims", "demands", "search_postings", "search_entries", "search_index"):
        op.drop_table(table)


def _create_search_index() -> None:
    index = op.create_table(
        "search_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(length=40), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_index")),
    )
    # What is on offer already enters when the program prepares the database.
    op.bulk_insert(index, [{"id": 1, "stamp": "empty", "last_number": 0}])
    op.create_table(
        "search_entries",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("prices", Json, nullable=False),
        sa.Column("expires_on", sa.String(length=10), nullable=True),
        sa.Column("listed_at", UtcDateTime(), nullable=False),
        sa.Column("card", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_search_entries_listing_id_listings")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("listing_id", name=op.f("uq_search_entries_listing_id")),
    )
    op.create_table(
        "search_postings",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("token", sa.String(length=120), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "token", "block", name=op.f("pk_search_postings")),
    )


def _create_demands() -> None:
    op.create_table(
        "demands",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("written_by", sa.String(length=40), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("return_reason", sa.String(length=500), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("unclaimed_at", UtcDateTime(), nullable=True),
        sa.Column("negotiation_id", sa.String(length=40), nullable=True),
        sa.Column("agreement_id", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'pending', 'open', 'operator_intervened', 'claimed', 'confirmed',"
            " 'contracted', 'withdrawn', 'expired')",
            name=op.f("ck_demands_state"),
        ),
        sa.CheckConstraint("kind IN ('resource', 'product')", name=op.f("ck_demands_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_demands_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demands")),
    )
    op.create_index("ix_demands_state_id", "demands", ["state", "id"])
    op.create_index("ix_demands_organisation_id_id", "demands", ["organisation_id", "id"])
    op.create_table(
        "demand_claims",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("demand_id", sa.String(length=40), nullable=False),
        sa.Column("provider_id", sa.String(length=40), nullable=False),
        sa.Column("listing_id", sa.String(length=40), nullable=True),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("claimed_by", sa.String(length=40), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'declined', 'lapsed')", name=op.f("ck_demand_claims_state")
        ),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demands.id"], name=op.f("fk_demand_claims_demand_id_demands")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_demand_claims_listing_id_listings")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organisations.id"], name=op.f("fk_demand_claims_provider_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_claims")),
    )
    op.create_index("ix_demand_claims_demand_id", "demand_claims", ["demand_id"])
