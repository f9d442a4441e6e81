"""Revenue that buyers declare where the price is a share of it, and the late runs that bill it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from exchange.core.database import UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PROTECTED: dict[str, dict[str, str]] = {"revenue_declarations": {}}


def upgrade() -> None:
    _create_declarations()
    # Plain ADD COLUMN: a batch on SQLite would copy the table and lose the triggers that protect it.
    op.add_column(
        "statements",
        sa.Column("declared", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    )
    _permit_kinds("regular", "interim", "late")
    for table, but_for in PROTECTED.items():
        protect(table, but_for=but_for)


def downgrade() -> None:
    for table in PROTECTED:
        unprotect(table)
    op.execute("UPDATE settlement_runs SET kind = 'interim' WHERE kind = 'late'")
    _permit_kinds("regular", "interim")
    op.drop_column("statements", "declared")
    op.drop_table("revenue_declarations")


def _create_declarations() -> None:
    op.create_table(
        "revenue_declarations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agreement_id", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revenue_fen", sa.BigInteger(), nullable=False),
        sa.Column("change_fen", sa.BigInteger(), nullable=False),
        sa.Column("covers", sa.String(length=500), nullable=False),
        sa.Column("evidence", sa.String(length=2000), nullable=False),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.CheckConstraint("revenue_fen >= 0", name=op.f("ck_revenue_declarations_revenue")),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_revenue_declarations_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_revenue_declarations_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revenue_declarations")),
        sa.UniqueConstraint(
            "agreement_id",
            "period",
            "number",
            name=op.f("uq_revenue_declarations_agreement_id_period_number"),
        ),
    )
    op.create_index("ix_revenue_declarations_period_epoch", "revenue_declarations", ["period", "epoch"])


def _permit_kinds(*kinds: str) -> None:
    permitted = ", ".join(repr(kind) for kind in kinds)
    with op.batch_alter_table("settlement_runs") as batch:
        batch.drop_constraint(op.f("ck_settlement_runs_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_settlement_runs_kind"), f"kind IN ({permitted})")
