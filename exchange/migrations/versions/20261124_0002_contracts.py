"""The tables of the second stage: negotiations, agreements and deliveries."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import Json, UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Tables whose rows stay as they are, each with the columns that may change and when.
PROTECTED: dict[str, dict[str, str]] = {
    "negotiation_rounds": {},
    "agreements": {
        "state": "true",
        "executed_at": "OLD.executed_at IS NULL",
        "countersignature": "OLD.countersignature IS NULL",
    },
    "agreement_signatures": {},
    "delivery_records": {},
}


def upgrade() -> None:
    _create_meter_epoch()
    _create_negotiations()
    _create_agreements()
    _create_negotiation_rounds()
    _create_agreement_meters()
    _create_agreement_signatures()
    _create_delivery_records()
    _create_usage_days()
    for table, but_for in PROTECTED.items():
        protect(table, but_for=but_for)
    op.execute("INSERT INTO meter_epoch (id, epoch, opened_at) VALUES (1, 1, '1970-01-01 00:00:00')")


def downgrade() -> None:
    for table in PROTECTED:
        unprotect(table)
    op.drop_table("usage_days")
    op.drop_table("delivery_records")
    op.drop_table("agreement_signatures")
    op.drop_table("agreement_meters")
    op.drop_table("negotiation_rounds")
    op.drop_table("agreements")
    op.drop_table("negotiations")
    op.drop_table("meter_epoch")


def _create_meter_epoch() -> None:
    op.create_table(
        "meter_epoch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_meter_epoch_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_epoch")),
    )


def _create_negotiations() -> None:
    op.create_table(
        "negotiations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("listing_version", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.String(length=40), nullable=False),
        sa.Column("buyer_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'offered', 'agreed', 'declined', 'withdrawn')",
            name=op.f("ck_negotiations_state"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisations.id"], name=op.f("fk_negotiations_buyer_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_negotiations_listing_id_listings")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organisations.id"], name=op.f("fk_negotiations_provider_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negotiations")),
    )


def _create_agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("negotiation_id", sa.String(length=40), nullable=False),
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("provider_id", sa.String(length=40), nullable=False),
        sa.Column("buyer_id", sa.String(length=40), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("terms_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("frozen_at", UtcDateTime(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=False),
        sa.Column("executed_at", UtcDateTime(), nullable=True),
        sa.Column("countersignature", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('awaiting_signatures', 'active')", name=op.f("ck_agreements_state")),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisations.id"], name=op.f("fk_agreements_buyer_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_agreements_listing_id_listings")
        ),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiations.id"], name=op.f("fk_agreements_negotiation_id_negotiations")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organisations.id"], name=op.f("fk_agreements_provider_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("negotiation_id", name=op.f("uq_agreements_negotiation_id")),
    )


def _create_negotiation_rounds() -> None:
    op.create_table(
        "negotiation_rounds",
        sa.Column("negotiation_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["negotiation_id"],
            ["negotiations.id"],
            name=op.f("fk_negotiation_rounds_negotiation_id_negotiations"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_negotiation_rounds_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_negotiation_rounds_person_id_people")
        ),
        sa.PrimaryKeyConstraint("negotiation_id", "number", name=op.f("pk_negotiation_rounds")),
    )


def _create_agreement_meters() -> None:
    op.create_table(
        "agreement_meters",
        sa.Column("agreement_id", sa.String(length=40), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=False),
        sa.Column("granted_rows", sa.BigInteger(), nullable=True),
        sa.Column("delivered_rows", sa.BigInteger(), nullable=False),
        sa.Column("deliveries", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "granted_rows IS NULL OR delivered_rows <= granted_rows",
            name=op.f("ck_agreement_meters_within_quota"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_agreement_meters_agreement_id_agreements")
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_agreement_meters")),
    )


def _create_agreement_signatures() -> None:
    op.create_table(
        "agreement_signatures",
        sa.Column("agreement_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("protected", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_signatures_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_agreement_signatures_person_id_people")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "role", name=op.f("pk_agreement_signatures")),
    )


def _create_delivery_records() -> None:
    op.create_table(
        "delivery_records",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agreement_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("question", Json, nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_delivery_records_agreement_id_agreements")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_delivery_records_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_records")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_delivery_records_agreement_id_number")),
        sa.UniqueConstraint(
            "agreement_id", "request_id", name=op.f("uq_delivery_records_agreement_id_request_id")
        ),
    )
    op.create_index(
        "ix_delivery_records_period_agreement_id",
        "delivery_records",
        ["period", "agreement_id"],
        unique=False,
    )


def _create_usage_days() -> None:
    op.create_table(
        "usage_days",
        sa.Column("agreement_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_usage_days_agreement_id_agreements")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "day", "epoch", name=op.f("pk_usage_days")),
    )
