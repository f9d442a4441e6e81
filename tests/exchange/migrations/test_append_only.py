"""Evidence cannot be changed with the database's own means, whoever connects."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from exchange.audit.sequencer import number_all
from exchange.core.database import constraint_name

#: A column of each table that may never change.
EVIDENCE = {
    "events": "entry",
    "delivery_records": "rows",
    "agreement_signatures": "signature",
    "negotiation_rounds": "kind",
    "dataset_revisions": "sha256",
    "log_checkpoints": "note",
    "listing_versions": "content",
    "listing_reviews": "decision",
    "agreements": "terms",
    "agreement_steps": "step",
    "suspension_orders": "grounds",
}
#: Columns that may be filled in once.
ONCE = (
    ("events", "position", "-1"),
    ("agreements", "executed_at", "'2030-01-01'"),
    ("agreements", "countersignature", "'x'"),
    ("suspension_orders", "lifted_at", "'2030-01-01'"),
    ("listing_versions", "submitted_at", "'2030-01-01'"),
    ("listing_versions", "decided_at", "'2030-01-01'"),
    ("listing_versions", "decided_by", "'x'"),
    ("listing_versions", "decision_reason", "'x'"),
)


@pytest.fixture
def evidence(market):
    """A delivery under an executed agreement, numbered into the log: every table has rows."""
    agreement = market.agreements.executed()
    market.deliveries.deliver(agreement.id)
    market.lives.step(agreement, "dispute", by=market.forecast_lab, grounds="wrong unit")
    market.lives.lift(market.lives.suspend(agreement.id).id)
    context = market.context
    number_all(context.database, key=context.log_key, origin=context.settings.log_origin, now=market.now)
    return context.database


def refusal_of(database, statement):
    with pytest.raises(IntegrityError) as error, database.writing() as session:
        session.execute(text(statement))
    return constraint_name(error.value)


def another_value(database, column):
    plain = {"rows": "7", "content": "'{}'"}
    if column in {"entry", "terms"}:
        return "x'00'" if database.dialect == "sqlite" else r"'\x00'"
    return plain.get(column, "'x'")


def test_update_is_refused(evidence):
    refusals = {
        table: refusal_of(evidence, f"UPDATE {table} SET {column} = {another_value(evidence, column)}")
        for table, column in EVIDENCE.items()
    }

    assert refusals == {table: f"{table}_append_only" for table in EVIDENCE}


def test_delete_is_refused(evidence):
    refusals = {table: refusal_of(evidence, f"DELETE FROM {table}") for table in EVIDENCE}

    assert refusals == {table: f"{table}_append_only" for table in EVIDENCE}


@pytest.mark.only_on("sqlite", reason="REPLACE is SQLite's")
def test_replace_is_refused(evidence):
    refusals = {
        table: refusal_of(evidence, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        for table in EVIDENCE
    }

    assert refusals == {table: f"{table}_append_only" for table in EVIDENCE}


@pytest.mark.only_on("postgresql", reason="TRUNCATE is PostgreSQL's; row triggers do not see it")
def test_truncate_is_refused(evidence):
    for table in EVIDENCE:
        assert refusal_of(evidence, f"TRUNCATE {table} CASCADE").endswith("_append_only")


@pytest.mark.only_on("sqlite", reason="anybody may open the embedded file")
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {2}", "UPDATE OR REPLACE {0} SET {1} = {2}"])
def test_a_strangers_connection_is_refused_too(evidence, statement):
    """The triggers are in the file. Only INSERT OR REPLACE rests on our connection's `recursive_triggers`."""
    with closing(sqlite3.connect(evidence.url.database)) as connection:
        for table, column in EVIDENCE.items():
            with pytest.raises(sqlite3.IntegrityError, match=f"{table}_append_only"):
                connection.execute(statement.format(table, column, another_value(evidence, column)))
            with pytest.raises(sqlite3.IntegrityError, match=f"{table}_append_only"):
                connection.execute(f"DELETE FROM {table}")


def test_what_is_filled_in_once_is_not_filled_in_again(evidence):
    for table, column, value in ONCE:
        statement = f"UPDATE {table} SET {column} = {value} WHERE {column} IS NOT NULL"

        assert refusal_of(evidence, statement) == f"{table}_append_only"


def test_a_payload_may_be_erased_and_never_written_again(evidence):
    """Erasure by law is the one change an event knows; its digest stays in the log."""
    with evidence.writing() as session:
        session.execute(text("UPDATE events SET record = NULL"))

    written = another_value(evidence, "entry")
    assert refusal_of(evidence, f"UPDATE events SET record = {written}") == "events_append_only"


def test_an_erased_payload_takes_nothing_else_with_it(evidence):
    statement = "UPDATE events SET record = NULL, actor = 'nobody'"

    assert refusal_of(evidence, statement) == "events_append_only"


def test_the_state_of_an_agreement_is_one_the_model_knows(evidence):
    assert refusal_of(evidence, "UPDATE agreements SET state = 'void'") == "ck_agreements_state"


def test_the_meter_cannot_pass_the_quota_whatever_the_program_does(market):
    agreement = market.agreements.executed(max_rows=10)
    statement = f"UPDATE agreement_meters SET delivered_rows = 11 WHERE agreement_id = '{agreement.id}'"

    assert refusal_of(market.context.database, statement) == "ck_agreement_meters_within_quota"
