from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text

from exchange.app import replay_rules
from exchange.audit import VKey, open_checkpoint, sequencer, verify_bundle
from exchange.audit.export import export_bundle
from exchange.audit.jobs import SEQUENCE
from exchange.audit.merkle import leaf_hashes
from exchange.audit.models import LogCheckpoint, LogTile
from exchange.audit.notes import NoteInvalid
from exchange.audit.queries import log_status
from exchange.audit.sequencer import LogBroken, number_all
from exchange.audit.tiles import RightEdge
from exchange.core.database import UnitOfWork
from exchange.core.events import EventRow, event_row
from exchange.core.jobs import run_job
from exchange.trust import PrivateKey

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
#: The exchange's own keys, three for signing and the log's, its authority and the first list come first.
KEYS = 6


@pytest.fixture
def numbered(context):
    """Number everything committed; gives how many events that were."""

    def run(**changes):
        options = {"key": context.log_key, "origin": context.settings.log_origin, "now": NOON, **changes}
        return number_all(context.database, **options)

    return run


def tell(session, *subjects):
    rows = [event_row("lamp.switched", {}, subject=item, actor="per_1", at=NOON) for item in subjects]
    session.execute(insert(EventRow), rows)


def lamps(database):
    """Subjects and positions of the told events, in the order of the log."""
    query = (
        select(EventRow.subject, EventRow.position)
        .where(EventRow.type == "lamp.switched")
        .order_by(EventRow.position)
    )
    with database.reading() as session:
        return [tuple(row) for row in session.execute(query)]


class TestPositions:
    def test_follow_one_another_without_a_gap(self, database, numbered):
        for name in "abc":
            database.write(lambda session, name=name: tell(session, name))

        assert numbered() == KEYS + 3
        assert lamps(database) == [("a", KEYS), ("b", KEYS + 1), ("c", KEYS + 2)]

    def test_are_given_once(self, database, numbered):
        database.write(lambda session: tell(session, "a"))
        numbered()

        assert numbered() == 0
        assert lamps(database) == [("a", KEYS)]

    def test_have_no_gap_for_what_was_undone(self, database, numbered):
        database.write(lambda session: tell(session, "a"))
        with pytest.raises(ZeroDivisionError), database.writing() as session:
            tell(session, "undone")
            raise ZeroDivisionError
        database.write(lambda session: tell(session, "b"))
        numbered()

        assert lamps(database) == [("a", KEYS), ("b", KEYS + 1)]

    @pytest.mark.only_on("postgresql", reason="the embedded database has one writer at a time")
    def test_are_given_to_what_commits_late(self, database, numbered):
        """Its id is smaller than one that is numbered already; "everything after" would lose it."""
        late = UnitOfWork(database, write=True)
        tell(late.session, "late")
        database.write(lambda session: tell(session, "early"))
        numbered()
        late.commit()
        late.close()
        numbered()

        assert lamps(database) == [("early", KEYS), ("late", KEYS + 1)]

    def test_go_on_over_batches_and_tiles(self, database, numbered, monkeypatch):
        monkeypatch.setattr(sequencer, "BATCH", 100)
        database.write(lambda session: tell(session, *(f"l-{number}" for number in range(600))))

        assert numbered() == KEYS + 600
        assert [position for _, position in lamps(database)] == list(range(KEYS, KEYS + 600))


class TestCheckpoints:
    def test_state_the_root_over_all_entries_so_far(self, context, database, numbered):
        for count in (1, 254, 300):
            database.write(lambda session, n=count: tell(session, *(f"l-{i}" for i in range(n))))
            numbered()

        with database.reading() as session:
            entries = session.scalars(select(EventRow.entry).order_by(EventRow.position)).all()
            notes = session.scalars(select(LogCheckpoint.note)).all()
        vkey = VKey(context.settings.log_origin, context.log_key.public)
        for checkpoint in (open_checkpoint(note, vkey) for note in notes):
            edge, _ = RightEdge().extend(leaf_hashes(entries[: checkpoint.size]))
            assert edge.root == checkpoint.root

    def test_are_not_signed_when_there_is_nothing_new(self, database, numbered):
        for _ in range(3):
            numbered()

        with database.reading() as session:
            assert [item.size for item in session.scalars(select(LogCheckpoint))] == [KEYS]

    def test_of_another_key_are_not_gone_on_from(self, database, numbered):
        numbered()
        database.write(lambda session: tell(session, "a"))

        with pytest.raises(NoteInvalid):
            numbered(key=PrivateKey.generate())
        assert lamps(database) == [("a", None)]


class TestBrokenLog:
    @pytest.mark.parametrize(
        "damage",
        [
            lambda session: session.execute(text("DELETE FROM log_tiles")),
            lambda session: setattr(session.get(LogTile, (0, 0)), "hashes", b"\0" * 32 * KEYS),
        ],
    )
    def test_is_not_signed_on(self, database, numbered, damage):
        """Signing on would fork the log: two roots of one size under one key."""
        numbered()
        with database.writing() as session:
            damage(session)
            tell(session, "a")

        with pytest.raises(Exception, match=r"root that was signed|unfinished tiles"):
            numbered()
        assert lamps(database) == [("a", None)]

    def test_with_another_hash_in_a_tile_says_what_to_do(self, database, numbered):
        numbered()
        with database.writing() as session:
            session.get(LogTile, (0, 0)).hashes = b"\0" * 32 * KEYS
            tell(session, "a")

        with pytest.raises(LogBroken) as refusal:
            numbered()
        assert "do not sign on" in refusal.value.remedy


class TestJob:
    def test_numbers_what_waits(self, context, database):
        database.write(lambda session: tell(session, "a"))
        run_job(SEQUENCE, context)

        assert lamps(database) == [("a", KEYS)]

    def test_has_nothing_to_do_when_all_is_numbered(self, context, database, numbered):
        numbered()
        run_job(SEQUENCE, context)

        with database.reading() as session:
            assert session.scalars(select(LogCheckpoint.size)).all() == [KEYS]

    def test_shows_what_waits_until_then(self, database, numbered):
        database.write(lambda session: tell(session, "a"))

        with database.reading() as session:
            status = log_status(session)
        assert (status.size, status.waiting) == (0, KEYS + 1)
        assert status.waiting_since.utcoffset() == timedelta(0)


class TestExport:
    def export(self, market, tmp_path):
        context, path = market.context, tmp_path / "evidence.zip"
        size = export_bundle(
            context.database,
            path,
            key=context.log_key,
            origin=context.settings.log_origin,
            now=market.now,
        )
        key = VKey(context.settings.log_origin, context.log_key.public)
        return size, verify_bundle(path, rules=replay_rules(), log_key=key)

    def test_of_a_whole_deal_verifies_offline(self, market, tmp_path):
        market.deliveries.deliver(market.agreements.executed().id)

        size, report = self.export(market, tmp_path)

        assert report.ok, report.findings
        assert (report.size, report.checked["deliveries"]) == (size, 1)

    def test_counts_what_the_rules_checked(self, market, tmp_path):
        market.agreements.executed()

        _, report = self.export(market, tmp_path)

        assert report.checked["contracts"] == 1
        assert report.key_pinned

    def test_survives_the_erasure_of_a_payload(self, market, tmp_path):
        with market.context.database.writing() as session:
            session.execute(text("UPDATE events SET record = NULL WHERE type = 'organisation.registered'"))

        _, report = self.export(market, tmp_path)

        assert (report.ok, report.erased) == (True, 5)
