import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import IntegrityError, InvalidRequestError, OperationalError, StatementError

from exchange.core.database import (
    MAX_ATTEMPTS,
    UnitOfWork,
    constraint_name,
    insert_ignoring,
    insert_or_add,
    is_lost_race,
    read_json,
)
from exchange.core.jobs import JobLease

NOON = datetime(2026, 11, 24, 4, 0, 0, 123_456, tzinfo=UTC)


def leases(database):
    with database.reading() as session:
        return sorted(session.scalars(select(JobLease.name)))


def add(session, name="settle", **values):
    session.add(JobLease(name=name, **values))


class TestTransactions:
    def test_a_block_that_ends_well_is_kept(self, database):
        with database.writing() as session:
            add(session)

        assert leases(database) == ["settle"]

    def test_an_exception_undoes_the_whole_block(self, database):
        with pytest.raises(ZeroDivisionError), database.writing() as session:
            add(session)
            session.flush()
            raise ZeroDivisionError

        assert leases(database) == []

    def test_a_reading_block_keeps_nothing(self, database):
        with database.reading() as session:
            add(session)
            session.flush()

        assert leases(database) == []

    def test_an_undone_savepoint_does_not_undo_what_surrounds_it(self, database):
        with database.writing() as session:
            add(session, "outer")
            with pytest.raises(ZeroDivisionError), session.begin_nested():
                add(session, "inner")
                session.flush()
                raise ZeroDivisionError

        assert leases(database) == ["outer"]

    def test_a_savepoint_falls_with_the_transaction_around_it(self, database):
        """The SQLite driver's own transactions let savepoints leak past an outer rollback."""
        with pytest.raises(ZeroDivisionError), database.writing() as session:
            with session.begin_nested():
                add(session, "inner")
            raise ZeroDivisionError

        assert leases(database) == []

    def test_a_closed_session_answers_no_late_question(self, database):
        """A streamed body that still asks would silently open a transaction nobody ends."""
        unit = UnitOfWork(database, write=False)
        session = unit.session
        unit.close()

        with pytest.raises(InvalidRequestError):
            session.execute(text("SELECT 1"))

    def test_an_unused_unit_of_work_opens_nothing(self, database):
        unit = UnitOfWork(database, write=True)

        unit.commit()
        unit.close()

        assert database.engine.pool.checkedout() == 0


class TestLostRaces:
    def test_a_lost_race_is_run_again_until_it_is_won(self, database):
        attempts = []

        def work(session):
            attempts.append(1)
            add(session)
            session.flush()
            if len(attempts) < MAX_ATTEMPTS:
                raise busy()

        database.write(work)

        assert (leases(database), len(attempts)) == (["settle"], MAX_ATTEMPTS)

    def test_a_race_lost_too_often_is_reported_and_leaves_nothing(self, database):
        def work(session):
            add(session)
            session.flush()
            raise busy()

        with pytest.raises(OperationalError):
            database.write(work)

        assert leases(database) == []

    def test_a_broken_rule_is_not_tried_again(self, database):
        attempts = []

        def work(session):
            attempts.append(1)
            session.execute(insert(JobLease), [{"name": "settle"}, {"name": "settle"}])

        with pytest.raises(IntegrityError) as error:
            database.write(work)

        assert len(attempts) == 1
        assert not is_lost_race(error.value)


class TestUtcDateTime:
    @pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8))])
    def test_an_instant_comes_back_aware_in_utc_and_exact(self, database, zone):
        with database.writing() as session:
            add(session, succeeded_at=NOON.astimezone(zone))

        with database.reading() as session:
            stored = session.scalars(select(JobLease.succeeded_at)).one()
        assert stored == NOON
        assert stored.utcoffset() == timedelta(0)

    def test_a_naive_instant_never_reaches_the_database(self, database):
        with pytest.raises(StatementError, match="naive"), database.writing() as session:
            add(session, succeeded_at=NOON.replace(tzinfo=None))
            session.flush()

    def test_instants_of_other_zones_compare_as_instants(self, database):
        with database.writing() as session:
            add(session, leased_until=NOON)

        later = (NOON + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=-11)))
        with database.reading() as session:
            assert session.scalars(select(JobLease.name).where(JobLease.leased_until < later)).all()


class TestReadJson:
    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**53), 2**53)
            | st.floats(allow_nan=False)
            | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        )
    )
    def test_gives_what_was_written(self, value):
        assert read_json(json.dumps(value)) == value

    def test_takes_half_of_a_surrogate_pair_as_it_was_kept(self):
        assert read_json(json.dumps(["\ud83d"])) == ["\ud83d"]


class TestConstraintNames:
    @pytest.mark.parametrize(
        ("statement", "name"),
        [
            ("INSERT INTO job_leases (name) VALUES ('a'), ('a')", "pk_job_leases"),
            (
                """INSERT INTO idempotency_keys (caller, key, fingerprint, status, body, answered_at)
                VALUES ('c', 'k', '', 1, '', '2026-01-01'), ('c', 'k', '', 1, '', '2026-01-01')""",
                "uq_idempotency_keys_caller_key",
            ),
            (
                "INSERT INTO meter_epoch (id, epoch, opened_at) VALUES (2, 1, '2026-01-01')",
                "ck_meter_epoch_single_row",
            ),
            ("DELETE FROM log_checkpoints", "log_checkpoints_append_only"),
        ],
    )
    def test_a_broken_rule_has_the_same_name_on_both_databases(self, database, statement, name):
        with database.writing() as session:
            session.execute(
                text("INSERT INTO log_checkpoints (size, note, signed_at) VALUES (1, '', '2026-01-01')")
            )
        with pytest.raises(IntegrityError) as error, database.writing() as session:
            session.execute(text(statement))

        assert constraint_name(error.value) == name

    def test_a_broken_reference_is_an_integrity_error_on_both_databases(self, database):
        """SQLite does not say which reference; so services check references first."""
        with pytest.raises(IntegrityError) as error, database.writing() as session:
            session.execute(
                text(
                    "INSERT INTO datasets (id, organisation_id, name, created_at)"
                    " VALUES ('d', 'nobody', 'n', '2026-01-01')"
                )
            )

        assert constraint_name(error.value) in {"", "fk_datasets_organisation_id_organisations"}


class TestUpserts:
    def test_inserting_what_is_there_already_changes_nothing(self, database):
        with database.writing() as session:
            add(session, failure="kept")
        with database.writing() as session:
            insert_ignoring(session, JobLease, name="settle", failure="new")

        with database.reading() as session:
            assert session.get(JobLease, "settle").failure == "kept"

    def test_totals_are_begun_and_then_added_to(self, market):
        agreement = market.agreements.executed()
        key = {"agreement_id": agreement.id, "day": "2026-11-24", "epoch": 1}
        for rows in (3, 4):
            with market.context.database.writing() as session:
                insert_or_add(
                    session,
                    usage_days(),
                    key=key,
                    fixed={"period": "2026-11"},
                    added={"rows": rows, "calls": 1, "size_bytes": 10},
                )

        with market.context.database.reading() as session:
            row = session.get(usage_days(), tuple(key.values()))
            assert (row.rows, row.calls, row.size_bytes) == (7, 2, 20)


class TestEmbeddedDatabase:
    @pytest.mark.only_on("sqlite", reason="the settings are SQLite's")
    @pytest.mark.parametrize(
        ("pragma", "value"),
        [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1)],
    )
    def test_every_connection_is_durable_and_checks_references(self, database, pragma, value):
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value

    def test_the_writers_place_is_given_back_after_a_failure(self, database):
        with pytest.raises(ZeroDivisionError), database.writing() as session:
            session.execute(delete(JobLease))
            raise ZeroDivisionError

        with database.writing() as session:
            add(session)
        assert leases(database) == ["settle"]


def busy() -> OperationalError:
    return OperationalError("COMMIT", {}, Exception("database is locked"))


def usage_days():
    from contracts.deliveries.models import UsageDay

    return UsageDay
