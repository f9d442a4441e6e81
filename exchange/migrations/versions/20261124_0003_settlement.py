"""The tables of the ledger, statements and settlement runs."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: Tables whose rows stay as they are.
PROTECTED: dict[str, dict[str, str]] = {
    "ledger_transfers": {},
    "ledger_entries": {},
    "statements": {},
    "statement_lines": {},
}


def upgrade() -> None:
    _create_ledger_accounts()
    _create_ledger_transfers()
    _create_settlement_runs()
    _create_statement_series()
    _create_ledger_balances()
    _create_ledger_entries()
    _create_statements()
    _create_settlement_items()
    _create_statement_lines()
    for table, but_for in PROTECTED.items():
        protect(table, but_for=but_for)


def downgrade() -> None:
    for table in PROTECTED:
        unprotect(table)
    op.drop_table("statement_lines")
    op.drop_table("settlement_items")
    op.drop_table("statements")
    op.drop_table("ledger_entries")
    op.drop_table("ledger_balances")
    op.drop_table("statement_series")
    op.drop_table("settlement_runs")
    op.drop_table("ledger_transfers")
    op.drop_table("ledger_accounts")


def _create_ledger_accounts() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("normal_side", sa.String(length=6), nullable=False),
        sa.Column("min_balance_fen", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "normal_side IN ('debit', 'credit')", name=op.f("ck_ledger_accounts_normal_side")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint(
            "owner", "purpose", "currency", name=op.f("uq_ledger_accounts_owner_purpose_currency")
        ),
    )


def _create_ledger_transfers() -> None:
    op.create_table(
        "ledger_transfers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("payload_digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("booked_at", UtcDateTime(), nullable=False),
        sa.Column("reverses", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["reverses"],
            ["ledger_transfers.id"],
            name=op.f("fk_ledger_transfers_reverses_ledger_transfers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transfers")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_transfers_key")),
        sa.UniqueConstraint("reverses", name=op.f("uq_ledger_transfers_reverses")),
    )


def _create_settlement_runs() -> None:
    op.create_table(
        "settlement_runs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("epoch_closed", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.Column("parked", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('regular', 'interim')", name=op.f("ck_settlement_runs_kind")),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_settlement_runs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_runs")),
        sa.UniqueConstraint(
            "kind", "period", "epoch_closed", name=op.f("uq_settlement_runs_kind_period_epoch_closed")
        ),
    )
    op.create_index(
        "uq_settlement_runs_open",
        "settlement_runs",
        ["period"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_settlement_runs_regular",
        "settlement_runs",
        ["period"],
        unique=True,
        sqlite_where=sa.text("kind = 'regular'"),
        postgresql_where=sa.text("kind = 'regular'"),
    )


def _create_statement_series() -> None:
    op.create_table(
        "statement_series",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_statement_series")),
    )


def _create_ledger_balances() -> None:
    op.create_table(
        "ledger_balances",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("posted_debit_fen", sa.BigInteger(), nullable=False),
        sa.Column("posted_credit_fen", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "posted_debit_fen >= 0 AND posted_credit_fen >= 0", name=op.f("ck_ledger_balances_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_ledger_balances_account_id_ledger_accounts"),
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_ledger_balances")),
    )


def _create_ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("transfer_id", sa.String(length=40), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("account_version", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_after_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_ledger_entries_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_ledger_entries_account_id_ledger_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["ledger_transfers.id"],
            name=op.f("fk_ledger_entries_transfer_id_ledger_transfers"),
        ),
        sa.PrimaryKeyConstraint("transfer_id", "leg", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint(
            "account_id", "account_version", name=op.f("uq_ledger_entries_account_id_account_version")
        ),
    )


def _create_statements() -> None:
    op.create_table(
        "statements",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("agreement_id", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("provider_id", sa.String(length=40), nullable=False),
        sa.Column("buyer_id", sa.String(length=40), nullable=False),
        sa.Column("rows_before", sa.BigInteger(), nullable=True),
        sa.Column("calls_before", sa.BigInteger(), nullable=True),
        sa.Column("rows_after", sa.BigInteger(), nullable=False),
        sa.Column("calls_after", sa.BigInteger(), nullable=False),
        sa.Column("charged_before_fen", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("provider_fen", sa.BigInteger(), nullable=False),
        sa.Column("terms_sha256", sa.String(length=64), nullable=False),
        sa.Column("bill_sha256", sa.String(length=64), nullable=False),
        sa.Column("transfer_id", sa.String(length=40), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("fee_fen + provider_fen = amount_fen", name=op.f("ck_statements_split")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_statements_agreement_id_agreements")
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisations.id"], name=op.f("fk_statements_buyer_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organisations.id"], name=op.f("fk_statements_provider_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["ledger_transfers.id"],
            name=op.f("fk_statements_transfer_id_ledger_transfers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint(
            "agreement_id", "period", "epoch", name=op.f("uq_statements_agreement_id_period_epoch")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_statements_number")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_statements_transfer_id")),
    )
    op.create_index("ix_statements_period", "statements", ["period"], unique=False)


def _create_settlement_items() -> None:
    op.create_table(
        "settlement_items",
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("agreement_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=True),
        sa.Column("output_digest", sa.String(length=64), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("statement_id", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'done', 'parked')", name=op.f("ck_settlement_items_state")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_settlement_items_agreement_id_agreements")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["settlement_runs.id"], name=op.f("fk_settlement_items_run_id_settlement_runs")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_settlement_items_statement_id_statements")
        ),
        sa.PrimaryKeyConstraint("run_id", "agreement_id", name=op.f("pk_settlement_items")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_settlement_items_statement_id")),
    )


def _create_statement_lines() -> None:
    op.create_table(
        "statement_lines",
        sa.Column("statement_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=80), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_micro", sa.BigInteger(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_statement_lines_statement_id_statements")
        ),
        sa.PrimaryKeyConstraint("statement_id", "number", name=op.f("pk_statement_lines")),
    )
