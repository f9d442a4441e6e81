"""The tables of the register: applications, certificates, objections, identifiers."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Tables whose rows stay as they are.
PROTECTED = ("product_identities", "certificates", "certificate_revocations")


def upgrade() -> None:
    _create_register_series()
    _create_product_identities()
    _create_registrations()
    _create_registration_objections()
    _create_certificates()
    _create_certificate_revocations()
    for table in PROTECTED:
        protect(table)


def downgrade() -> None:
    for table in PROTECTED:
        unprotect(table)
    for table in (
        "certificate_revocations",
        "certificates",
        "registration_objections",
        "registrations",
        "product_identities",
        "register_series",
    ):
        op.drop_table(table)


def _create_register_series() -> None:
    op.create_table(
        "register_series",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_register_series")),
    )


def _create_product_identities() -> None:
    op.create_table(
        "product_identities",
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("handle", sa.String(length=120), nullable=False),
        sa.Column("product_no", sa.String(length=40), nullable=False),
        sa.Column("assigned_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_product_identities_listing_id_listings")
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_product_identities")),
        sa.UniqueConstraint("handle", name=op.f("uq_product_identities_handle")),
        sa.UniqueConstraint("product_no", name=op.f("uq_product_identities_product_no")),
    )


def _create_registrations() -> None:
    op.create_table(
        "registrations",
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('public_notice', 'issued', 'refused')", name=op.f("ck_registrations_state")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id", "version"],
            ["listing_versions.listing_id", "listing_versions.number"],
            name=op.f("fk_registrations_listing_id_version_listing_versions"),
        ),
        sa.PrimaryKeyConstraint("listing_id", "version", name=op.f("pk_registrations")),
    )
    op.create_index("ix_registrations_state_applied_at", "registrations", ["state", "applied_at"])


def _create_registration_objections() -> None:
    op.create_table(
        "registration_objections",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'dismissed')", name=op.f("ck_registration_objections_state")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id", "version"],
            ["registrations.listing_id", "registrations.version"],
            name=op.f("fk_registration_objections_listing_id_version_registrations"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_registration_objections_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_objections")),
    )
    op.create_index(
        "ix_registration_objections_listing_id_version",
        "registration_objections",
        ["listing_id", "version"],
    )


def _create_certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=False),
        sa.Column("supersedes", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_certificates_listing_id_listings")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["certificates.number"], name=op.f("fk_certificates_supersedes_certificates")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificates")),
        sa.UniqueConstraint("listing_id", "version", name=op.f("uq_certificates_listing_id_version")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_certificates_supersedes")),
    )


def _create_certificate_revocations() -> None:
    op.create_table(
        "certificate_revocations",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("revoked_by", sa.String(length=40), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["certificates.number"], name=op.f("fk_certificate_revocations_number_certificates")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificate_revocations")),
    )
