"""Messages to organisations, how far the evidence log has been followed, webhooks and mail."""

import sqlalchemy as sa
from alembic import op

from exchange.core.database import Json, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_messages()
    _create_followed_log()
    op.create_table(
        "untold_events",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column("failed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_untold_events")),
    )
    _create_webhook_endpoints()
    _create_webhook_dispatches()
    _create_webhook_attempts()
    _create_mail()


def downgrade() -> None:
    for table in (
        "mail_dispatches",
        "mail_choices",
        "webhook_attempts",
        "webhook_dispatches",
        "webhook_secrets",
        "webhook_endpoints",
        "untold_events",
        "followed_log",
        "messages",
    ):
        op.drop_table(table)


def _reference(
    table: str, column: str, target: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("event_type", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("text_zh", sa.String(length=1000), nullable=False),
        sa.Column("text_en", sa.String(length=1000), nullable=False),
        sa.Column("page", sa.String(length=200), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("read_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "topic IN ('negotiations', 'agreements', 'data', 'listings', 'register', 'demands', 'bills',"
            " 'organisation')",
            name=op.f("ck_messages_topic"),
        ),
        _reference("messages", "organisation_id", "organisations"),
        _reference("messages", "read_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "organisation_id", "position", name=op.f("uq_messages_organisation_id_position")
        ),
    )
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_messages_unread",
        "messages",
        ["organisation_id"],
        unique=False,
        sqlite_where=unread,
        postgresql_where=unread,
    )
    op.create_index("ix_messages_told_at", "messages", ["told_at"], unique=False)


def _create_followed_log() -> None:
    followed = op.create_table(
        "followed_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followed_log")),
    )
    # What happened before there were messages is no news to anybody.
    end = op.get_bind().scalar(sa.text("SELECT max(position) FROM events"))
    op.bulk_insert(followed, [{"id": 1, "size": 0 if end is None else end + 1}])


def _create_webhook_endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_reason", sa.String(length=300), nullable=True),
        sa.Column("registered_by", sa.String(length=40), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("retry_at", UtcDateTime(), nullable=True),
        sa.Column("served_at", UtcDateTime(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'disabled', 'removed')", name=op.f("ck_webhook_endpoints_state")
        ),
        _reference("webhook_endpoints", "organisation_id", "organisations"),
        _reference("webhook_endpoints", "registered_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    for columns in (["organisation_id"], ["state", "served_at"]):
        op.create_index(f"ix_webhook_endpoints_{'_'.join(columns)}", "webhook_endpoints", columns)
    op.create_table(
        "webhook_secrets",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        _reference("webhook_secrets", "endpoint_id", "webhook_endpoints"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_secrets")),
    )
    op.create_index("ix_webhook_secrets_endpoint_id", "webhook_secrets", ["endpoint_id"])


def _create_webhook_dispatches() -> None:
    op.create_table(
        "webhook_dispatches",
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'parked')", name=op.f("ck_webhook_dispatches_state")
        ),
        _reference("webhook_dispatches", "endpoint_id", "webhook_endpoints"),
        _reference("webhook_dispatches", "message_id", "messages", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("endpoint_id", "message_id", name=op.f("pk_webhook_dispatches")),
    )
    for columns in (["endpoint_id", "position"], ["message_id"]):
        op.create_index(f"ix_webhook_dispatches_{'_'.join(columns)}", "webhook_dispatches", columns)
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_webhook_dispatches_due",
        "webhook_dispatches",
        ["endpoint_id", "next_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _create_webhook_attempts() -> None:
    op.create_table(
        "webhook_attempts",
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("elapsed_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id", "message_id"],
            ["webhook_dispatches.endpoint_id", "webhook_dispatches.message_id"],
            name=op.f("fk_webhook_attempts_endpoint_id_message_id_webhook_dispatches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "message_id", "number", name=op.f("pk_webhook_attempts")),
    )


def _create_mail() -> None:
    op.create_table(
        "mail_choices",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("topics", Json, nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_mail_choices_language")),
        _reference("mail_choices", "person_id", "people"),
        _reference("mail_choices", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_choices")),
    )
    op.create_index("ix_mail_choices_organisation_id", "mail_choices", ["organisation_id"])
    op.create_table(
        "mail_dispatches",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=300), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'parked')", name=op.f("ck_mail_dispatches_state")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["mail_choices.person_id"],
            name=op.f("fk_mail_dispatches_person_id_mail_choices"),
        ),
        _reference("mail_dispatches", "message_id", "messages", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "message_id", name=op.f("pk_mail_dispatches")),
    )
    op.create_index("ix_mail_dispatches_message_id", "mail_dispatches", ["message_id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_mail_dispatches_due",
        "mail_dispatches",
        ["next_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
