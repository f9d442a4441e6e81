"""Orders and steps in the life of agreements, and several holds on one meter."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import Json, UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BEFORE = {
    "state": "true",
    "executed_at": "OLD.executed_at IS NULL",
    "countersignature": "OLD.countersignature IS NULL",
}
#: A copy for searching: the end of the signed terms, or the earlier one that a step has set.
_AGREEMENTS = {**_BEFORE, "valid_until": "true"}
#: Evidence of this migration's own tables; columns that may change, with the condition.
PROTECTED: dict[str, dict[str, str]] = {
    "suspension_orders": dict.fromkeys(("lifted_at", "lifted_by", "lift_reason"), "OLD.lifted_at IS NULL"),
    "agreement_steps": {},
}


def upgrade() -> None:
    unprotect("agreements")
    protect("agreements", but_for=_AGREEMENTS)
    _create_orders()
    _create_steps()
    for table, but_for in PROTECTED.items():
        protect(table, but_for=but_for)
    _create_reminders()
    _create_holds()
    op.add_column("agreement_meters", sa.Column("stopped_until", UtcDateTime(), nullable=True))
    op.execute(
        "INSERT INTO meter_holds (agreement_id, kind, reference, since, until)"
        " SELECT m.agreement_id, 'listing', a.listing_id, m.stopped_at, NULL"
        " FROM agreement_meters m JOIN agreements a ON a.id = m.agreement_id WHERE m.stopped_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_column("agreement_meters", "stopped_until")
    op.drop_table("meter_holds")
    op.drop_index("ix_agreements_valid_until", "agreements")
    op.drop_table("agreement_reminders")
    for table in PROTECTED:
        unprotect(table)
        op.drop_table(table)
    unprotect("agreements")
    protect("agreements", but_for=_BEFORE)


def _create_orders() -> None:
    op.create_table(
        "suspension_orders",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("order_no", sa.String(length=100), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=20), nullable=False),
        sa.Column("authority_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("grounds", sa.String(length=1000), nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=40), nullable=True),
        sa.Column("lift_reason", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "scope IN ('agreement', 'organisation')", name=op.f("ck_suspension_orders_scope")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["organisations.id"],
            name=op.f("fk_suspension_orders_authority_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_suspension_orders_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["people.id"], name=op.f("fk_suspension_orders_lifted_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension_orders")),
    )
    op.create_index("ix_suspension_orders_subject_id", "suspension_orders", ["subject_id"])


def _create_steps() -> None:
    op.create_table(
        "agreement_steps",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agreement_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=30), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("content", Json, nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_agreement_steps_agreement_id_agreements")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_agreement_steps_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_steps")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_steps_agreement_id_number")),
    )


def _create_reminders() -> None:
    op.create_table(
        "agreement_reminders",
        sa.Column("agreement_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_reminders_agreement_id_agreements"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", "kind", "due_at", name=op.f("pk_agreement_reminders")),
    )
    op.create_index("ix_agreements_valid_until", "agreements", ["valid_until"])


def _create_holds() -> None:
    op.create_table(
        "meter_holds",
        sa.Column("agreement_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('listing', 'order')", name=op.f("ck_meter_holds_kind")),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_meter_holds_agreement_id_agreements"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", "kind", "reference", name=op.f("pk_meter_holds")),
    )
