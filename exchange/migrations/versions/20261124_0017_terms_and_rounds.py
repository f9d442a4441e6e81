"""Contract ids, counter-offers with expiry, and a limit on the number of deliveries."""

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations

from exchange.core.database import UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BEFORE = ("requested", "offered", "agreed", "declined", "withdrawn")
_STATES = ("requested", "offered", "countered", "agreed", "declined", "withdrawn", "expired")
_AGREEMENTS = {
    "state": "true",
    "executed_at": "OLD.executed_at IS NULL",
    "countersignature": "OLD.countersignature IS NULL",
}


def upgrade() -> None:
    with op.batch_alter_table("negotiations") as batch:
        batch.add_column(sa.Column("expires_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("renews", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("begins_at", UtcDateTime(), nullable=True))
        _check_states(batch, _STATES)
    op.create_index("ix_negotiations_state_expires_at", "negotiations", ["state", "expires_at"])
    _widen_protected("negotiation_rounds", sa.Column("message", sa.String(length=1000), nullable=True), {})
    _widen_protected(
        "agreements", sa.Column("contract_id", sa.String(length=47), nullable=True), _AGREEMENTS
    )
    op.create_index("ix_agreements_contract_id", "agreements", ["contract_id"], unique=True)
    with op.batch_alter_table("agreement_meters") as batch:
        batch.add_column(sa.Column("granted_calls", sa.BigInteger(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_agreement_meters_within_calls"),
            "granted_calls IS NULL OR deliveries <= granted_calls",
        )


def downgrade() -> None:
    with op.batch_alter_table("agreement_meters") as batch:
        batch.drop_constraint(op.f("ck_agreement_meters_within_calls"), type_="check")
        batch.drop_column("granted_calls")
    op.drop_index("ix_agreements_contract_id", "agreements")
    _narrow_protected("agreements", "contract_id", _AGREEMENTS)
    _narrow_protected("negotiation_rounds", "message", {})
    op.drop_index("ix_negotiations_state_expires_at", "negotiations")
    op.execute("UPDATE negotiations SET state = 'offered' WHERE state = 'countered'")
    op.execute("UPDATE negotiations SET state = 'withdrawn' WHERE state = 'expired'")
    with op.batch_alter_table("negotiations") as batch:
        _check_states(batch, _BEFORE)
        for column in ("begins_at", "renews", "expires_at"):
            batch.drop_column(column)


def _widen_protected(table: str, column: sa.Column[str], but_for: dict[str, str]) -> None:
    # The triggers name the columns they guard, so they are made anew with the new one among them.
    unprotect(table)
    op.add_column(table, column)
    protect(table, but_for=but_for)


def _narrow_protected(table: str, column: str, but_for: dict[str, str]) -> None:
    unprotect(table)
    op.drop_column(table, column)
    protect(table, but_for=but_for)


def _check_states(batch: BatchOperations, states: tuple[str, ...]) -> None:
    batch.drop_constraint(op.f("ck_negotiations_state"), type_="check")
    batch.create_check_constraint(
        op.f("ck_negotiations_state"), f"state IN ({', '.join(repr(state) for state in states)})"
    )
