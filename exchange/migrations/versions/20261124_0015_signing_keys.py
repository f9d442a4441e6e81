"""Certificates, revocation and replacement of signing keys, and the authority behind them."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import Json, UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_CREATED = ("certificate_authorities", "key_certificates", "revocation_lists")
_FILLED_IN_ONCE = ("replaced_by", "revoked_at", "revoked_by", "revocation_reason", "revocation_note")
#: What a key is never changes, and its end is never taken back.
PROTECTED: dict[str, dict[str, str]] = {
    **{table: {} for table in _CREATED},
    "signing_keys": {name: f'OLD."{name}" IS NULL' for name in _FILLED_IN_ONCE},
}


def upgrade() -> None:
    op.add_column("signing_keys", sa.Column("replaced_by", sa.String(length=64), nullable=True))
    op.add_column("signing_keys", sa.Column("revoked_by", sa.String(length=40), nullable=True))
    op.add_column("signing_keys", sa.Column("revocation_reason", sa.String(length=40), nullable=True))
    op.add_column("signing_keys", sa.Column("revocation_note", sa.String(length=500), nullable=True))
    _create_authorities()
    _create_certificates()
    _create_lists()
    for table, but_for in PROTECTED.items():
        protect(table, but_for=but_for)


def downgrade() -> None:
    for table in PROTECTED:
        unprotect(table)
    for table in reversed(_CREATED):
        op.drop_table(table)
    for column in ("revocation_note", "revocation_reason", "revoked_by", "replaced_by"):
        op.drop_column("signing_keys", column)


def _create_authorities() -> None:
    op.create_table(
        "certificate_authorities",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("public_jwk", Json, nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("cross_certificate", sa.Text(), nullable=True),
        sa.Column("established_at", UtcDateTime(), nullable=False),
        sa.Column("not_after", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_certificate_authorities")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_authorities_number")),
    )


def _create_certificates() -> None:
    op.create_table(
        "key_certificates",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("authority_kid", sa.String(length=64), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("x509", sa.Text(), nullable=True),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("not_after", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kid"], ["signing_keys.kid"], name=op.f("fk_key_certificates_kid_signing_keys")
        ),
        sa.ForeignKeyConstraint(
            ["authority_kid"],
            ["certificate_authorities.kid"],
            name=op.f("fk_key_certificates_authority_kid_certificate_authorities"),
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_key_certificates")),
    )
    op.create_index("ix_key_certificates_kid", "key_certificates", ["kid"])
    op.create_index(
        "ix_key_certificates_authority_kid_not_after", "key_certificates", ["authority_kid", "not_after"]
    )


def _create_lists() -> None:
    op.create_table(
        "revocation_lists",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("authority_kid", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("x509", sa.Text(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_kid"],
            ["certificate_authorities.kid"],
            name=op.f("fk_revocation_lists_authority_kid_certificate_authorities"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocation_lists")),
        sa.UniqueConstraint(
            "authority_kid", "number", name=op.f("uq_revocation_lists_authority_kid_number")
        ),
    )
