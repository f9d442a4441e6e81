"""Two-level review of listings, their states and readers, duties of people, and stopped meters."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from exchange.core.database import Json, UtcDateTime
from exchange.migrations.append_only import protect, unprotect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_VERSIONS_BEFORE = {
    "state": "true",
    "submitted_at": "OLD.submitted_at IS NULL",
    "decided_by": "OLD.decided_by IS NULL",
    "decided_at": "OLD.decided_at IS NULL",
    "decision_reason": "OLD.decision_reason IS NULL",
}
#: Tables whose rows stay as they are, each with the columns that may change and when.
PROTECTED: dict[str, dict[str, str]] = {
    "listing_versions": {
        **_VERSIONS_BEFORE,
        "due_at": "true",
        "price_notice": "OLD.price_notice IS NULL",
    },
    "listing_reviews": {},
}
_STATES = (
    "draft",
    "org_review",
    "platform_review",
    "supplement",
    "listed",
    "rejected",
    "superseded",
    "withdrawn",
)
_STATES_BEFORE = ("draft", "submitted", "listed", "rejected", "superseded")


def upgrade() -> None:
    op.add_column("people", sa.Column("duties", Json, nullable=False, server_default=sa.text("'[]'")))
    # Until now an organisation had one person, who did everything.
    op.execute("""UPDATE people SET duties = '["admin", "approver", "editor"]'""")
    op.add_column("agreement_meters", sa.Column("stopped_at", UtcDateTime(), nullable=True))
    op.create_index("ix_agreements_listing_id", "agreements", ["listing_id"])
    _widen_listings()
    _widen_versions()
    _create_listing_access()
    _create_listing_reviews()
    for table, but_for in PROTECTED.items():
        protect(table, but_for=but_for)


def downgrade() -> None:
    for table in PROTECTED:
        unprotect(table)
    op.drop_table("listing_reviews")
    op.drop_table("listing_access")
    op.execute(
        "UPDATE listing_versions SET state = 'submitted'"
        " WHERE state IN ('org_review', 'platform_review', 'supplement')"
    )
    op.execute("UPDATE listing_versions SET state = 'rejected' WHERE state = 'withdrawn'")
    op.drop_index("ix_listing_versions_state_due_at", "listing_versions")
    with op.batch_alter_table("listing_versions") as batch:
        batch.drop_column("price_notice")
        batch.drop_column("due_at")
        _check_states(batch, _STATES_BEFORE)
    protect("listing_versions", but_for=_VERSIONS_BEFORE)
    with op.batch_alter_table("listings") as batch:
        batch.drop_constraint(op.f("ck_listings_stop_effect"), type_="check")
        batch.drop_constraint(op.f("ck_listings_state"), type_="check")
        for column in (
            "expires_on",
            "audience",
            "state_changed_at",
            "state_reason",
            "stop_effect",
            "state",
        ):
            batch.drop_column(column)
    op.drop_index("ix_agreements_listing_id", "agreements")
    op.drop_column("agreement_meters", "stopped_at")
    op.drop_column("people", "duties")


def _widen_listings() -> None:
    with op.batch_alter_table("listings") as batch:
        batch.add_column(
            sa.Column("state", sa.String(length=20), nullable=False, server_default=sa.text("'draft'"))
        )
        batch.add_column(sa.Column("stop_effect", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("state_reason", sa.String(length=500), nullable=True))
        batch.add_column(sa.Column("state_changed_at", UtcDateTime(), nullable=True))
        batch.add_column(
            sa.Column("audience", sa.String(length=20), nullable=False, server_default=sa.text("'public'"))
        )
        batch.add_column(sa.Column("expires_on", sa.String(length=10), nullable=True))
        batch.create_check_constraint(
            op.f("ck_listings_state"), "state IN ('draft', 'listed', 'suspended', 'delisted', 'expired')"
        )
        batch.create_check_constraint(
            op.f("ck_listings_stop_effect"), "stop_effect IN ('new_deals_only', 'stop_deliveries')"
        )
    # Contents of before lack most members of now and are evidence, so nobody completes them: the provider
    # publishes anew. Running agreements rest on their own signed terms.
    op.execute("UPDATE listings SET listed_version = NULL")


def _widen_versions() -> None:
    unprotect("listing_versions")
    with op.batch_alter_table("listing_versions") as batch:
        batch.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("price_notice", Json, nullable=True))
        _check_states(batch, (*_STATES, "submitted"))
    op.execute("UPDATE listing_versions SET state = 'withdrawn' WHERE state <> 'rejected'")
    with op.batch_alter_table("listing_versions") as batch:
        _check_states(batch, _STATES)
    op.create_index("ix_listing_versions_state_due_at", "listing_versions", ["state", "due_at"])


def _check_states(batch: BatchOperations, states: tuple[str, ...]) -> None:
    batch.drop_constraint(op.f("ck_listing_versions_state"), type_="check")
    batch.create_check_constraint(
        op.f("ck_listing_versions_state"), f"state IN ({', '.join(repr(state) for state in states)})"
    )


def _create_listing_access() -> None:
    op.create_table(
        "listing_access",
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("is_allowed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_listing_access_listing_id_listings")
        ),
        sa.PrimaryKeyConstraint("listing_id", "organisation_id", name=op.f("pk_listing_access")),
    )


def _create_listing_reviews() -> None:
    op.create_table(
        "listing_reviews",
        sa.Column("listing_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("missing", Json, nullable=False),
        sa.Column("checklist", Json, nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "step IN ('submission', 'organisation', 'platform')", name=op.f("ck_listing_reviews_step")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id", "version"],
            ["listing_versions.listing_id", "listing_versions.number"],
            name=op.f("fk_listing_reviews_listing_id_listing_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_listing_reviews_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_listing_reviews_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("listing_id", "version", "number", name=op.f("pk_listing_reviews")),
    )
